"""Asks a store for everything it shows and holds the answers against the log."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from dedupe.errors import UnknownArticle, UnknownCluster
from dedupe.store.protocol import Catalogue, ClusterFilter, ClusterRow, ClusterSort, Page, Store
from tests.laws.expected import Expected

SORT_KEYS: dict[ClusterSort, Callable[[ClusterRow], object]] = {
    ClusterSort.UPDATED: lambda row: row.updated_seq,
    ClusterSort.FIRST_SEEN: lambda row: row.first_seen,
    ClusterSort.SIZE: lambda row: row.size,
    ClusterSort.SOURCES: lambda row: row.source_count,
    ClusterSort.VELOCITY: lambda row: row.heat,
}


def walk(get: Callable[[str | None], Page]) -> list:
    rows, cursor = [], None
    while True:
        page = get(cursor)
        rows += page.rows
        cursor = page.next_cursor
        if cursor is None:
            return rows


def listed(catalogue: Catalogue, which: ClusterFilter, sort: ClusterSort = ClusterSort.UPDATED, limit: int = 7) -> list:
    return walk(lambda cursor: catalogue.clusters(which, sort, limit, cursor))


def rounded(row: ClusterRow) -> ClusterRow:
    return replace(row, heat=round(row.heat, 6))


def assert_shows(store: Store, catalogue: Catalogue, expected: Expected) -> None:
    assert_reads(store, catalogue, expected)
    assert_reads(store, catalogue.unveiled, Expected(expected.changes, is_unveiled=True))
    assert store.find(list(expected.identities)) == expected.identities
    assert list(store.replay()) == expected.replayed()
    for article_id, stored in expected.articles.items():
        assert store.article(article_id) == stored


def assert_reads(store: Store, catalogue: Catalogue, expected: Expected) -> None:
    known = expected.touched if expected.is_unveiled else expected.updated
    rows = {cluster_id: rounded(expected.row(cluster_id)) for cluster_id in known}
    for cluster_id in expected.touched.keys() - known.keys():
        with pytest.raises(UnknownCluster):
            catalogue.cluster(cluster_id)
        with pytest.raises(UnknownCluster):
            catalogue.members(cluster_id, 3, None)
    assert {cluster_id: rounded(catalogue.cluster(cluster_id)) for cluster_id in rows} == rows
    for cluster_id in rows:
        members = walk(lambda cursor, c=cluster_id: catalogue.members(c, 3, cursor))
        assert members == [expected.veiled(member) for member in expected.members(cluster_id)]
    for article_id, stored in expected.articles.items():
        if stored.hidden and not expected.is_unveiled:
            with pytest.raises(UnknownArticle):
                catalogue.article(article_id)
        else:
            assert catalogue.article(article_id) == expected.veiled(stored)
    for sort, key in SORT_KEYS.items():
        shown = listed(catalogue, ClusterFilter(), sort)
        assert {row.cluster_id: rounded(row) for row in shown} == {c: row for c, row in rows.items() if row.size}
        assert len(shown) == len({row.cluster_id for row in shown})
        assert [key(row) for row in shown] == sorted((key(row) for row in shown), reverse=True)
    told = [change.event for change in expected.changes if expected.is_unveiled or not change.event.hidden]
    assert list(catalogue.changes(0, 10_000)) == told
    totals = catalogue.totals()
    live = [expected.articles[article_id].assignment.duplicate_group_id for article_id in expected.shown()]
    assert (totals.articles, totals.duplicate_groups) == (len(live), len(set(live) - {None}))
    assert totals.clusters == sum(row.size > 0 for row in rows.values())
    assert totals.last_seq == store.last_seq() == len(expected.changes)
