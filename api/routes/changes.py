"""The change feed: every event, once, in order."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.concurrency import run_in_threadpool

from api import examples
from api.access import ScopedRoute, needs
from api.answers import json_answer, not_modified, tag
from api.deps import ServiceDep
from api.openapi import NOT_MODIFIED, PROBLEMS, answers
from api.rendering import change_json
from api.schemas import ChangePage
from dedupe.access import Scope
from dedupe.events import EventKind

router = APIRouter(prefix="/v1/changes", tags=["changes"], route_class=ScopedRoute)


@router.get(
    "",
    summary="Follow the changes",
    response_model=ChangePage,
    responses=answers(examples.CHANGES) | NOT_MODIFIED | PROBLEMS,
    openapi_extra=needs(Scope.READ),
)
async def get_changes(
    request: Request,
    service: ServiceDep,
    after: Annotated[int, Query(ge=0, le=2**62, description="The last `seq` you have; 0 from the start.")] = 0,
    wait: Annotated[float, Query(ge=0, le=60, description="Seconds to wait for a newer one.")] = 0,
    limit: Annotated[int, Query(ge=1, le=1_000)] = 100,
    kind: Annotated[list[EventKind] | None, Query(description="Only these kinds.")] = None,
) -> Response:
    """Answer with the changes after ``after``, waiting for the next one if there is none yet."""
    if wait:
        await service.feed.wait_for(after, wait)
    newest = service.feed.last_seq
    entity_tag = tag(request, newest)
    if unchanged := not_modified(request, entity_tag):
        return unchanged
    kinds = frozenset(kind or ())
    changes = await run_in_threadpool(service.catalogue.changes, after, limit, kinds)
    last_seq = changes[-1].seq if changes else after
    if kinds and len(changes) < limit:
        # Everything up to the newest was looked at, though little of it was asked for.
        last_seq = max(newest, last_seq)
    content = {"changes": [change_json(event) for event in changes], "last_seq": last_seq}
    return json_answer(content, headers={"ETag": entity_tag})
