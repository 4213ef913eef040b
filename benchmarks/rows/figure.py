"""What a row of the table of speed says: figures of ours beside those of peers, each of several runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any


@dataclass(frozen=True, slots=True)
class Found:
    """How many of the pairs that are there were found, and how many of those found are there."""

    recall: float
    precision: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One thing that was measured, in every run: ours, and of the peers that do it too.

    ``target`` is the least that ours should be, or the most where ``less_is_better``; None where there is none.
    """

    what: str
    ours: Sequence[float]
    target: float | None = None
    less_is_better: bool = False
    peers: Mapping[str, Sequence[float]] = field(default_factory=dict)
    found: Mapping[str, Found] = field(default_factory=dict)

    @property
    def is_met(self) -> bool | None:
        """Return whether the median meets the target, None where there is none."""
        if self.target is None:
            return None
        return median(self.ours) <= self.target if self.less_is_better else median(self.ours) >= self.target

    def ratio(self, peer: str) -> float:
        """Return how many times better than a peer we are."""
        ours, theirs = median(self.ours), median(self.peers[peer])
        return theirs / ours if self.less_is_better else ours / theirs

    @classmethod
    def of_json(cls, kept: dict[str, Any]) -> Figure:
        """Return what was kept of one."""
        found = {name: Found(**values) for name, values in kept["found"].items()}
        return cls(**(kept | {"found": found}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """All figures of one row; ``note`` says what they were measured on, ``curves`` what can be plotted."""

    figures: Sequence[Figure]
    note: str
    curves: Mapping[str, Sequence[float]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How large a row is measured, and how often."""

    articles: int
    runs: int
