"""Clusters: lists, one of them, its articles."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api import examples
from api.access import needs
from api.answers import json_answer, next_page
from api.conditional import LogRoute, check_known
from api.decisions import LineageOut
from api.openapi import MOVED, NOT_MODIFIED, PROBLEMS, answers
from api.queries import ClusterQuery
from api.rendering import article_json, cluster_json, decision_json
from api.schemas import ArticlePage, ClusterOut, ClusterPage
from api.visibility import CatalogueDep
from dedupe.access import Scope
from dedupe.store.answers import ClusterRow, Page
from dedupe.store.records import StoredArticle

router = APIRouter(prefix="/v1/clusters", tags=["clusters"], route_class=LogRoute)

Cursor = Annotated[str | None, Query(max_length=500, description="`next_cursor` of the page before.")]


@router.get(
    "",
    summary="List clusters",
    response_model=ClusterPage,
    responses=answers(examples.CLUSTERS) | NOT_MODIFIED | PROBLEMS,
    openapi_extra=needs(Scope.READ),
)
def list_clusters(request: Request, catalogue: CatalogueDep, query: Annotated[ClusterQuery, Query()]) -> Response:
    """Answer with a page of clusters, the first in the chosen order first."""
    page = catalogue.clusters(query.filter(), query.sort, query.limit, query.cursor)
    now = datetime.now(UTC)
    content = {"clusters": [cluster_json(row, now) for row in page.rows], "next_cursor": page.next_cursor}
    return json_answer(content, headers=next_page(request, page.next_cursor))


@router.get(
    "/{cluster_id}",
    summary="Look at a cluster",
    response_model=ClusterOut,
    responses=answers(examples.CLUSTER) | NOT_MODIFIED | MOVED | PROBLEMS,
    openapi_extra=needs(Scope.READ),
)
def get_cluster(cluster_id: str, request: Request, catalogue: CatalogueDep) -> Response:
    """Answer with a cluster; 308 to the survivor when it was merged."""
    row = catalogue.cluster(cluster_id)
    if row.merged_into:
        return moved(row, "")
    check_known(request, row.updated_seq)
    return json_answer(cluster_json(row, datetime.now(UTC)))


@router.get(
    "/{cluster_id}/articles",
    summary="List a cluster's articles",
    response_model=ArticlePage,
    responses=answers(examples.ARTICLES) | NOT_MODIFIED | MOVED | PROBLEMS,
    openapi_extra=needs(Scope.READ),
)
def list_members(
    cluster_id: str,
    request: Request,
    catalogue: CatalogueDep,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Cursor = None,
) -> Response:
    """Answer with a page of a cluster's articles, oldest first."""
    row = catalogue.cluster(cluster_id)
    if row.merged_into:
        return moved(row, "/articles")
    check_known(request, row.updated_seq)
    return _listed(catalogue.members(row.cluster_id, limit, cursor), request)


@router.get(
    "/{cluster_id}/round-ups",
    summary="List the round-ups that tell of a cluster",
    response_model=ArticlePage,
    responses=answers(examples.ROUND_UPS) | NOT_MODIFIED | MOVED | PROBLEMS,
    openapi_extra=needs(Scope.READ),
)
def list_round_ups(
    cluster_id: str,
    request: Request,
    catalogue: CatalogueDep,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Cursor = None,
) -> Response:
    """Answer with a page of articles that are in other clusters and tell of this one in a part of their text."""
    row = catalogue.cluster(cluster_id)
    if row.merged_into:
        return moved(row, "/round-ups")
    return _listed(catalogue.round_ups(cluster_id, limit, cursor), request)


@router.get(
    "/{cluster_id}/lineage",
    summary="Follow a cluster's history",
    response_model=LineageOut,
    responses=answers(examples.LINEAGE) | NOT_MODIFIED | PROBLEMS,
    openapi_extra=needs(Scope.READ),
)
def get_lineage(
    cluster_id: str,
    request: Request,
    catalogue: CatalogueDep,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Cursor = None,
) -> Response:
    """Answer with what happened to a cluster, oldest first; a merged one has its own history, up to the merge."""
    row = catalogue.cluster(cluster_id)
    page = catalogue.lineage(cluster_id, limit, cursor)
    content = {
        "cluster_id": cluster_id,
        "merged_into": row.merged_into,
        "arrivals": {kind.value: count for kind, count in catalogue.arrival_counts(cluster_id).items()},
        "events": [decision_json(event) for event in page.rows],
        "next_cursor": page.next_cursor,
    }
    return json_answer(content, headers=next_page(request, page.next_cursor))


def _listed(page: Page[StoredArticle], request: Request) -> Response:
    content = {"articles": [article_json(stored) for stored in page.rows], "next_cursor": page.next_cursor}
    return json_answer(content, headers=next_page(request, page.next_cursor))


def moved(row: ClusterRow, suffix: str) -> Response:
    """Return the way to the cluster that a merged one became part of."""
    return Response(status_code=308, headers={"Location": f"/v1/clusters/{row.merged_into}{suffix}"})
