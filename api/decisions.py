"""Editors' decisions as the service reads and writes them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from dedupe.constraints import Rule
from dedupe.corrections import MAX_SPLIT
from dedupe.events import Decision, EventKind

Actor = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Note = Annotated[str, StringConstraints(max_length=2_000)]
Id = Annotated[str, StringConstraints(min_length=1, max_length=100)]


class CorrectionIn(BaseModel):
    """Who decides, and why."""

    model_config = ConfigDict(extra="forbid", strict=True)

    actor: Actor = Field(description="Who decides, up to 200 characters.")
    note: Note | None = Field(default=None, description="Why, up to 2,000 characters.")


class MoveIn(CorrectionIn):
    """Where an article belongs."""

    cluster_id: Id | None = Field(description="The cluster; null for a new one of its own.")


class MergeIn(CorrectionIn):
    """Which other cluster is the same event."""

    cluster_id: Id = Field(description="The other cluster.")


class SplitIn(CorrectionIn):
    """Which articles are another event."""

    article_ids: list[Id] = Field(min_length=1, max_length=MAX_SPLIT, description="One side of the split.")


class ConstraintIn(CorrectionIn):
    """What holds from now on for one article, or between two."""

    rule: Rule = Field(strict=False, description="`pin`, `must_link` or `cannot_link`.")
    article_ids: list[Id] = Field(
        min_length=1, max_length=2, description="One article to pin, two to link or keep apart; the second moves."
    )


class DecisionOut(BaseModel):
    """One event in the history of a cluster. What an editor decided has an ``actor``."""

    seq: int
    at: datetime
    kind: EventKind
    rule: Rule | None
    cluster_id: str
    from_cluster_id: str | None
    article_ids: list[str]
    actor: str | None
    note: str | None
    undoes: int | None
    ends: list[int]


class LineageOut(BaseModel):
    """What happened to a cluster, oldest first; ``arrivals`` counts what is in it by how it came."""

    cluster_id: str
    merged_into: str | None
    arrivals: dict[Decision, int]
    events: list[DecisionOut]
    next_cursor: str | None


class ConstraintOut(BaseModel):
    """A decision, in force until ``undone_by`` an event: ``rule`` binds ``article_ids`` to the others or from them."""

    seq: int
    rule: Rule
    article_ids: list[str]
    other_ids: list[str]
    cluster_id: str
    from_cluster_id: str | None
    actor: str
    note: str | None
    at: datetime
    undone_by: int | None


class ConstraintPage(BaseModel):
    """A page of decisions; ``next_cursor`` is null on the last."""

    constraints: list[ConstraintOut]
    next_cursor: str | None


class RefusedOut(BaseModel):
    """A decision that was asked for."""

    rule: str
    actor: str
    note: str | None
    at: datetime
    article_ids: list[str]


class StandingOut(RefusedOut):
    """A decision in force."""

    seq: int
