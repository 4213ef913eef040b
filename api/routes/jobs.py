"""Re-indexing: asked for, watched, compared, activated, rolled back or discarded."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response
from fastapi.concurrency import run_in_threadpool

from api import job_examples as examples
from api.access import needs
from api.answers import json_answer, next_page
from api.bodies import parse, read_json
from api.conditional import TaggedRoute, unless_same
from api.deps import Service, ServiceDep
from api.job_rendering import difference_json, job_json
from api.openapi import NOT_MODIFIED, PROBLEMS, Responses, answers, body_of, problems_of
from api.schemas_jobs import DifferenceOut, JobOut, JobPage, ReindexIn
from api.visibility import CatalogueDep
from dedupe import ids
from dedupe.access import Scope
from dedupe.errors import InvalidSettings, JobConflict
from dedupe.events import Event
from dedupe.reindexing.comparison import SHOWN
from dedupe.store.jobs import Job
from dedupe.store.records import JobState

router = APIRouter(prefix="/v1", tags=["jobs"], route_class=TaggedRoute)

MAX_BYTES: Final = 100_000
LOOK_SECONDS: Final = 0.1
AT_WORK: Final = (JobState.BUILDING, JobState.ACTIVATING, JobState.ROLLING_BACK)
_CONFLICT: Final[Responses] = (
    problems_of(409, "Another job is open, or this one is not in a state that allows it", examples.JOB_CONFLICT)
    | PROBLEMS
)


@router.post(
    "/reindex",
    summary="Cluster the archive anew, to the side",
    status_code=202,
    response_model=JobOut,
    responses=answers(examples.JOB, 202) | _CONFLICT,
    openapi_extra=body_of(ReindexIn, examples.REINDEX) | needs(Scope.ADMIN),
)
async def post_reindex(request: Request, service: ServiceDep) -> Response:
    """Open a job; nothing changes for readers until it is activated."""
    said = parse(await read_json(request, MAX_BYTES), ReindexIn, InvalidSettings.code)
    job_id = ids.encode("job", next(service.numbers))
    job = await run_in_threadpool(service.jobs.desk.request, job_id, said.settings)
    service.jobs.wake()
    return _told(service, job, 202, {"Location": f"/v1/jobs/{job_id}"})


@router.get(
    "/jobs",
    summary="List jobs",
    response_model=JobPage,
    responses=answers(examples.JOBS) | NOT_MODIFIED | PROBLEMS,
    openapi_extra=needs(Scope.ADMIN),
)
def list_jobs(
    request: Request,
    service: ServiceDep,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=500, description="`next_cursor` of the page before.")] = None,
) -> Response:
    """Answer with a page of jobs, the newest first."""
    desk, now = service.jobs.desk, datetime.now(UTC)
    page = desk.jobs.list(limit, cursor)
    content = {"jobs": [job_json(desk, desk.shown(job), now) for job in page.rows], "next_cursor": page.next_cursor}
    return unless_same(request, json_answer(content, headers=next_page(request, page.next_cursor)))


@router.get(
    "/jobs/{job_id}",
    summary="Look at a job",
    response_model=JobOut,
    responses=answers(examples.JOB) | NOT_MODIFIED | PROBLEMS,
    openapi_extra=needs(Scope.ADMIN),
)
async def get_job(
    job_id: str,
    request: Request,
    service: ServiceDep,
    wait: Annotated[float, Query(ge=0, le=15, description="Seconds to wait while it is at work.")] = 0,
) -> Response:
    """Answer with a job, how far it is and how long it will still take."""
    desk = service.jobs.desk
    job = await run_in_threadpool(desk.get, job_id)
    looks = int(wait / LOOK_SECONDS)
    while job.state in AT_WORK and looks > 0:
        await asyncio.sleep(LOOK_SECONDS)
        job, looks = await run_in_threadpool(desk.get, job_id), looks - 1
    return unless_same(request, json_answer(job_json(desk, job, datetime.now(UTC))))


@router.get(
    "/jobs/{job_id}/diff",
    summary="See what a job would change",
    response_model=DifferenceOut,
    responses=answers(examples.DIFFERENCE) | NOT_MODIFIED | _CONFLICT,
    openapi_extra=needs(Scope.ADMIN),
)
def get_difference(
    job_id: str,
    request: Request,
    service: ServiceDep,
    catalogue: CatalogueDep,
    limit: Annotated[int, Query(ge=0, le=SHOWN, description="How many of the largest changes to show.")] = SHOWN,
) -> Response:
    """Answer with what the generation of a job changes, the largest changes first."""
    job = service.jobs.desk.get(job_id)
    if job.difference is None:
        raise JobConflict(f"the job {job_id} is {job.state}; there is something to compare once it is ready")
    return unless_same(request, json_answer(difference_json(job, catalogue, limit)))


@router.post(
    "/jobs/{job_id}/activate",
    summary="Put a job's generation into force",
    response_model=JobOut,
    responses=answers(examples.ACTIVATED) | answers(examples.READY | {"state": "activating"}, 202) | _CONFLICT,
    openapi_extra=needs(Scope.ADMIN),
)
async def post_activate(job_id: str, service: ServiceDep) -> Response:
    """Activate by one event; 202 when that takes longer than a request should, and it goes on."""
    return await _switched(service, job_id, service.jobs.desk.activate)


@router.post(
    "/jobs/{job_id}/rollback",
    summary="Bring the former generation back",
    response_model=JobOut,
    responses=answers(examples.ROLLED_BACK) | answers(examples.ACTIVATED | {"state": "rolling_back"}, 202) | _CONFLICT,
    openapi_extra=needs(Scope.ADMIN),
)
async def post_rollback(job_id: str, service: ServiceDep) -> Response:
    """Roll back by one event; 202 when that takes longer than a request should, and it goes on."""
    return await _switched(service, job_id, service.jobs.desk.rollback)


@router.delete(
    "/jobs/{job_id}",
    summary="Discard a job",
    status_code=204,
    responses=_CONFLICT,
    openapi_extra=needs(Scope.ADMIN),
)
async def delete_job(job_id: str, service: ServiceDep) -> Response:
    """Cancel a job that is being built, or discard one that is ready; what was built is erased."""
    await run_in_threadpool(service.jobs.desk.discard, job_id)
    return Response(status_code=204)


async def _switched(service: Service, job_id: str, switch: Callable[[str], Event]) -> Response:
    event = await service.jobs.patiently(lambda: switch(job_id))
    job = await run_in_threadpool(service.jobs.desk.get, job_id)
    return _told(service, job, 202 if event is None else 200)


def _told(service: Service, job: Job, status: int, headers: dict[str, str] | None = None) -> Response:
    return json_answer(job_json(service.jobs.desk, job, datetime.now(UTC)), status, headers)
