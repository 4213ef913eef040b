"""What an editor may decide, as values: who, when, why, and about which articles or clusters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from dedupe.constraints import BOTH_SIDES, PINS, Rule
from dedupe.errors import InvalidCorrection

MAX_SPLIT: int = 10_000
"""How many articles a split may name."""
BINDING = (PINS | BOTH_SIDES) - {Rule.MOVE, Rule.MERGE}
"""Rules that an editor may lay down without moving anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A decision of ``actor``, taken at ``at``; ``note`` says why.

    To one who may not see embargoed articles they are unknown.
    """

    actor: str
    at: datetime
    note: str | None = None
    sees_embargoed: bool = True

    def __post_init__(self) -> None:
        if not self.actor.strip():
            raise InvalidCorrection("actor", "is empty; say who decides")


@dataclass(frozen=True, slots=True, kw_only=True)
class Move(Correction):
    """Put an article, with its copies, into a cluster, and keep it there; None is a new cluster of its own."""

    article_id: str
    cluster_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge(Correction):
    """Make one cluster of two."""

    cluster_id: str
    other_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Split(Correction):
    """Make two clusters of one; ``article_ids``, with their copies, are one of them."""

    cluster_id: str
    article_ids: tuple[str, ...]

    def __post_init__(self) -> None:
        Correction.__post_init__(self)
        if not 1 <= len(self.article_ids) <= MAX_SPLIT:
            raise InvalidCorrection("article_ids", f"name 1 to {MAX_SPLIT:,} articles, not {len(self.article_ids)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Constrain(Correction):
    """Pin one article where it is, or link two, or keep two apart; of two the second moves if one must."""

    rule: Rule
    article_ids: tuple[str, ...]

    def __post_init__(self) -> None:
        Correction.__post_init__(self)
        if self.rule not in BINDING:
            raise InvalidCorrection("rule", f"is {self.rule.value!r}; choose pin, must_link or cannot_link")
        wanted = 1 if self.rule is Rule.PIN else 2
        if len(self.article_ids) != wanted or len(set(self.article_ids)) != wanted:
            reason = "name one article" if wanted == 1 else "name two different articles"
            raise InvalidCorrection("article_ids", f"{reason} for {self.rule.value}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo(Correction):
    """Take back the decision with the number ``seq``, and put back what it moved."""

    seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Release(Correction):
    """Take back the newest decision that moved an article."""

    article_id: str
