"""Clusters and articles as the items and rows that the writers take."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from api.queries import ExportForm
from api.rendering import cluster_json
from api.schemas import ClusterOut
from dedupe.store.answers import ClusterRow
from dedupe.store.records import StoredArticle
from dedupe.writers import json_feed, rss, table
from dedupe.writers.item import FeedAbout, FeedItem

ARTICLE_COLUMNS: Final = (
    "article_id", "cluster_id", "duplicate_group_id", "duplicate_of", "decision", "confidence", "received_at",
    "published_at", "source", "uri", "url", "language", "title", "text", "authors", "headline",
)  # fmt: skip
CLUSTER_COLUMNS: Final = tuple(ClusterOut.model_fields)


MEDIA_TYPES: Final = {
    ExportForm.JSON: json_feed.MEDIA_TYPE,
    ExportForm.RSS: rss.MEDIA_TYPE,
    ExportForm.CSV: table.CSV_TYPE,
    ExportForm.PARQUET: table.PARQUET_TYPE,
}


@dataclass(frozen=True, slots=True)
class Exported:
    """What is written out: how each of it is an item of a feed, or a row of a table."""

    columns: tuple[str, ...]
    item: Callable[[Any], FeedItem]
    row: Callable[[Any], dict[str, Any]]

    def written(self, form: ExportForm, about: FeedAbout, things: Iterable[Any]) -> Iterator[bytes]:
        """Yield ``things`` in a format, a piece at a time; raise `MissingLibrary`."""
        if form is ExportForm.JSON:
            return json_feed.json_feed(about, map(self.item, things))
        if form is ExportForm.RSS:
            return rss.rss(about, map(self.item, things))
        write = table.parquet if form is ExportForm.PARQUET else table.comma_separated
        return write(self.columns, map(self.row, things))


def articles(base_url: str) -> Exported:
    """Return how articles are written; those without an address of their own get that of the service."""
    return Exported(ARTICLE_COLUMNS, lambda stored: _article_item(stored, base_url), _article_row)


def clusters(base_url: str, now: datetime) -> Exported:
    """Return how clusters are written, their velocity as of ``now``."""
    return Exported(
        CLUSTER_COLUMNS, lambda row: _cluster_item(row, base_url), lambda row: _texts(cluster_json(row, now))
    )


def _article_item(stored: StoredArticle, base_url: str) -> FeedItem:
    article = stored.article
    if article is None:  # members of a cluster are there, but one may go while the answer is being written
        return FeedItem(item_id=stored.article_id, title="", text="", published_at=stored.received_at)
    return FeedItem(
        item_id=stored.article_id,
        url=article.url or f"{base_url}v1/articles/{stored.article_id}",
        title=stored.headline,
        text=article.text,
        published_at=article.published_at or stored.received_at,
        updated_at=stored.received_at,
        authors=article.authors,
        tags=(article.source,) if article.source else (),
        language=stored.language,
    )


def _article_row(stored: StoredArticle) -> dict[str, Any]:
    placed, article = stored.assignment, stored.article
    names = ("published_at", "source", "uri", "url", "title", "text", "authors")
    return _texts(
        {
            "article_id": stored.article_id,
            "cluster_id": placed.cluster_id,
            "duplicate_group_id": placed.duplicate_group_id,
            "duplicate_of": placed.duplicate_of.article_id if placed.duplicate_of else None,
            "decision": placed.decision.value,
            "confidence": placed.confidence,
            "received_at": stored.received_at,
            "language": stored.language,
            "headline": stored.headline,
        }
        | {name: getattr(article, name, None) for name in names}
    )


def _cluster_item(row: ClusterRow, base_url: str) -> FeedItem:
    outlets = ", ".join(row.sources) or "no named outlet"
    return FeedItem(
        item_id=row.cluster_id,
        url=f"{base_url}v1/clusters/{row.cluster_id}",
        title=row.headline,
        text=f"{row.size} articles, {row.independent_count} independent; {outlets}",
        published_at=row.first_seen,
        updated_at=row.updated_at,
        tags=row.top_terms,
        language=row.language,
    )


def _texts(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row with its moments as text, in UTC."""
    return {
        name: value.astimezone(UTC).isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else value
        for name, value in row.items()
    }
