"""Re-indexing as the service reads and writes it, with an example of each."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field

from api.moments import Moment
from dedupe.errors import UnknownArticle, UnknownCluster
from dedupe.reindexing.desk import Desk
from dedupe.settings import EngineSettings
from dedupe.store.jobs import Job, JobState
from dedupe.store.protocol import Catalogue

Json = dict[str, Any]


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


_COUNTS: Final = (
    "as_of_seq", "article_count", "moved_count", "churn", "agreement", "cluster_count", "former_cluster_count",
    "merged_count", "split_count", "opened_count",
)  # fmt: skip


def job_json(desk: Desk, job: Job, now: datetime) -> Json:
    """Return a job as JSON values."""
    progress = desk.progress(job)
    left = progress.seconds_left(now) if job.state is JobState.BUILDING else None
    return {
        "job_id": job.job_id,
        "state": job.state.value,
        "settings": dict(job.settings),
        "created_at": job.created_at,
        "finished_at": job.finished_at,
        "articles_done": progress.done,
        "articles_total": progress.total,
        "articles_per_second": round(progress.rate(now), 1) if job.state is JobState.BUILDING else 0.0,
        "seconds_left": None if left is None else round(left, 1),
        "event_seq": job.event_seq,
        "rollback_seq": job.rollback_seq,
        "error": job.error,
    }


def difference_json(job: Job, catalogue: Catalogue, limit: int) -> Json:
    """Return what a job's generation changes as JSON values, with the headlines as they are now."""
    difference = job.difference or {}
    figures = {name: difference[name] for name in _COUNTS}
    return {"job_id": job.job_id, **figures, "changes": [
        {
            "leaving": _cluster(catalogue, shift["from_id"]),
            "into": _cluster(catalogue, shift["into_id"]),
            "article_count": shift["article_count"],
            "example": _article(catalogue, shift["example_id"]),
        }
        for shift in difference["shifts"][:limit]
    ]}  # fmt: skip


def _cluster(catalogue: Catalogue, cluster_id: str | None) -> Json | None:
    if cluster_id is None:
        return None
    try:
        row = catalogue.cluster(cluster_id)
    except UnknownCluster:  # of a reader who may not see what is in it
        return None
    return {"cluster_id": cluster_id, "headline": row.headline, "size": row.size}


def _article(catalogue: Catalogue, article_id: str) -> Json | None:
    try:
        stored = catalogue.article(article_id)
    except UnknownArticle:
        return None
    return None if stored.article is None else {"article_id": article_id, "title": stored.article.title}


REINDEX: Final[Json] = {"settings": {"coverage": 0.7, "cluster_window_days": 5}}
JOB: Final[Json] = {
    "job_id": "job_3t9kq0v7m2c5x",
    "state": "building",
    "settings": EngineSettings().values() | {"coverage": 0.7, "cluster_window_days": 5.0},
    "created_at": "2026-03-02T10:00:00Z",
    "finished_at": None,
    "articles_done": 61_000,
    "articles_total": 210_400,
    "articles_per_second": 2_904.8,
    "seconds_left": 51.4,
    "event_seq": None,
    "rollback_seq": None,
    "error": None,
}
READY: Final[Json] = JOB | {
    "state": "ready",
    "articles_done": 210_400,
    "articles_per_second": 0.0,
    "seconds_left": None,
}
ACTIVATED: Final[Json] = READY | {"state": "activated", "finished_at": "2026-03-02T10:04:00Z", "event_seq": 214_077}
ROLLED_BACK: Final[Json] = ACTIVATED | {"state": "rolled_back", "rollback_seq": 215_301}
JOBS: Final[Json] = {"jobs": [ACTIVATED], "next_cursor": None}
DIFFERENCE: Final[Json] = {
    "job_id": JOB["job_id"],
    "as_of_seq": 214_011,
    "article_count": 210_400,
    "moved_count": 3_190,
    "churn": 0.015162,
    "agreement": 0.981442,
    "cluster_count": 61_870,
    "former_cluster_count": 61_204,
    "merged_count": 212,
    "split_count": 801,
    "opened_count": 878,
    "changes": [
        {
            "leaving": {"cluster_id": "clu_2vtqzqzhf8ff1", "headline": "Ferry aground off Sandholm", "size": 214},
            "into": None,
            "article_count": 96,
            "example": {"article_id": "art_5x1m8v0c2q4rt", "title": "Owner of ferry questioned"},
        }
    ],
}
JOB_CONFLICT: Final[Json] = {
    "type": "about:blank",
    "title": "Conflict",
    "status": 409,
    "code": "job_conflict",
    "detail": "the job job_3t9kq0v7m2c5x is building; activate it, or discard it: DELETE /v1/jobs/job_3t9kq0v7m2c5x",
}
