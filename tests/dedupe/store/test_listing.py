"""Each list must walk an index from its cursor: SQLite is asked for its plan."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Select, select
from sqlalchemy.dialects import sqlite

from dedupe.store import catalogue
from dedupe.store.generation_reads import GENERATION_LOG, LOG
from dedupe.store.generation_schema import generation_events
from dedupe.store.listing import cluster_list, member_list
from dedupe.store.queries import ClusterFilter, ClusterSort
from dedupe.store.schema import events
from dedupe.store.sql import SqlStore
from tests.laws.conftest import IDENTITY
from tests.laws.random_log import RandomLog

INDEXES = {
    ClusterSort.UPDATED: "clusters_by_updated_seq",
    ClusterSort.FIRST_SEEN: "clusters_by_first_seen",
    ClusterSort.SIZE: "clusters_by_size",
    ClusterSort.SOURCES: "clusters_by_source_count",
    ClusterSort.VELOCITY: "clusters_by_heat",
}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    store = SqlStore.open(f"sqlite:///{tmp_path / 'a.db'}", IDENTITY)
    store.commit(RandomLog(4).changes(300))
    yield store
    store.close()


def plan(store: SqlStore, statement: Select[Any]) -> str:
    compiled = statement.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True})
    with store.catalogue._reading() as connection:
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}").all()
    return "\n".join(row[-1] for row in rows)


@pytest.mark.parametrize("sort", ClusterSort)
@pytest.mark.parametrize("after", [None, (5, 3)])
def test_clusters_are_read_in_the_order_of_an_index(
    store: SqlStore, sort: ClusterSort, after: tuple[float, int] | None
) -> None:
    found = plan(store, cluster_list(ClusterFilter(), sort, after).limit(50))
    assert f"USING INDEX {INDEXES[sort]}" in found
    assert "TEMP B-TREE" not in found
    assert after is None or "SEARCH clusters" in found


@pytest.mark.parametrize("sort", ClusterSort)
def test_filters_are_checked_along_the_index(store: SqlStore, sort: ClusterSort) -> None:
    moment = datetime(2026, 3, 1, tzinfo=UTC)
    which = ClusterFilter(
        source="Herald", language="!ja", updated_since=moment, seen_from=moment, min_size=2, min_sources=2
    )
    found = plan(store, cluster_list(which, sort, (5, 3)).limit(50))
    assert f"USING INDEX {INDEXES[sort]}" in found
    assert "TEMP B-TREE" not in found


@pytest.mark.parametrize("after", [None, (5, 3)])
def test_members_are_read_in_the_order_of_an_index(store: SqlStore, after: tuple[float, int] | None) -> None:
    found = plan(store, member_list(catalogue.STORED, 1, after).limit(50))
    assert "SEARCH articles USING INDEX articles_by_cluster (cluster_pk=?" in found
    assert "TEMP B-TREE" not in found


def test_events_are_read_by_number(store: SqlStore) -> None:
    found = plan(store, select(events).where(events.c.seq > 10).order_by(events.c.seq).limit(50))
    assert found == "SEARCH events USING INTEGER PRIMARY KEY (rowid>?)"


def test_replay_sorts_nothing(store: SqlStore) -> None:
    found = plan(store, LOG.where(events.c.seq > 0, events.c.seq <= 50))
    assert "SEARCH events USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)" in found
    assert "SCAN" not in found
    assert "TEMP B-TREE" not in found


def test_the_log_of_a_generation_is_read_in_order(store: SqlStore) -> None:
    found = plan(store, GENERATION_LOG.where(generation_events.c.generation == 1))
    assert "SEARCH generation_events USING INDEX sqlite_autoindex_generation_events_1 (generation=?)" in found
    assert "SCAN" not in found
    assert "TEMP B-TREE" not in found
