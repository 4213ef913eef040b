"""Re-indexing as a reviewed change: asked for, watched, compared, put into force, taken back or discarded."""

from __future__ import annotations

import json
from typing import Any, Final

from fastapi import APIRouter, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse

from api.access import needs
from api.job_rendering import difference_json, job_json
from api.pages.forms import read_form
from api.pages.visit import PageRoute, Visit, VisitDep
from api.problems import Problem
from api.views.jobs import ACTS, AT_WORK, churn_of, progress_of, share_done, state_of
from dedupe import ids
from dedupe.access import Scope
from dedupe.store.jobs import Job

router = APIRouter(include_in_schema=False, route_class=PageRoute)

SHOWN: Final = 30
CHANGES: Final = 30


@router.get("/jobs", openapi_extra=needs(Scope.READ))
def jobs_page(visit: VisitDep) -> Response:
    """Show the jobs, the newest first."""
    desk = visit.service.jobs.desk
    rows = [_told(visit, desk.shown(job)) for job in desk.jobs.list(SHOWN, None).rows]
    return visit.show("jobs", jobs=rows, may_reindex=_may(visit))


@router.post("/jobs", openapi_extra=needs(Scope.ADMIN))
async def open_job(visit: VisitDep) -> Response:
    """Open a job; nothing changes for readers until it is put into force."""
    form = await read_form(visit)
    try:
        settings = json.loads(form.one("settings") or "{}")
    except ValueError:
        settings = None
    if not isinstance(settings, dict):
        raise Problem(422, "invalid_request", 'settings: write them as {"name": value}, or leave them out')
    job_id = ids.encode("job", next(visit.service.numbers))
    await run_in_threadpool(visit.service.jobs.desk.request, job_id, settings)
    visit.service.jobs.wake()
    return RedirectResponse(f"/jobs/{job_id}", 303)


@router.get("/jobs/{job_id}", openapi_extra=needs(Scope.READ))
def job_page(job_id: str, visit: VisitDep) -> Response:
    """Show how far a job is, and what it would change once that is known."""
    job = visit.service.jobs.desk.get(job_id)
    difference = difference_json(job, visit.catalogue, CHANGES) if job.difference is not None else None
    return visit.show(
        "job",
        job=_told(visit, job),
        churn=churn_of(difference) if difference else [],
        changes=difference["changes"] if difference else [],
        is_at_work=job.state.value in AT_WORK,
        acts=ACTS.get(job.state.value, ()) if _may(visit) else (),
    )


@router.post("/jobs/{job_id}/{act}", openapi_extra=needs(Scope.ADMIN))
async def act_on_job(job_id: str, act: str, visit: VisitDep) -> Response:
    """Do with a job what was confirmed on its page."""
    await read_form(visit)
    jobs = visit.service.jobs
    if act == "activate":
        await jobs.patiently(lambda: jobs.desk.activate(job_id))
    elif act == "rollback":
        await jobs.patiently(lambda: jobs.desk.rollback(job_id))
    elif act == "discard":
        await run_in_threadpool(jobs.desk.discard, job_id)
        return RedirectResponse("/jobs", 303)
    else:
        raise Problem(404, "not_found", f"there is nothing called {act!r} to do with a job")
    return RedirectResponse(f"/jobs/{job_id}", 303)


def _told(visit: Visit, job: Job) -> dict[str, Any]:
    told = job_json(visit.service.jobs.desk, job, visit.now)
    return told | {"told": state_of(told), "progress": progress_of(told), "share": share_done(told)}


def _may(visit: Visit) -> bool:
    return visit.holder is None or visit.holder.opens(Scope.ADMIN)
