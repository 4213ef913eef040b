"""How alike two articles are, as the engine weighs them: what an evaluation asks of whoever has the texts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """The similarity of two texts; ``terms`` are the words that make up most of the cosine, heaviest first."""

    cosine: float
    jaccard: float
    containment: float
    terms: tuple[str, ...]


class Texts(Protocol):
    """The articles of a run, by the ids that the labels know."""

    def cosine(self, left: str, right: str) -> float:
        """Return the cosine of the weighted terms of two articles."""
        ...

    def likeness(self, left: str, right: str) -> Likeness:
        """Compare two articles."""
        ...
