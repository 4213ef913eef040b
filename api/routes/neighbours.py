"""What is like an article, and what came before a cluster."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api import reason_examples as examples
from api.access import needs
from api.answers import json_answer, next_page
from api.conditional import LogRoute
from api.deps import ServiceDep
from api.openapi import MOVED, NOT_MODIFIED, PROBLEMS, answers
from api.routes.clusters import Cursor, moved
from api.schemas import RelatedPage, SimilarPage
from api.visibility import ArchiveDep
from dedupe.access import Scope
from dedupe.neighbours import related, similar

router = APIRouter(prefix="/v1", tags=["reasons"], route_class=LogRoute)


@router.get(
    "/articles/{article_id}/similar",
    summary="List the articles nearest to one",
    response_model=SimilarPage,
    responses=answers(examples.SIMILAR) | NOT_MODIFIED | PROBLEMS,
    openapi_extra=needs(Scope.READ),
)
def list_similar(
    article_id: str,
    request: Request,
    service: ServiceDep,
    archive: ArchiveDep,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    cursor: Cursor = None,
) -> Response:
    """Answer with a page of the nearest articles, the most similar first."""
    page = similar(service.engine, archive, article_id, limit, cursor)
    content = {"articles": page.rows, "next_cursor": page.next_cursor}
    return json_answer(content, headers=next_page(request, page.next_cursor))


@router.get(
    "/clusters/{cluster_id}/related",
    summary="List earlier events like a cluster's",
    response_model=RelatedPage,
    responses=answers(examples.RELATED) | NOT_MODIFIED | MOVED | PROBLEMS,
    openapi_extra=needs(Scope.READ),
)
def list_related(
    cluster_id: str,
    request: Request,
    archive: ArchiveDep,
    limit: Annotated[int, Query(ge=1, le=50)] = 20,
    cursor: Cursor = None,
) -> Response:
    """Answer with a page of earlier clusters that are alike, the newest first.

    Each page looks at a bounded part of the archive: it may be empty and still have a `next_cursor`.
    """
    row = archive.catalogue.cluster(cluster_id)
    if row.merged_into:
        return moved(row, "/related")
    page = related(archive, cluster_id, limit, cursor)
    content = {"clusters": page.rows, "next_cursor": page.next_cursor}
    return json_answer(content, headers=next_page(request, page.next_cursor))
