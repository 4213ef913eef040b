"""Jobs of re-indexing and what they change, turned into JSON values."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from dedupe.errors import UnknownArticle, UnknownCluster
from dedupe.reindexing.desk import Desk
from dedupe.store.jobs import Job
from dedupe.store.protocol import Catalogue
from dedupe.store.records import JobState

Json = dict[str, Any]

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
    return None if stored.article is None else {"article_id": article_id, "title": stored.headline}
