"""Re-indexing, as JSON."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from api.moments import Moment
from dedupe.store.records import JobState


class ReindexIn(BaseModel):
    """What to cluster the archive by."""

    model_config = ConfigDict(extra="forbid", strict=True)

    settings: dict[str, Any] = Field(
        default_factory=dict, max_length=50, description="Settings that differ from the present ones, by name."
    )


class JobOut(BaseModel):
    """A re-index, and how far it is."""

    job_id: str
    state: JobState
    settings: dict[str, Any]
    created_at: Moment
    finished_at: Moment | None
    articles_done: int
    articles_total: int
    articles_per_second: float
    seconds_left: float | None
    event_seq: int | None
    rollback_seq: int | None
    error: str | None


class JobPage(BaseModel):
    """A page of jobs; ``next_cursor`` is null on the last."""

    jobs: list[JobOut]
    next_cursor: str | None


class ShiftedOut(BaseModel):
    """A cluster that articles leave or come to, as it is at present."""

    cluster_id: str
    headline: str
    size: int


class ExampleOut(BaseModel):
    """One of the articles that go together."""

    article_id: str
    title: str


class ShiftOut(BaseModel):
    """Articles that go together from one cluster to another; ``into`` is null for a new one."""

    leaving: ShiftedOut | None
    into: ShiftedOut | None
    article_count: int
    example: ExampleOut | None


class DifferenceOut(BaseModel):
    """What the generation of a job changes, against the one in force when it was ready."""

    job_id: str
    as_of_seq: int
    article_count: int
    moved_count: int
    churn: float
    agreement: float
    cluster_count: int
    former_cluster_count: int
    merged_count: int
    split_count: int
    opened_count: int
    changes: list[ShiftOut]
