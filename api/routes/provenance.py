"""Where a cluster's articles come from, and when they came."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api import reason_examples as examples
from api.access import needs
from api.answers import json_answer, next_page
from api.conditional import LogRoute, check_known
from api.openapi import MOVED, NOT_MODIFIED, PROBLEMS, answers
from api.routes.clusters import Cursor, moved
from api.schemas import TimelineOut
from api.visibility import ArchiveDep, CatalogueDep
from dedupe.access import Scope
from dedupe.provenance import Provenance, provenance

router = APIRouter(prefix="/v1/clusters", tags=["reasons"], route_class=LogRoute)


@router.get(
    "/{cluster_id}/provenance",
    summary="Ask who copied from whom",
    response_model=Provenance,
    responses=answers(examples.PROVENANCE) | NOT_MODIFIED | MOVED | PROBLEMS,
    openapi_extra=needs(Scope.READ),
)
def get_provenance(
    cluster_id: str,
    request: Request,
    archive: ArchiveDep,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Cursor = None,
) -> Response:
    """Answer with where a page of a cluster's articles comes from, the first seen first.

    A page of very long texts ends early; follow `next_cursor`.
    """
    row = archive.catalogue.cluster(cluster_id)
    if row.merged_into:
        return moved(row, "/provenance")
    check_known(request, row.updated_seq)
    found = provenance(archive, cluster_id, limit, cursor)
    return json_answer(found, headers=next_page(request, found.next_cursor))


@router.get(
    "/{cluster_id}/timeline",
    summary="Count a cluster's articles by the hour",
    response_model=TimelineOut,
    responses=answers(examples.TIMELINE) | NOT_MODIFIED | MOVED | PROBLEMS,
    openapi_extra=needs(Scope.READ),
)
def get_timeline(
    cluster_id: str,
    request: Request,
    catalogue: CatalogueDep,
    limit: Annotated[int, Query(ge=1, le=1_000, description="Hours, those without an article not counted.")] = 168,
    cursor: Cursor = None,
) -> Response:
    """Answer with how many articles were first seen in each hour, oldest first; empty hours are left out."""
    row = catalogue.cluster(cluster_id)
    if row.merged_into:
        return moved(row, "/timeline")
    check_known(request, row.updated_seq)
    page = catalogue.hours(cluster_id, limit, cursor)
    content = {"cluster_id": cluster_id, "hours": page.rows, "next_cursor": page.next_cursor}
    return json_answer(content, headers=next_page(request, page.next_cursor))
