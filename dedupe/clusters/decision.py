"""Join or open: boosted decision trees over the features of each candidate cluster.

Learned by `benchmarks/train.py` (gradient boosting, Friedman 2001, with monotonic constraints), shipped in
`data/model/` with a model card. Each tree asks three questions and adds its leaf to the log-odds, so that
a recorded decision can be computed again from its features by hand.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedupe.clusters.features import FEATURES
from dedupe.clusters.space import Arrays
from dedupe.kernel import kernel

MODEL_FILE: Final = Path(__file__).parents[2] / "data" / "model" / "join.json"
SCALE: Final = 10_000.0
"""Features are rounded to so many parts before they decide, as they are recorded."""
DEPTH: Final = 3
QUESTIONS: Final = 2**DEPTH - 1


class Trees(NamedTuple):
    """One row a tree: its questions from the root down, level by level, and its leaves from left to right.

    A question compares a feature with a cut: no more than it, and the way goes left.
    """

    features: NDArray[np.int32]
    cuts: NDArray[np.float64]
    leaves: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class JoinModel:
    """The learned decision, with the probabilities from which on articles join and clusters merge."""

    version: int
    bias: float
    trees: Trees
    threshold: float
    merge_threshold: float

    def probabilities(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return, for each row of features, the probability that the article belongs to that cluster."""
        return _probabilities(features, (*self.trees,), self.bias)


@kernel
def rounded(features: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return features as they are recorded."""
    return np.rint(features * SCALE) / SCALE


@kernel
def _probabilities(features: NDArray[np.float64], trees: Arrays, bias: float) -> NDArray[np.float64]:
    asked, cuts, leaves = trees
    found = np.full(len(features), bias)
    for tree in range(len(leaves)):
        questions, answers, said = asked[tree], cuts[tree], leaves[tree]
        for row in range(len(features)):
            values, at = features[row], np.uint64(0)
            for _ in range(DEPTH):  # without signs, which every look into an array would ask for
                at += at + np.uint64(1) + np.uint64(values[np.uint64(questions[at])] > answers[at])
            found[row] += said[at - np.uint64(QUESTIONS)]
    for row in range(len(found)):  # the log-odds, by now
        found[row] = 1.0 / (1.0 + np.exp(-found[row]))
    return found


@cache
def shipped_model() -> JoinModel:
    """Return the model that ships; raise ValueError when it was made for other features."""
    stored = json.loads(MODEL_FILE.read_text(encoding="utf-8"))
    if tuple(stored["features"]) != FEATURES:
        raise ValueError(f"{MODEL_FILE.name} was made for other features; run benchmarks/train.py")
    trees = Trees(
        np.array([tree["features"] for tree in stored["trees"]], dtype=np.int32),
        np.array([tree["cuts"] for tree in stored["trees"]], dtype=np.float64),
        np.array([tree["leaves"] for tree in stored["trees"]], dtype=np.float64),
    )
    return JoinModel(stored["version"], stored["bias"], trees, stored["threshold"], stored["merge_threshold"])
