"""Lists as statements: each walks an index from the key where the last page ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, exists, func, literal, select, tuple_

from dedupe.store import search
from dedupe.store.cursor import Key
from dedupe.store.protocol import ClusterFilter, ClusterSort
from dedupe.store.queries import TitleQuery
from dedupe.store.rows import Record
from dedupe.store.schema import LISTED, LIVE, articles, cluster_sources, clusters
from dedupe.store.selection import EXCLUDED
from dedupe.store.times import HOUR_US, microseconds
from dedupe.store.titles import title_words

_UNSHOWN: Final = frozenset({"representative_rank", "source_tally", "term_tally"})
CLUSTER: Final = [column for column in clusters.c if column.name not in _UNSHOWN]
"""The columns that a list shows; tallies are for the writer."""

_SORT_COLUMNS: Final[Mapping[ClusterSort, ColumnElement[Any]]] = {
    ClusterSort.UPDATED: clusters.c.updated_seq,
    ClusterSort.FIRST_SEEN: clusters.c.first_seen,
    ClusterSort.SIZE: clusters.c.size,
    ClusterSort.SOURCES: clusters.c.source_count,
    ClusterSort.VELOCITY: clusters.c.heat,
}


def cluster_list(which: ClusterFilter, sort: ClusterSort, after: Key | None) -> Select[Any]:
    """Return the statement that lists clusters behind ``after``, highest first."""
    column = _SORT_COLUMNS[sort]
    statement = (
        select(*CLUSTER, column.label("sort_key"))
        .where(LISTED)
        .where(*_conditions(which))
        .order_by(column.desc(), clusters.c.pk.desc())
    )
    if after is None:
        return statement
    return statement.where(tuple_(column, clusters.c.pk) < tuple_(literal(after[0]), literal(after[1])))


def list_key(row: Record) -> Key:
    """Return where a row of `cluster_list` stands in its list."""
    return row.sort_key, row.pk


def member_list(stored: Select[Any], cluster_pk: int, after: Key | None) -> Select[Any]:
    """Return the statement that lists a cluster's ``stored`` articles behind ``after``, oldest first."""
    statement = (
        stored.where(articles.c.cluster_pk == cluster_pk).where(LIVE).order_by(articles.c.seen_at, articles.c.pk)
    )
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


def representing(stored: Select[Any], numbers: Sequence[int], which: TitleQuery) -> Select[Any]:
    """Return the statement that lists those ``stored`` articles which represent their clusters, the newest first."""
    statement = stored.where(articles.c.pk.in_(numbers), clusters.c.representative_id == articles.c.id, LIVE)
    if which.seen_before is not None:
        statement = statement.where(clusters.c.first_seen < microseconds(which.seen_before))
    return statement.order_by(articles.c.pk.desc())


def _conditions(which: ClusterFilter) -> list[ColumnElement[bool]]:
    columns = clusters.c
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
    return conditions + _word_conditions(which)


def _word_conditions(which: ClusterFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if which.source is not None:
        source = which.source.removeprefix(EXCLUDED)
        has_source = exists().where(cluster_sources.c.cluster_pk == clusters.c.pk, cluster_sources.c.source == source)
        conditions.append(~has_source if which.source.startswith(EXCLUDED) else has_source)
    if which.language is not None:
        is_language = clusters.c.language == which.language.removeprefix(EXCLUDED)
        conditions.append(~is_language if which.language.startswith(EXCLUDED) else is_language)
    if words := title_words(which.q or ""):
        found = select(articles.c.cluster_pk).where(search.found_by_title(articles.c.pk, words))
        conditions.append(clusters.c.pk.in_(found.where(LIVE)))
    return conditions
