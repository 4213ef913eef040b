"""Backup and restore of real files, with a real writer beside them."""

from __future__ import annotations

import os
import resource
import sqlite3
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dedupe.errors import StoreError, StoreMismatch, StoreUnavailable
from dedupe.store.backup import backed_up_at, backup, restore
from dedupe.store.catalogue import SqlCatalogue
from dedupe.store.sql import SqlStore
from tests.laws.conftest import IDENTITY
from tests.laws.random_log import RandomLog


def url_of(path: Path) -> str:
    return f"sqlite:///{path}"


def filled(path: Path, count: int = 40, seed: int = 1) -> list:
    changes = RandomLog(seed).changes(count)
    store = SqlStore.open(url_of(path), IDENTITY)
    store.commit(changes)
    store.close()
    return [change.event for change in changes]


def events_in(path: Path) -> list:
    store = SqlStore.open(url_of(path), IDENTITY)
    events = [replayed.event for replayed in store.replay()]
    store.close()
    return events


def test_a_copy_made_while_a_writer_writes_is_one_moment_of_it(tmp_path: Path) -> None:
    path, log, stop = tmp_path / "a.db", RandomLog(2), threading.Event()
    store = SqlStore.open(url_of(path), IDENTITY)
    store.commit(log.changes(200))
    written: list = list(store.catalogue.changes(0, 1000))

    def write() -> None:
        while not stop.is_set():
            group = log.changes(5)
            store.commit(group)
            written.extend(change.event for change in group)

    writer = threading.Thread(target=write)
    writer.start()
    copies = [backup(url_of(path), tmp_path / f"copy{number}.db") for number in range(5)]
    stop.set()
    writer.join()
    store.close()
    assert [copied.last_seq for copied in copies] == sorted(copied.last_seq for copied in copies)
    for copied in copies:
        assert copied.size_bytes == copied.path.stat().st_size > 0
        assert events_in(copied.path) == written[: copied.last_seq]
    assert not list(tmp_path.glob("*.part*"))


def test_progress_reaches_the_whole(tmp_path: Path) -> None:
    filled(tmp_path / "a.db")
    told: list[tuple[int, int]] = []
    backup(url_of(tmp_path / "a.db"), tmp_path / "b.db", progress=lambda done, total: told.append((done, total)))
    assert told[-1][0] == told[-1][1] > 0


def test_when_there_was_a_backup_is_known(tmp_path: Path) -> None:
    filled(tmp_path / "a.db")
    with closing(SqlCatalogue.open(url_of(tmp_path / "a.db"))) as catalogue:
        assert catalogue.backed_up_at() is None
        before = datetime.now(UTC) - timedelta(seconds=1)
        backup(url_of(tmp_path / "a.db"), tmp_path / "b.db")
        first = catalogue.backed_up_at()
        assert first
        assert before < first < datetime.now(UTC) + timedelta(seconds=1)
        os.utime(tmp_path / "a.db.backed-up", (0, 0))
        backup(url_of(tmp_path / "a.db"), tmp_path / "b.db", force=True)
        assert (catalogue.backed_up_at() or first) >= first


def test_a_backup_is_good_where_it_cannot_be_noted(tmp_path: Path) -> None:
    events = filled(tmp_path / "a.db")
    (tmp_path / "a.db.backed-up").symlink_to(tmp_path / "gone" / "file")
    assert backup(url_of(tmp_path / "a.db"), tmp_path / "b.db").last_seq == len(events)
    assert backed_up_at(tmp_path / "a.db") is None


def test_a_backup_is_one_file_and_never_overwrites_unasked(tmp_path: Path) -> None:
    events = filled(tmp_path / "a.db")
    target = tmp_path / "kept" / "b.db"
    with pytest.raises(StoreUnavailable, match="does not exist"):
        backup(url_of(tmp_path / "a.db"), target)
    target.parent.mkdir()
    backup(url_of(tmp_path / "a.db"), target)
    assert [path.name for path in target.parent.iterdir()] == ["b.db"]
    before = target.read_bytes()
    with pytest.raises(StoreError, match="there already"):
        backup(url_of(tmp_path / "a.db"), target)
    assert target.read_bytes() == before
    assert backup(url_of(tmp_path / "a.db"), target, force=True).last_seq == len(events)


def test_a_store_is_neither_backed_up_nor_restored_onto_itself(tmp_path: Path) -> None:
    events = filled(tmp_path / "a.db")
    (tmp_path / "link.db").symlink_to("a.db")
    for name in ("a.db", "link.db"):
        with pytest.raises(StoreError, match="is the store itself; name another file"):
            backup(url_of(tmp_path / "a.db"), tmp_path / name, force=True)
        with pytest.raises(StoreError, match="is the store itself; name its backup"):
            restore(tmp_path / name, url_of(tmp_path / "a.db"), force=True)
    assert events_in(tmp_path / "a.db") == events


def test_a_restored_store_is_the_one_backed_up(tmp_path: Path) -> None:
    events = filled(tmp_path / "a.db")
    backup(url_of(tmp_path / "a.db"), tmp_path / "b.db")
    copied = restore(tmp_path / "b.db", url_of(tmp_path / "c.db"))
    assert copied.last_seq == len(events)
    assert events_in(tmp_path / "c.db") == events


def test_a_store_that_holds_something_is_overwritten_only_by_force(tmp_path: Path) -> None:
    old = filled(tmp_path / "old.db", 30, seed=3)
    new = filled(tmp_path / "a.db", 40, seed=4)
    backup(url_of(tmp_path / "a.db"), tmp_path / "b.db")
    with pytest.raises(StoreError, match="30 events"):
        restore(tmp_path / "b.db", url_of(tmp_path / "old.db"))
    assert events_in(tmp_path / "old.db") == old
    restore(tmp_path / "b.db", url_of(tmp_path / "old.db"), force=True)
    assert events_in(tmp_path / "old.db") == new


def test_the_log_of_a_killed_writer_does_not_outlive_a_restore(tmp_path: Path) -> None:
    new = filled(tmp_path / "a.db", 40, seed=4)
    backup(url_of(tmp_path / "a.db"), tmp_path / "b.db")
    filled(tmp_path / "live.db", 30, seed=3)
    store = SqlStore.open(url_of(tmp_path / "live.db"), IDENTITY)
    store.check_writable()
    for ending in ("", "-wal"):
        (tmp_path / f"killed.db{ending}").write_bytes((tmp_path / f"live.db{ending}").read_bytes())
    store.close()
    assert (tmp_path / "killed.db-wal").stat().st_size > 0
    restore(tmp_path / "b.db", url_of(tmp_path / "killed.db"), force=True)
    assert events_in(tmp_path / "killed.db") == new


def test_a_disk_too_small_for_the_copy_is_said_to_be(tmp_path: Path) -> None:
    filled(tmp_path / "a.db", 300)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        with pytest.raises(StoreUnavailable, match="reports an error"):
            backup(url_of(tmp_path / "a.db"), tmp_path / "b.db")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert not list(tmp_path.glob("b.db*"))


def test_an_empty_store_gives_way(tmp_path: Path) -> None:
    events = filled(tmp_path / "a.db")
    SqlStore.open(url_of(tmp_path / "empty.db"), IDENTITY).close()
    (tmp_path / "zero.db").touch()
    for name in ("empty.db", "zero.db"):
        restore(tmp_path / "a.db", url_of(tmp_path / name))
        assert events_in(tmp_path / name) == events


def test_a_store_in_use_is_not_replaced(tmp_path: Path) -> None:
    filled(tmp_path / "a.db")
    store = SqlStore.open(url_of(tmp_path / "b.db"), IDENTITY)
    with pytest.raises(StoreUnavailable, match="already being written"):
        restore(tmp_path / "a.db", url_of(tmp_path / "b.db"), force=True)
    store.close()


def test_what_is_no_store_is_neither_backed_up_nor_restored(tmp_path: Path) -> None:
    events = filled(tmp_path / "a.db")
    (tmp_path / "text.db").write_text("no database " * 1000)
    with sqlite3.connect(tmp_path / "other.db") as other:
        other.execute("CREATE TABLE cats(name)")
    other.close()
    with pytest.raises(StoreUnavailable, match="not a SQLite database"):
        backup(url_of(tmp_path / "text.db"), tmp_path / "x.db")
    with pytest.raises(StoreMismatch, match="not a Storyfold store"):
        restore(tmp_path / "other.db", url_of(tmp_path / "a.db"), force=True)
    with pytest.raises(StoreUnavailable, match="no store at"):
        backup(url_of(tmp_path / "none.db"), tmp_path / "x.db")
    for name in ("text.db", "other.db"):
        with pytest.raises(StoreError, match="not an empty store"):
            restore(tmp_path / "a.db", url_of(tmp_path / name))
    assert not (tmp_path / "x.db").exists()
    assert events_in(tmp_path / "a.db") == events
    restore(tmp_path / "a.db", url_of(tmp_path / "text.db"), force=True)
    assert events_in(tmp_path / "text.db") == events


def test_a_damaged_store_is_told_before_its_copy_counts(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    filled(path, 300)
    content = bytearray(path.read_bytes())
    middle = len(content) // 2 // 8192 * 8192
    content[middle : middle + 8192] = b"\x55" * 8192
    path.write_bytes(content)
    with pytest.raises(StoreError):
        backup(url_of(path), tmp_path / "b.db")
    assert sorted(found.name for found in tmp_path.iterdir() if found.name.startswith("b.db")) == []
