"""The change feed: every event, once, in order."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from fastapi.concurrency import run_in_threadpool

from api import examples
from api.access import needs
from api.answers import json_answer
from api.conditional import TaggedRoute, check_known
from api.deps import Service, ServiceDep
from api.following import Follower
from api.openapi import NOT_MODIFIED, PROBLEMS, STREAM_ANSWER, answers
from api.problems import Problem
from api.rendering import change_json
from api.schemas import ChangePage
from api.streaming import EventStream, changes_from
from api.visibility import CatalogueDep
from dedupe.access import Scope
from dedupe.events import EventKind
from dedupe.store.queries import ChangeFilter

router = APIRouter(prefix="/v1/changes", tags=["changes"], route_class=TaggedRoute)

LARGEST_SEQ = 2**62


async def _follower(
    service: ServiceDep,
    catalogue: CatalogueDep,
    kind: Annotated[list[EventKind] | None, Query(description="Only these kinds.")] = None,
    cluster_id: Annotated[
        str | None, Query(min_length=1, max_length=100, description="Only what this cluster gains or loses.")
    ] = None,
) -> Follower:
    return Follower(service.feed, catalogue, ChangeFilter(kinds=frozenset(kind or ()), cluster_id=cluster_id))


FollowerDep = Annotated[Follower, Depends(_follower)]


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
    follower: FollowerDep,
    after: Annotated[int, Query(ge=0, le=LARGEST_SEQ, description="The last `seq` you have; 0 from the start.")] = 0,
    wait: Annotated[float, Query(ge=0, le=60, description="Seconds to wait for a newer one.")] = 0,
    limit: Annotated[int, Query(ge=1, le=1_000)] = 100,
) -> Response:
    """Answer with the changes after ``after``, waiting for the next one if there is none yet."""
    await _check_reached(service, after)
    batch = await follower.wait(after, limit, wait)
    check_known(request, f"to-{batch.last_seq}")
    content: dict[str, Any] = {"changes": [change_json(event) for event in batch.events], "last_seq": batch.last_seq}
    return json_answer(content)


@router.get(
    "/stream",
    summary="Stream the changes",
    status_code=200,
    response_class=EventStream,
    responses=STREAM_ANSWER | PROBLEMS,
    openapi_extra=needs(Scope.READ),
)
async def stream_changes(
    service: ServiceDep,
    follower: FollowerDep,
    after: Annotated[int, Query(ge=0, le=LARGEST_SEQ, description="The last `seq` you have; 0 from the start.")] = 0,
    last_event_id: Annotated[str | None, Header(description="The last `id` you got; it counts before `after`.")] = None,
) -> Response:
    """Answer with a stream of server-sent events that goes on until you leave, each with its `seq` as `id`.

    Come again with `Last-Event-ID`, as browsers do, and nothing is left out or told twice.
    """
    start = after if last_event_id is None else _seq(last_event_id)
    await _check_reached(service, start)
    return EventStream(changes_from(follower, start, service.settings.heartbeat_seconds), service.streams)


async def _check_reached(service: Service, seq: int) -> None:
    """Raise a 409 `Problem` when the log ends before ``seq``: a reader from there would miss what comes next."""
    if seq <= service.feed.last_seq:
        return
    # What is in the store already may not have been told to the feed yet.
    newest = (await run_in_threadpool(service.catalogue.totals)).last_seq
    if seq > newest:
        detail = f"the log ends at {newest}, before {seq}: an older backup was restored; read all anew, then follow"
        raise Problem(409, "ahead_of_log", detail)


def _seq(last_event_id: str) -> int:
    if not (last_event_id.isascii() and last_event_id.isdigit() and int(last_event_id[:20]) <= LARGEST_SEQ):
        raise Problem(422, "invalid_request", "Last-Event-ID must be the `id` of an event of this stream")
    return int(last_event_id)
