"""What ingest needs to know of where articles go."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dedupe.article import Article


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one article: the decision, or else the reason why it was refused."""

    decision: str | None = None
    problem: str | None = None


Send = Callable[[Sequence[Article]], Sequence[Outcome]]
"""Passes on a group of articles and returns what became of each, in order."""
