"""A recorded decision, taken apart: what each feature added to the log-odds, by the very model that decided.

A tree starts from what it says on average and goes down its questions; each answer changes what it can
still say on average, and that change is put to the feature that was asked for (path attribution, Saabas
2014). The average below a question is that of its leaves, each counting the same, so nothing but the
leaves is needed. Base and contributions add up to the log-odds exactly.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from dedupe.clusters.decision import MODEL_FILE

ARCHIVE: Final = MODEL_FILE.parent / "archive"
"""Every model that ever shipped, by version."""
DECIMALS: Final = 8
"""Leaves have five decimals, and the mean of eight of them no more than three more: nothing is lost."""

_NAME: Final = re.compile(r"join-(\d+)\.json")


@dataclass(frozen=True, slots=True)
class Tree:
    """Questions as `dedupe.clusters.decision.Trees` has them, and what every place, leaves last, says on average."""

    features: tuple[str, ...]
    cuts: tuple[float, ...]
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class PastModel:
    """A model that shipped, in the form in which it can be taken apart; ``base`` is what it says of nothing."""

    version: int
    features: frozenset[str]
    threshold: float
    merge_threshold: float
    base: float
    trees: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Attribution:
    """What each feature adds to ``base``; all together are the log-odds."""

    base: float
    contributions: Mapping[str, float]

    @property
    def log_odds(self) -> float:
        """Return the sum."""
        return round(math.fsum((self.base, *self.contributions.values())), DECIMALS)

    @property
    def probability(self) -> float:
        """Return the probability that the sum stands for."""
        return 1.0 / (1.0 + math.exp(-self.log_odds))


def attribute(model: PastModel, features: Mapping[str, float]) -> Attribution:
    """Return what each recorded feature added to a decision."""
    added = dict.fromkeys(features, 0.0)
    for tree in model.trees:
        at = 0
        while at < len(tree.cuts):
            feature = tree.features[at]
            below = 2 * at + 1 + (features[feature] > tree.cuts[at])
            added[feature] += tree.values[below] - tree.values[at]
            at = below
    return Attribution(model.base, {name: round(value, DECIMALS) for name, value in added.items()})


def decided_by(version: int | None, features: Mapping[str, float], probability: float) -> PastModel | None:
    """Return the model that decided; None when it is not one that shipped.

    Where no version was recorded, it is the newest that gives the recorded probability, to four decimals.
    """
    for number in sorted(archived(), reverse=True) if version is None else [version]:
        model = past_model(number)
        if model is None or not model.features <= features.keys():
            continue
        if abs(attribute(model, features).probability - probability) <= 0.6e-4:
            return model
    return None


def archived() -> frozenset[int]:
    """Return the versions of all models that shipped."""
    found = (_NAME.fullmatch(path.name) for path in ARCHIVE.iterdir())
    return frozenset(int(name[1]) for name in found if name)


@cache
def past_model(version: int, folder: Path = ARCHIVE) -> PastModel | None:
    """Return the model of a version, None when there is none."""
    path = folder / f"join-{version}.json"
    if not path.exists():
        return None
    stored: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    trees = tuple(_tree(tree, stored["features"]) for tree in stored["trees"])
    return PastModel(
        version=stored["version"],
        features=frozenset(stored["features"]),
        threshold=stored["threshold"],
        merge_threshold=stored["merge_threshold"],
        base=round(math.fsum((stored["bias"], *(tree.values[0] for tree in trees))), DECIMALS),
        trees=trees,
    )


def _tree(stored: Mapping[str, Any], names: list[str]) -> Tree:
    level: list[float] = stored["leaves"]
    values = list(level)
    while len(level) > 1:
        level = [(left + right) / 2 for left, right in zip(level[::2], level[1::2], strict=True)]
        values = level + values
    return Tree(tuple(names[feature] for feature in stored["features"]), tuple(stored["cuts"]), tuple(values))
