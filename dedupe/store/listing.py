"""Lists as statements: each walks an index from the key where the last page ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    Column,
    ColumnElement,
    CompoundSelect,
    Select,
    Table,
    case,
    exists,
    false,
    func,
    literal,
    select,
    text,
    tuple_,
    union_all,
)

from dedupe.store import search
from dedupe.store.cursor import Key
from dedupe.store.queries import ClusterFilter, ClusterSort, TitleQuery
from dedupe.store.rows import Record
from dedupe.store.schema import LISTED, LIVE, VISIBLE, articles, cluster_sources, clusters, embargoed_clusters
from dedupe.store.selection import EXCLUDED
from dedupe.store.times import HOUR_US, microseconds
from dedupe.store.titles import title_words

CLUSTER: Final = [clusters.c[column.name] for column in embargoed_clusters.c]
"""The columns that a list shows; tallies are for the writer."""

_SORT_COLUMNS: Final[Mapping[ClusterSort, str]] = {
    ClusterSort.UPDATED: "updated_seq",
    ClusterSort.FIRST_SEEN: "first_seen",
    ClusterSort.SIZE: "size",
    ClusterSort.SOURCES: "source_count",
    ClusterSort.VELOCITY: "heat",
}


def cluster_list(which: ClusterFilter, sort: ClusterSort, after: Key | None) -> Select[Any]:
    """Return the statement that lists clusters behind ``after``, highest first."""
    listed = select(*CLUSTER, _behind(clusters, sort)).where(LISTED, *_conditions(which, clusters))
    return _in_order(listed, clusters, sort, after)


def unveiled_cluster_list(
    which: ClusterFilter, sort: ClusterSort, after: Key | None, limit: int
) -> CompoundSelect[Any]:
    """Return the statement that lists clusters as they are with their embargoed articles."""
    has_none = clusters.c.hidden_count == 0
    lists = (
        cluster_list(which, sort, after).where(has_none).limit(limit),
        _in_order(
            select(*embargoed_clusters.c, _behind(embargoed_clusters, sort)).where(
                *_conditions(which, embargoed_clusters)
            ),
            embargoed_clusters,
            sort,
            after,
        ).limit(limit),
    )
    either = union_all(*(select(listed.subquery()) for listed in lists))
    return either.order_by(text("sort_key DESC"), text("pk DESC")).limit(limit)


def _behind(table: Table, sort: ClusterSort) -> ColumnElement[Any]:
    return table.c[_SORT_COLUMNS[sort]].label("sort_key")


def _in_order(listed: Select[Any], table: Table, sort: ClusterSort, after: Key | None) -> Select[Any]:
    column = table.c[_SORT_COLUMNS[sort]]
    statement = listed.order_by(column.desc(), table.c.pk.desc())
    if after is None:
        return statement
    return statement.where(tuple_(column, table.c.pk) < tuple_(literal(after[0]), literal(after[1])))


def list_key(row: Record) -> Key:
    """Return where a row of `cluster_list` stands in its list."""
    return row.sort_key, row.pk


def member_list(stored: Select[Any], cluster_pk: int, after: Key | None) -> Select[Any]:
    """Return the statement that lists a cluster's ``stored`` articles behind ``after``, oldest first."""
    return oldest_first(stored.where(articles.c.cluster_pk == cluster_pk), after)


def oldest_first(stored: Select[Any], after: Key | None) -> Select[Any]:
    """Return the statement that lists ``stored`` articles behind ``after``, those first seen first."""
    statement = stored.where(LIVE).order_by(articles.c.seen_at, articles.c.pk)
    if after is None:
        return statement
    return statement.where(tuple_(articles.c.seen_at, articles.c.pk) > tuple_(literal(after[0]), literal(after[1])))


def hour_list(cluster_pk: int, after: Key | None) -> Select[Any]:
    """Return the statement that counts a cluster's articles by the hour, from the hour behind ``after`` on."""
    hour = articles.c.seen_at // HOUR_US
    counts = func.count().label("articles"), func.count(articles.c.duplicate_of).label("copies")
    statement = (
        select(hour.label("hour"), *counts)
        .where(articles.c.cluster_pk == cluster_pk)
        .where(LIVE)
        .group_by(hour)
        .order_by(hour)
    )
    return statement if after is None else statement.where(articles.c.seen_at >= (int(after[0]) + 1) * HOUR_US)


def growth_list(since: Mapping[str, datetime]) -> Select[Any]:
    """Return the statement that counts the articles of clusters by the hour, each from the hour of a moment on."""
    hour = articles.c.seen_at // HOUR_US
    counts = func.count().label("articles"), func.count(articles.c.duplicate_of).label("copies")
    begins = {cluster_id: microseconds(moment) // HOUR_US * HOUR_US for cluster_id, moment in since.items()}
    return (
        select(clusters.c.id, hour.label("hour"), *counts)
        .join(articles, articles.c.cluster_pk == clusters.c.pk)
        .where(clusters.c.id.in_(begins), articles.c.seen_at >= case(begins, value=clusters.c.id))
        .where(LIVE)
        .group_by(clusters.c.pk, hour)
        .order_by(clusters.c.pk, hour)
    )


def representing(stored: Select[Any], numbers: Sequence[int], which: TitleQuery, *, is_unveiled: bool) -> Select[Any]:
    """Return the statement that lists those ``stored`` articles which represent their clusters, the newest first."""
    representative: ColumnElement[Any] = clusters.c.representative_id
    first_seen: ColumnElement[Any] = clusters.c.first_seen
    if is_unveiled:
        stored = stored.outerjoin(embargoed_clusters, embargoed_clusters.c.pk == clusters.c.pk)
        representative, first_seen = _as_seen(clusters.c.representative_id), _as_seen(clusters.c.first_seen)
    statement = stored.where(articles.c.pk.in_(numbers), representative == articles.c.id)
    if which.seen_before is not None:
        statement = statement.where(first_seen < microseconds(which.seen_before))
    return statement.order_by(articles.c.pk.desc())


def _as_seen(column: Column[Any]) -> ColumnElement[Any]:
    """Return a column of a cluster as those see it who may see embargoed articles."""
    return func.coalesce(embargoed_clusters.c[column.name], column)


def _conditions(which: ClusterFilter, table: Table) -> list[ColumnElement[bool]]:
    columns = table.c
    conditions: list[ColumnElement[bool]] = []
    if which.min_size > 1:
        conditions.append(columns.size >= which.min_size)
    if which.min_sources > 0:
        conditions.append(columns.source_count >= which.min_sources)
    if which.updated_since is not None:
        conditions.append(columns.updated_at >= microseconds(which.updated_since))
    if which.seen_from is not None:
        conditions.append(columns.last_seen >= microseconds(which.seen_from))
    if which.seen_to is not None:
        conditions.append(columns.first_seen < microseconds(which.seen_to))
    return conditions + _word_conditions(which, table)


def _word_conditions(which: ClusterFilter, table: Table) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if which.source is not None:
        source = which.source.removeprefix(EXCLUDED)
        has_source = _has_source(table, source)
        conditions.append(~has_source if which.source.startswith(EXCLUDED) else has_source)
    if which.language is not None:
        is_language = table.c.language == which.language.removeprefix(EXCLUDED)
        conditions.append(~is_language if which.language.startswith(EXCLUDED) else is_language)
    if which.q is not None:
        conditions.append(_is_found(table, title_words(which.q)))
    return conditions


def _is_found(table: Table, words: Sequence[str]) -> ColumnElement[bool]:
    if not words:
        return false()
    found = select(articles.c.cluster_pk).where(search.found_by_title(articles.c.pk, words))
    return table.c.pk.in_(found.where(LIVE) if table is embargoed_clusters else found.where(VISIBLE))


def _has_source(table: Table, source: str) -> ColumnElement[bool]:
    if table is clusters:
        return exists().where(cluster_sources.c.cluster_pk == clusters.c.pk, cluster_sources.c.source == source)
    return exists().where(articles.c.cluster_pk == table.c.pk, LIVE, articles.c.source == source)
