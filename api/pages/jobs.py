"""Re-indexing as a reviewed change: asked for, watched, compared, put into force, taken back or discarded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from fastapi import APIRouter, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse

from api.access import needs
from api.job_rendering import difference_json, job_json
from api.pages.forms import Form, read_form
from api.pages.visit import PageRoute, Visit, VisitDep
from api.problems import Problem, problem_of
from api.views.jobs import ACTS, AT_WORK, SETTINGS, churn_of, other_settings, progress_of, share_done, state_of
from dedupe import ids
from dedupe.access import Scope
from dedupe.errors import InvalidSettings, JobConflict
from dedupe.store.jobs import Job

router = APIRouter(include_in_schema=False, route_class=PageRoute)

SHOWN: Final = 30
CHANGES: Final = 30
Settings = Mapping[str, Any]


@router.get("/jobs", openapi_extra=needs(Scope.ADMIN))
def jobs_page(visit: VisitDep) -> Response:
    """Show the jobs, the newest first, and ask for the settings of another."""
    return _list(visit, visit.service.engine.settings.values())


@router.post("/jobs", openapi_extra=needs(Scope.ADMIN))
async def open_job(visit: VisitDep) -> Response:
    """Open a job; nothing changes for readers until it is put into force."""
    form = await read_form(visit)
    present = visit.service.engine.settings.values()
    wanted = {name: _read(form, name, value) for name, value in present.items() if name in form.fields}
    job_id = ids.encode("job", next(visit.service.numbers))
    try:
        other = {name: value for name, value in wanted.items() if value != present[name]}
        await run_in_threadpool(visit.service.jobs.desk.request, job_id, other)
    except (InvalidSettings, JobConflict) as error:
        return await run_in_threadpool(_list, visit, present | wanted, problem_of(error))
    visit.service.jobs.wake()
    return RedirectResponse(f"/jobs/{job_id}", 303)


@router.get("/jobs/{job_id}", openapi_extra=needs(Scope.ADMIN))
def job_page(job_id: str, visit: VisitDep) -> Response:
    """Show how far a job is, and what it would change once that is known."""
    return _look(visit, job_id)


@router.post("/jobs/{job_id}/{act}", openapi_extra=needs(Scope.ADMIN))
async def act_on_job(job_id: str, act: str, visit: VisitDep) -> Response:
    """Do with a job what was confirmed on its page; where that is refused, say why and show the job as it is."""
    await read_form(visit)
    jobs = visit.service.jobs
    acts = {"activate": jobs.desk.activate, "rollback": jobs.desk.rollback, "discard": jobs.desk.discard}
    if act not in acts:
        raise Problem(404, "not_found", f"there is nothing called {act!r} to do with a job")
    try:
        await jobs.patiently(lambda: acts[act](job_id))
    except JobConflict as error:
        return await run_in_threadpool(_look, visit, job_id, problem_of(error))
    return RedirectResponse("/jobs" if act == "discard" else f"/jobs/{job_id}", 303)


def _list(visit: Visit, settings: Settings, refused: Problem | None = None) -> Response:
    desk = visit.service.jobs.desk
    waiting = desk.jobs.open()
    return visit.show(
        "jobs",
        refused.status if refused else 200,
        jobs=[_told(visit, desk.shown(job)) for job in desk.jobs.list(SHOWN, None).rows],
        open_job=_told(visit, desk.shown(waiting)) if waiting else None,
        settings={name: _typed(value) for name, value in settings.items()},
        labels=SETTINGS,
        refused=refused,
    )


def _look(visit: Visit, job_id: str, refused: Problem | None = None) -> Response:
    job = visit.service.jobs.desk.get(job_id)
    difference = difference_json(job, visit.catalogue, CHANGES) if job.difference is not None else None
    told = _told(visit, job)
    return visit.show(
        "job",
        refused.status if refused else 200,
        job=told,
        others=other_settings(told, visit.service.engine.settings.values()),
        churn=churn_of(difference, job.state) if difference else [],
        changes=difference["changes"] if difference else [],
        is_at_work=job.state in AT_WORK,
        acts=ACTS.get(job.state, ()),
        refused=refused,
    )


def _told(visit: Visit, job: Job) -> dict[str, Any]:
    told = job_json(visit.service.jobs.desk, job, visit.now)
    return told | {"told": state_of(told), "progress": progress_of(told), "share": share_done(told)}


def _typed(value: Any) -> Any:
    """Return a setting as a person would type it."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _read(form: Form, name: str, present: float) -> Any:
    """Return a setting as it was typed, as a number where it is one; what it is not is refused with its name."""
    typed = form.one(name)
    if isinstance(present, bool):
        return {"yes": True, "no": False}.get(typed, typed)
    try:
        return int(typed) if isinstance(present, int) else float(typed)
    except ValueError:
        return typed
