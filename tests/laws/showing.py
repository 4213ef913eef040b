"""Asks a store for everything it shows and holds the answers against the log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from dedupe.errors import UnknownArticle, UnknownCluster
from dedupe.store.answers import ClusterRow, Hour, Page
from dedupe.store.protocol import Catalogue, Store
from dedupe.store.queries import ClusterFilter, ClusterSort
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
        with pytest.raises(UnknownCluster):
            catalogue.round_ups(cluster_id, 3, None)
    assert {cluster_id: rounded(catalogue.cluster(cluster_id)) for cluster_id in rows} == rows
    for cluster_id in rows:
        assert_articles(catalogue, expected, cluster_id)
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
    totals = catalogue.totals()
    live = [expected.articles[article_id].assignment.duplicate_group_id for article_id in expected.shown()]
    assert (totals.articles, totals.duplicate_groups) == (len(live), len(set(live) - {None}))
    assert totals.clusters == sum(row.size > 0 for row in rows.values())
    assert totals.last_seq == store.last_seq() == len(expected.changes)
    assert_history(catalogue, expected, rows)


def assert_articles(catalogue: Catalogue, expected: Expected, cluster_id: str) -> None:
    members = walk(lambda cursor: catalogue.members(cluster_id, 3, cursor))
    assert members == [expected.veiled(member) for member in expected.members(cluster_id)]
    round_ups = walk(lambda cursor: catalogue.round_ups(cluster_id, 2, cursor))
    assert round_ups == [expected.veiled(told) for told in expected.round_ups(cluster_id)]
    arrived = Counter(member.assignment.decision for member in expected.members(cluster_id))
    assert catalogue.arrival_counts(cluster_id) == arrived
    by_the_hour = walk(lambda cursor: catalogue.hours(cluster_id, 2, cursor))
    assert sum(hour.articles for hour in by_the_hour) == len(members)
    assert_growth(catalogue, cluster_id, by_the_hour)


def assert_growth(catalogue: Catalogue, cluster_id: str, hours: Sequence[Hour]) -> None:
    assert catalogue.growth({cluster_id: hours[0].at, "clu_none": hours[0].at} if hours else {}) == (
        {cluster_id: hours} if hours else {}
    )
    if hours:
        within, after = hours[-1].at + timedelta(minutes=59), hours[-1].at + timedelta(hours=1)
        assert catalogue.growth({cluster_id: within}) == {cluster_id: hours[-1:]}
        assert catalogue.growth({cluster_id: after}) == {}


def assert_history(catalogue: Catalogue, expected: Expected, cluster_ids: Iterable[str]) -> None:
    assert list(catalogue.changes(0, 10_000)) == expected.told()
    told = [catalogue.event(event.seq) for event in expected.told()]
    assert told == [expected.veiled_event(event) for event in expected.told()]
    for cluster_id in cluster_ids:
        assert walk(lambda cursor, c=cluster_id: catalogue.lineage(c, 2, cursor)) == expected.lineage(cluster_id)
    constraints = expected.constraints()
    assert walk(lambda cursor: catalogue.constraints(3, cursor, in_force=False)) == constraints
    in_force = [constraint for constraint in constraints if constraint.undone_by is None]
    assert walk(lambda cursor: catalogue.constraints(3, cursor)) == in_force
    assert [catalogue.constraint(constraint.seq) for constraint in constraints] == constraints
