"""Asks a store for everything it shows and holds the answers against the log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

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
    rows = {cluster_id: rounded(expected.row(cluster_id)) for cluster_id in expected.touched}
    assert {cluster_id: rounded(catalogue.cluster(cluster_id)) for cluster_id in rows} == rows
    for cluster_id in rows:
        members = walk(lambda cursor, c=cluster_id: catalogue.members(c, 3, cursor))
        assert members == expected.members(cluster_id)
        assert walk(lambda cursor, c=cluster_id: catalogue.lineage(c, 2, cursor)) == expected.lineage(cluster_id)
        arrived = Counter(member.assignment.decision for member in expected.members(cluster_id))
        assert catalogue.arrival_counts(cluster_id) == arrived
    for article_id, stored in expected.articles.items():
        assert catalogue.article(article_id) == stored == store.article(article_id)
    constraints = expected.constraints()
    assert walk(lambda cursor: catalogue.constraints(3, cursor, in_force=False)) == constraints
    in_force = [constraint for constraint in constraints if constraint.undone_by is None]
    assert walk(lambda cursor: catalogue.constraints(3, cursor)) == in_force
    assert [catalogue.constraint(constraint.seq) for constraint in constraints] == constraints
    for sort, key in SORT_KEYS.items():
        shown = listed(catalogue, ClusterFilter(), sort)
        assert {row.cluster_id: rounded(row) for row in shown} == {c: row for c, row in rows.items() if row.size}
        assert len(shown) == len({row.cluster_id for row in shown})
        assert [key(row) for row in shown] == sorted((key(row) for row in shown), reverse=True)
    assert store.find(list(expected.identities)) == expected.identities
    assert list(catalogue.changes(0, 10_000)) == [change.event for change in expected.changes]
    assert list(store.replay()) == expected.replayed()
    totals = catalogue.totals()
    live = [expected.articles[article_id].assignment.duplicate_group_id for article_id in expected.live()]
    assert (totals.articles, totals.duplicate_groups) == (len(live), len(set(live) - {None}))
    assert totals.clusters == sum(row.size > 0 for row in rows.values())
    assert totals.last_seq == store.last_seq() == len(expected.changes)
