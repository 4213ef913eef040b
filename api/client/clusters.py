"""Requests about clusters."""

from __future__ import annotations

from api.client.request import Request, as_bytes, as_json, get, path_of, query_of
from api.client.walks import Pages
from api.decisions import DecisionOut, LineageOut
from api.queries import ClusterQuery, ExportForm, ExportQuery
from api.schemas import (
    ArticleOut,
    ArticlePage,
    ClusterOut,
    ClusterPage,
    HourOut,
    RelatedPage,
    TimelineOut,
)
from dedupe.neighbours import RelatedCluster
from dedupe.provenance import Origin, Provenance


def cluster_page(query: ClusterQuery | None = None) -> Request[ClusterPage]:
    """Return a page of clusters."""
    return get(as_json(ClusterPage), "/v1/clusters", **query_of(query))


def clusters(query: ClusterQuery | None = None) -> Pages[ClusterPage, ClusterOut]:
    """Yield all clusters that pass the filters, in the chosen order; ``limit`` is how many a request brings."""
    return Pages(cluster_page(query), lambda page: page.clusters)


def cluster(cluster_id: str) -> Request[ClusterOut]:
    """Return a cluster; of one that was merged, the survivor."""
    return get(as_json(ClusterOut), _path(cluster_id))


def member_page(cluster_id: str, *, limit: int | None = None, cursor: str | None = None) -> Request[ArticlePage]:
    """Return a page of a cluster's articles."""
    return get(as_json(ArticlePage), _path(cluster_id, "articles"), limit=limit, cursor=cursor)


def members(cluster_id: str) -> Pages[ArticlePage, ArticleOut]:
    """Yield a cluster's articles, oldest first."""
    return Pages(member_page(cluster_id), lambda page: page.articles)


def round_up_page(cluster_id: str, *, limit: int | None = None, cursor: str | None = None) -> Request[ArticlePage]:
    """Return a page of the articles of other clusters that tell of one, too."""
    return get(as_json(ArticlePage), _path(cluster_id, "round-ups"), limit=limit, cursor=cursor)


def round_ups(cluster_id: str) -> Pages[ArticlePage, ArticleOut]:
    """Yield the articles of other clusters that tell of one, too, oldest first."""
    return Pages(round_up_page(cluster_id), lambda page: page.articles)


def lineage_page(cluster_id: str, *, limit: int | None = None, cursor: str | None = None) -> Request[LineageOut]:
    """Return a page of a cluster's history, with how its articles came."""
    return get(as_json(LineageOut), _path(cluster_id, "lineage"), limit=limit, cursor=cursor)


def lineage(cluster_id: str) -> Pages[LineageOut, DecisionOut]:
    """Yield what happened to a cluster, oldest first."""
    return Pages(lineage_page(cluster_id), lambda page: page.events)


def provenance_page(cluster_id: str, *, limit: int | None = None, cursor: str | None = None) -> Request[Provenance]:
    """Return where a page of a cluster's articles comes from, with who was first."""
    return get(as_json(Provenance), _path(cluster_id, "provenance"), limit=limit, cursor=cursor)


def provenance(cluster_id: str) -> Pages[Provenance, Origin]:
    """Yield where each of a cluster's articles comes from, the first seen first."""
    return Pages(provenance_page(cluster_id), lambda page: page.articles)


def timeline_page(cluster_id: str, *, limit: int | None = None, cursor: str | None = None) -> Request[TimelineOut]:
    """Return a page of a cluster's hours."""
    return get(as_json(TimelineOut), _path(cluster_id, "timeline"), limit=limit, cursor=cursor)


def timeline(cluster_id: str) -> Pages[TimelineOut, HourOut]:
    """Yield how many articles were first seen in each hour, oldest first; empty hours are left out."""
    return Pages(timeline_page(cluster_id), lambda page: page.hours)


def related_page(cluster_id: str, *, limit: int | None = None, cursor: str | None = None) -> Request[RelatedPage]:
    """Return a page of earlier events like a cluster's."""
    return get(as_json(RelatedPage), _path(cluster_id, "related"), limit=limit, cursor=cursor)


def related(cluster_id: str) -> Pages[RelatedPage, RelatedCluster]:
    """Yield earlier events like a cluster's from the whole archive, the newest first; stop when you have enough."""
    return Pages(related_page(cluster_id), lambda page: page.clusters)


def export_clusters(form: ExportForm, query: ExportQuery | None = None) -> Request[bytes]:
    """Return clusters as JSON Feed, RSS, CSV or Parquet."""
    return get(as_bytes, f"/v1/clusters.{form}", **query_of(query))


def export_cluster(cluster_id: str, form: ExportForm) -> Request[bytes]:
    """Return all articles of a cluster as JSON Feed, RSS, CSV or Parquet."""
    return get(as_bytes, f"{_path(cluster_id)}.{form}")


def _path(cluster_id: str, *steps: str) -> str:
    return path_of("v1", "clusters", cluster_id, *steps)
