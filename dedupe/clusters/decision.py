"""Join or open: a logistic regression over the features of each candidate cluster.

The weights are learned by `benchmarks/train.py`, shipped in `data/model/` with a model card, and
explained feature by feature: the log-odds are a sum, so each term of the sum is a reason.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dedupe.clusters.features import FEATURES
from dedupe.kernel import kernel

MODEL_FILE: Final = Path(__file__).parents[2] / "data" / "model" / "join.json"
SCALE: Final = 10_000.0
"""Features are rounded to so many parts before they decide."""


@dataclass(frozen=True, slots=True)
class JoinModel:
    """Weights of the learned decision, one a feature, with its threshold."""

    version: int
    weights: NDArray[np.float64]
    bias: float
    threshold: float
    merge_threshold: float

    def probabilities(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return, for each row of features, the probability that the article belongs to that cluster."""
        return _probabilities(features, self.weights, self.bias)


@kernel
def rounded(features: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return features as they are recorded, so that a recorded decision can be computed again."""
    return np.rint(features * SCALE) / SCALE


@kernel
def _probabilities(features: NDArray[np.float64], weights: NDArray[np.float64], bias: float) -> NDArray[np.float64]:
    probabilities = np.empty(len(features), dtype=np.float64)
    for row in range(len(features)):
        log_odds = bias
        for at in range(len(weights)):
            log_odds += weights[at] * features[row, at]
        probabilities[row] = 1.0 / (1.0 + np.exp(-log_odds))
    return probabilities


@cache
def shipped_model() -> JoinModel:
    """Return the model that ships; raise ValueError when it was made for other features."""
    stored = json.loads(MODEL_FILE.read_text(encoding="utf-8"))
    if tuple(stored["features"]) != FEATURES:
        raise ValueError(f"{MODEL_FILE.name} was made for other features; run benchmarks/train.py")
    weights = np.array([stored["weights"][name] for name in FEATURES], dtype=np.float64)
    return JoinModel(stored["version"], weights, stored["bias"], stored["threshold"], stored["merge_threshold"])
