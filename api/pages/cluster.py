"""A cluster: when its articles came, who copied from whom, why each is there, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Annotated, Final

from fastapi import APIRouter, Query, Response
from fastapi.responses import RedirectResponse

from api.access import needs
from api.pages.round_ups import elsewhere
from api.pages.visit import PageRoute, Visit, VisitDep
from api.views.history import Told, told
from api.views.members import Member, member, seen
from api.views.timeline import timeline
from api.views.tree import tree
from api.views.wording import pace
from dedupe.access import Scope
from dedupe.constraints import Constraint
from dedupe.errors import UnknownConstraint
from dedupe.events import Event
from dedupe.neighbours import related
from dedupe.provenance import provenance
from dedupe.store.records import StoredArticle
from dedupe.store.velocity import velocity

router = APIRouter(include_in_schema=False, route_class=PageRoute)

MEMBERS: Final = 50
DRAWN: Final = 1_000
EVENTS: Final = 50
RELATED: Final = 8
ROUND_UPS: Final = 10
_BLOCK: Final = 200

Seq = Annotated[int | None, Query(ge=1, le=2**62)]
Cursor = Annotated[str | None, Query(max_length=500)]


@router.get("/clusters/{cluster_id}", openapi_extra=needs(Scope.READ))
def cluster_page(cluster_id: str, visit: VisitDep, cursor: Cursor = None, done: Seq = None) -> Response:
    """Show a cluster; the id of one that was merged leads to the survivor."""
    row = visit.catalogue.cluster(cluster_id)
    if row.merged_into:
        return RedirectResponse(f"/clusters/{row.merged_into}" + (f"?done={done}" if done else ""), 308)
    page = visit.catalogue.members(cluster_id, MEMBERS, cursor)
    drawn = seen(islice(all_members(visit, cluster_id), DRAWN))
    told = visit.catalogue.round_ups(cluster_id, ROUND_UPS, None)
    origins = provenance(visit.archive, cluster_id, MEMBERS, cursor)
    return visit.show(
        "cluster",
        cluster=row,
        done=_done(visit, done),
        pace=pace(velocity(row.heat, visit.now)),
        plot=timeline(drawn) if drawn else None,
        drawn_count=len(drawn),
        members=_lines(visit, page.rows),
        cursor=cursor,
        further=page.next_cursor,
        tree=tree(origins.articles),
        round_ups=_lines(visit, told.rows),
        more_round_ups=told.next_cursor is not None,
        history=_history(visit, cluster_id),
        arrivals=visit.catalogue.arrival_counts(cluster_id),
    )


@router.get("/clusters/{cluster_id}/related", openapi_extra=needs(Scope.READ))
def related_page(cluster_id: str, visit: VisitDep, cursor: Cursor = None) -> Response:
    """Show earlier events that are like a cluster's: a page of its own, since looking for them takes a while."""
    row = visit.catalogue.cluster(cluster_id)
    if row.merged_into:
        return RedirectResponse(f"/clusters/{row.merged_into}/related", 308)
    found = related(visit.archive, cluster_id, RELATED, cursor)
    return visit.show("related", cluster=row, related=found.rows, further=found.next_cursor)


def all_members(visit: Visit, cluster_id: str) -> Iterator[StoredArticle]:
    """Yield a cluster's articles, oldest first."""
    page = visit.catalogue.members(cluster_id, _BLOCK, None)
    yield from page.rows
    while page.next_cursor is not None:
        page = visit.catalogue.members(cluster_id, _BLOCK, page.next_cursor)
        yield from page.rows


def _lines(visit: Visit, rows: Sequence[StoredArticle]) -> list[Member]:
    lines = (
        member(stored, visit.catalogue.placing(stored.article_id, stored.assignment.seq or 0), elsewhere(visit, stored))
        for stored in rows
    )
    return [line for line in lines if line is not None]


def _history(visit: Visit, cluster_id: str) -> list[Told]:
    """Return what happened to a cluster, the newest first."""
    events = visit.catalogue.lineage(cluster_id, EVENTS, None).rows
    in_force = [event.seq for event in events if event.is_editorial and _is_in_force(visit, event)]
    return [told(event, cluster_id, in_force) for event in reversed(events)]


def _done(visit: Visit, seq: int | None) -> Constraint | None:
    """Return the decision that was just taken, if it can be undone."""
    try:
        return visit.catalogue.constraint(seq) if seq is not None else None
    except UnknownConstraint:
        return None


def _is_in_force(visit: Visit, event: Event) -> bool:
    try:
        return visit.catalogue.constraint(event.seq).undone_by is None
    except UnknownConstraint:  # undoing is a decision that binds nobody
        return False
