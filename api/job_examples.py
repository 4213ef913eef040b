"""An example of everything that is asked and answered about re-indexing."""

from __future__ import annotations

from typing import Any, Final

from dedupe.settings import EngineSettings

Json = dict[str, Any]

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
