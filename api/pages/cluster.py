"""A cluster: when its articles came, who copied from whom, why each is there, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Annotated, Final

from fastapi import APIRouter, Query, Response
from fastapi.responses import RedirectResponse

from api.pages.desk import Desk, DeskDep, PageRoute
from api.views.history import Told, told
from api.views.members import Member, member, seen
from api.views.timeline import timeline
from api.views.tree import tree
from api.views.wording import pace
from dedupe.errors import UnknownConstraint
from dedupe.events import Event
from dedupe.neighbours import related
from dedupe.provenance import provenance
from dedupe.store.protocol import StoredArticle
from dedupe.store.velocity import velocity

router = APIRouter(include_in_schema=False, route_class=PageRoute)

MEMBERS: Final = 50
DRAWN: Final = 1_000
EVENTS: Final = 50
RELATED: Final = 8
_BLOCK: Final = 200

Cursor = Annotated[str | None, Query(max_length=500)]


@router.get("/clusters/{cluster_id}")
def cluster_page(cluster_id: str, desk: DeskDep, cursor: Cursor = None) -> Response:
    """Show a cluster; the id of one that was merged leads to the survivor."""
    row = desk.catalogue.cluster(cluster_id)
    if row.merged_into:
        return RedirectResponse(f"/clusters/{row.merged_into}", 308)
    page = desk.catalogue.members(cluster_id, MEMBERS, cursor)
    drawn = seen(islice(_all_members(desk, cluster_id), DRAWN))
    origins = provenance(desk.archive, cluster_id, MEMBERS, cursor)
    return desk.show(
        "cluster",
        cluster=row,
        pace=pace(velocity(row.heat, desk.now)),
        plot=timeline(drawn) if drawn else None,
        drawn_count=len(drawn),
        members=_lines(desk, page.rows),
        cursor=cursor,
        further=page.next_cursor,
        tree=tree(origins.articles),
        history=_history(desk, cluster_id),
        arrivals=desk.catalogue.arrival_counts(cluster_id),
    )


@router.get("/clusters/{cluster_id}/related")
def related_page(cluster_id: str, desk: DeskDep, cursor: Cursor = None) -> Response:
    """Show earlier events that are like a cluster's: a page of its own, since looking for them takes a while."""
    row = desk.catalogue.cluster(cluster_id)
    if row.merged_into:
        return RedirectResponse(f"/clusters/{row.merged_into}/related", 308)
    found = related(desk.archive, cluster_id, RELATED, cursor)
    return desk.show("related", cluster=row, related=found.rows, further=found.next_cursor)


def _all_members(desk: Desk, cluster_id: str) -> Iterator[StoredArticle]:
    page = desk.catalogue.members(cluster_id, _BLOCK, None)
    yield from page.rows
    while page.next_cursor is not None:
        page = desk.catalogue.members(cluster_id, _BLOCK, page.next_cursor)
        yield from page.rows


def _lines(desk: Desk, rows: Sequence[StoredArticle]) -> list[Member]:
    lines = (member(stored, desk.archive.event(stored.assignment.seq or 0)) for stored in rows)
    return [line for line in lines if line is not None]


def _history(desk: Desk, cluster_id: str) -> list[Told]:
    """Return what happened to a cluster, the newest first."""
    events = desk.catalogue.lineage(cluster_id, EVENTS, None).rows
    in_force = [event.seq for event in events if event.is_editorial and _is_in_force(desk, event)]
    return [told(event, cluster_id, in_force) for event in reversed(events)]


def _is_in_force(desk: Desk, event: Event) -> bool:
    try:
        return desk.catalogue.constraint(event.seq).undone_by is None
    except UnknownConstraint:  # undoing is a decision that binds nobody
        return False
