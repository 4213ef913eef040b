"""Requests about re-indexing."""

from __future__ import annotations

from api.client.request import Request, as_json, as_nothing, get, path_of, sending
from api.client.walks import Pages
from api.schemas_jobs import DifferenceOut, JobOut, JobPage, ReindexIn


def reindex(wanted: ReindexIn) -> Request[JobOut]:
    """Cluster the archive anew, to the side; nothing changes for readers until it is activated."""
    return sending("POST", "/v1/reindex", wanted, as_json(JobOut))


def job(job_id: str, *, wait_seconds: float | None = None) -> Request[JobOut]:
    """Return a job, waiting so long (up to 15 seconds) while it is at work."""
    return get(as_json(JobOut), path_of("v1", "jobs", job_id), wait=wait_seconds)


def jobs() -> Pages[JobPage, JobOut]:
    """Yield all jobs, the newest first."""
    return Pages(job_page(), lambda page: page.jobs)


def job_page(*, limit: int | None = None, cursor: str | None = None) -> Request[JobPage]:
    """Return a page of jobs."""
    return get(as_json(JobPage), "/v1/jobs", limit=limit, cursor=cursor)


def difference(job_id: str, *, limit: int | None = None) -> Request[DifferenceOut]:
    """Return what the generation of a job would change, the largest changes first."""
    return get(as_json(DifferenceOut), path_of("v1", "jobs", job_id, "diff"), limit=limit)


def activate(job_id: str) -> Request[JobOut]:
    """Put the generation of a job into force, by one event; it goes on where the job is ``activating`` still."""
    return Request(method="POST", path=path_of("v1", "jobs", job_id, "activate"), read=as_json(JobOut))


def rollback(job_id: str) -> Request[JobOut]:
    """Bring the former generation back, by one event; it goes on where the job is ``rolling_back`` still."""
    return Request(method="POST", path=path_of("v1", "jobs", job_id, "rollback"), read=as_json(JobOut))


def discard(job_id: str) -> Request[None]:
    """Cancel a job that is being built, or discard one that is ready."""
    return Request(method="DELETE", path=path_of("v1", "jobs", job_id), read=as_nothing)
