"""Clusters for other programs: JSON Feed, RSS, CSV and Parquet, streamed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse

from api import exporting
from api.access import needs
from api.conditional import LogRoute, check_known
from api.exporting import MEDIA_TYPES
from api.file_examples import EXPORTS
from api.openapi import MOVED, NOT_MODIFIED, PROBLEMS, Responses
from api.queries import ExportForm, ExportQuery
from api.visibility import CatalogueDep
from dedupe.access import Scope
from dedupe.store.answers import ClusterRow, Page
from dedupe.store.protocol import Catalogue
from dedupe.store.records import StoredArticle
from dedupe.writers.item import FeedAbout

router = APIRouter(tags=["clusters"], route_class=LogRoute)

PAGE: Final = 200
_WRITTEN: Final[Responses] = {
    200: {
        "description": "The file, streamed",
        "content": {MEDIA_TYPES[form]: {"example": example} for form, example in EXPORTS.items()},
    }
}


@router.get(
    "/v1/clusters.{form}",
    summary="Write clusters out",
    response_class=StreamingResponse,
    responses=_WRITTEN | NOT_MODIFIED | PROBLEMS,
    openapi_extra=needs(Scope.READ),
)
def export_clusters(
    form: ExportForm,
    request: Request,
    catalogue: CatalogueDep,
    query: Annotated[ExportQuery, Query()],
) -> Response:
    """Answer with the clusters that pass the filters, the first in the chosen order first."""
    base = str(request.base_url)
    about = FeedAbout(title="Storyfold: clusters", home_url=base, feed_url=str(request.url))
    first = catalogue.clusters(query.filter(), query.sort, min(PAGE, query.limit), query.cursor)
    rows = islice(_clusters(catalogue, query, first), query.limit)
    parts = exporting.clusters(base, datetime.now(UTC)).written(form, about, rows)
    return _answer(parts, form, "clusters")


@router.get(
    "/v1/clusters/{cluster_id}.{form}",
    summary="Write a cluster's articles out",
    response_class=StreamingResponse,
    responses=_WRITTEN | NOT_MODIFIED | MOVED | PROBLEMS,
    openapi_extra=needs(Scope.READ),
)
def export_cluster(cluster_id: str, form: ExportForm, request: Request, catalogue: CatalogueDep) -> Response:
    """Answer with all articles of a cluster, oldest first; 308 to the survivor when it was merged."""
    row = catalogue.cluster(cluster_id)
    if row.merged_into:
        return Response(status_code=308, headers={"Location": f"/v1/clusters/{row.merged_into}.{form}"})
    check_known(request, row.updated_seq)
    base = str(request.base_url)
    about = FeedAbout(title=row.headline, home_url=f"{base}v1/clusters/{cluster_id}", feed_url=str(request.url))
    parts = exporting.articles(base).written(form, about, _members(catalogue, cluster_id))
    return _answer(parts, form, cluster_id)


def _clusters(catalogue: Catalogue, query: ExportQuery, page: Page[ClusterRow]) -> Iterator[ClusterRow]:
    yield from page.rows
    while page.next_cursor is not None:
        page = catalogue.clusters(query.filter(), query.sort, PAGE, page.next_cursor)
        yield from page.rows


def _members(catalogue: Catalogue, cluster_id: str) -> Iterator[StoredArticle]:
    page = catalogue.members(cluster_id, PAGE, None)
    yield from page.rows
    while page.next_cursor is not None:
        page = catalogue.members(cluster_id, PAGE, page.next_cursor)
        yield from page.rows


def _answer(parts: Iterator[bytes], form: ExportForm, name: str) -> Response:
    headers = {
        "X-Content-Type-Options": "nosniff",
        "Content-Disposition": f'attachment; filename="{name}.{form}"',
    }
    if form in (ExportForm.JSON, ExportForm.RSS):
        del headers["Content-Disposition"]
    return StreamingResponse(parts, headers=headers, media_type=MEDIA_TYPES[form])
