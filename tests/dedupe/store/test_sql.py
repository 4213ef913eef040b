"""The SQLite store in the conditions that files meet: kills, full disks, other processes, other versions."""

from __future__ import annotations

import os
import random
import resource
import signal
import sqlite3
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import gettempdir
from urllib.parse import quote

import pytest

from dedupe.article import Article
from dedupe.errors import StoreMismatch, StoreUnavailable
from dedupe.events import EventKind
from dedupe.store.catalogue import SqlCatalogue
from dedupe.store.queries import ClusterFilter, ClusterSort
from dedupe.store.records import Change
from dedupe.store.sql import SqlStore
from tests.laws.conftest import IDENTITY
from tests.laws.expected import Expected
from tests.laws.random_log import RandomLog
from tests.laws.showing import assert_shows
from tests.random_seeds import seeds

ROOT = Path(__file__).parents[3]


def url_of(path: Path) -> str:
    return f"sqlite:///{quote(str(path))}"


def open_at(path: Path) -> SqlStore:
    return SqlStore.open(url_of(path), IDENTITY)


def in_child(code: str, *arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-W", "error", "-c", textwrap.dedent(code), *map(str, arguments)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


@pytest.mark.parametrize("seed", seeds(2, 100))
def test_what_was_acknowledged_survives_kill_9(tmp_path: Path, seed: int) -> None:
    child = in_child(
        """
        import sys
        from dedupe.store.sql import SqlStore
        from tests.laws.conftest import IDENTITY
        from tests.laws.random_log import RandomLog
        store = SqlStore.open(sys.argv[1], IDENTITY)
        for group in RandomLog(int(sys.argv[2])).groups(100_000):
            store.commit(group)
            print(group[-1].event.seq, flush=True)
        """,
        url_of(tmp_path / "a.db"),
        seed,
    )
    acknowledged = int(child.stdout.readline())
    time.sleep(random.Random(seed).uniform(0, 0.3))
    child.send_signal(signal.SIGKILL)
    rest = child.stdout.read().split()
    child.stdout.close()
    child.wait()
    acknowledged = int(rest[-1]) if rest else acknowledged
    store = open_at(tmp_path / "a.db")
    groups = RandomLog(seed).groups(100_000)
    changes: list[Change] = []
    while len(changes) < store.last_seq():
        changes += next(groups)
    assert acknowledged <= store.last_seq() == len(changes)
    assert_shows(store, store.catalogue, Expected(changes))
    following = next(groups)
    store.commit(following)
    assert_shows(store, store.catalogue, Expected([*changes, *following]))
    store.close()


@contextmanager
def files_limited_to(size: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_write_that_fails_leaves_nothing_and_the_next_one_works(tmp_path: Path) -> None:
    store, log = open_at(tmp_path / "a.db"), RandomLog(1)
    first, second = log.changes(50), log.changes(200)
    store.commit(first)
    with files_limited_to(4096), pytest.raises(StoreUnavailable, match="reports an error"):
        store.commit(second)
    with files_limited_to(4096), pytest.raises(StoreUnavailable):
        store.check_writable()
    assert_shows(store, store.catalogue, Expected(first))
    store.check_writable()
    store.commit(second)
    assert_shows(store, store.catalogue, Expected([*first, *second]))
    store.close()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(place)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("only root may mount a small disk")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def commit_until_refused(store: SqlStore, log: RandomLog, attempted: list[Change], changes: list[Change]) -> None:
    while True:
        attempted[:] = log.changes(40)
        store.commit(attempted)
        changes += attempted


def test_a_full_disk_is_named_and_left_again(small_disk: Path) -> None:
    store, log = open_at(small_disk / "a.db"), RandomLog(1)
    changes: list[Change] = []
    attempted: list[Change] = []
    free = os.statvfs(small_disk).f_bavail * os.statvfs(small_disk).f_frsize
    (small_disk / "ballast").write_bytes(bytes(max(free - 700_000, 0)))
    with pytest.raises(StoreUnavailable, match=r"the disk that holds .*a\.db is full"):
        commit_until_refused(store, log, attempted, changes)
    with pytest.raises(StoreUnavailable, match="is full"):
        store.commit(attempted)
    assert_shows(store, store.catalogue, Expected(changes))
    subprocess.run(["mount", "-o", "remount,size=64m", str(small_disk)], check=True)
    store.check_writable()
    store.commit(attempted)
    assert_shows(store, store.catalogue, Expected([*changes, *attempted]))
    store.close()


def test_a_file_locked_by_another_process_is_said_to_be(tmp_path: Path) -> None:
    store, changes = open_at(tmp_path / "a.db"), RandomLog(1).changes(5)
    with closing(sqlite3.connect(tmp_path / "a.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailable, match="locked by another process"):
            store.commit(changes)
        assert store.catalogue.totals().last_seq == 0
        other.execute("ROLLBACK")
    store.commit(changes)
    assert_shows(store, store.catalogue, Expected(changes))
    store.close()


def test_a_read_only_file_is_said_to_be(tmp_path: Path) -> None:
    folder = tmp_path / "shared"
    folder.mkdir()
    open_at(folder / "a.db").close()
    place = Path(gettempdir())
    for path in (folder, *(parent for parent in folder.parents if place in parent.parents)):
        path.chmod(0o777)
    (folder / "a.db").chmod(0o444)
    (folder / "a.db.lock").chmod(0o666)
    child = in_child(
        """
        import os, sys
        from dedupe.errors import StoreUnavailable
        from dedupe.store.sql import SqlStore
        from tests.laws.conftest import IDENTITY
        if os.geteuid() == 0:
            os.setuid(65534)
        try:
            SqlStore.open(sys.argv[1], IDENTITY)
        except StoreUnavailable as problem:
            print(problem)
        """,
        url_of(folder / "a.db"),
    )
    said, _ = child.communicate(timeout=60)
    assert said.strip() == f"{folder / 'a.db'} is read-only"


def test_a_file_that_was_moved_away_is_not_written_on(tmp_path: Path) -> None:
    store, changes = open_at(tmp_path / "a.db"), RandomLog(1).changes(5)
    (tmp_path / "a.db").rename(tmp_path / "b.db")
    for _ in range(2):
        with pytest.raises(StoreUnavailable, match="was moved"):
            store.commit(changes)
    (tmp_path / "b.db").rename(tmp_path / "a.db")
    store.commit(changes)
    store.close()
    store = open_at(tmp_path / "a.db")
    assert store.last_seq() == 5
    store.close()


def test_a_store_has_one_writer_and_any_readers(tmp_path: Path) -> None:
    store, changes = open_at(tmp_path / "a.db"), RandomLog(1).changes(20)
    store.commit(changes)
    with pytest.raises(StoreUnavailable, match=f"already being written by process {os.getpid()}"):
        open_at(tmp_path / "a.db")
    reader = SqlCatalogue.open(url_of(tmp_path / "a.db"))
    assert reader.totals() == store.catalogue.totals()
    reader.close()
    store.close()
    open_at(tmp_path / "a.db").close()


def test_readers_cannot_write(tmp_path: Path) -> None:
    open_at(tmp_path / "a.db").close()
    reader = SqlCatalogue.open(url_of(tmp_path / "a.db"))
    with reader._engine.connect() as connection, pytest.raises(Exception, match="readonly"):
        connection.exec_driver_sql("DELETE FROM settings")
    reader.close()


def test_readers_and_the_writer_do_not_wait_for_each_other(tmp_path: Path) -> None:
    store, log, stop = open_at(tmp_path / "a.db"), RandomLog(8), threading.Event()
    problems: list[BaseException] = []

    def read() -> None:
        try:
            while not stop.is_set():
                for row in store.catalogue.clusters(ClusterFilter(), ClusterSort.SIZE, 20, None).rows:
                    store.catalogue.members(row.cluster_id, 5, None)
                events = store.catalogue.changes(0, 10_000)
                assert [event.seq for event in events] == list(range(1, len(events) + 1))
        except BaseException as problem:  # noqa: BLE001  shown by the test itself
            problems.append(problem)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    changes = []
    for group in log.groups(300):
        store.commit(group)
        changes += group
    stop.set()
    for reader in readers:
        reader.join()
    assert problems == []
    assert_shows(store, store.catalogue, Expected(changes))
    store.close()


SENTENCE = "The lighthouse keeper counted seven violet herons before breakfast"
HEADLINE = "Xylophone smugglers quarantined near Ploughbridge"


def spoken(change: Change, title: str, text: str) -> Change:
    """Return the change with another text in its article."""
    article = Article(
        title=title, text=text, source="Herald", url="https://example.org/herons", authors=("Q. Zebulon",)
    )
    return replace(
        change,
        stored=replace(
            change.stored, article=article, top_terms=("lighthouse", "herons"), lead="" if title else HEADLINE
        ),
        identities=article.identities,
    )


def traces(folder: Path) -> set[str]:
    content = b"".join(path.read_bytes() for path in sorted(folder.iterdir())).lower()
    words = ("lighthouse", "violet herons", "xylophone", "ploughbridge", "zebulon", "org/herons", "reworded")
    return {word for word in words if word.encode() in content}


def log_with_a_text_to_erase(length: int, title: str = HEADLINE) -> tuple[list[Change], Change]:
    log = RandomLog(21)
    changes = log.changes(300)
    at = next(i for i, c in enumerate(changes) if i > 100 and c.event.kind is EventKind.OPENED)
    article_id = changes[at].event.article_id
    while article_id not in log.live:
        at = next(i for i, c in enumerate(changes) if i > at and c.event.kind is EventKind.OPENED)
        article_id = changes[at].event.article_id
    changes = [
        spoken(change, title, f"{SENTENCE}. " * length) if change.event.article_id == article_id else change
        for change in changes
    ]
    known = log.live[article_id]
    log.seq += 1
    gone = Change(event=log._event(EventKind.WITHDRAWN, article_id, known.cluster_id, None))
    return changes, gone


@pytest.mark.parametrize(("length", "title"), [(1, HEADLINE), (40, HEADLINE), (2_000, HEADLINE), (40, "")])
def test_a_takedown_erases_the_text_from_the_files(tmp_path: Path, length: int, title: str) -> None:
    changes, gone = log_with_a_text_to_erase(length, title)
    store = open_at(tmp_path / "a.db")
    for start in range(0, 300, 10):
        store.commit(changes[start : start + 10])
    assert {"lighthouse", "violet herons", "xylophone", "zebulon", "org/herons"} <= traces(tmp_path)
    assert store.catalogue.clusters(ClusterFilter(q="xylophone"), ClusterSort.SIZE, 5, None).rows != []
    store.commit([gone])
    assert traces(tmp_path) == set()
    assert_shows(store, store.catalogue, Expected([*changes, gone]))
    assert store.catalogue.clusters(ClusterFilter(q="xylophone"), ClusterSort.SIZE, 5, None).rows == []
    store.close()
    assert traces(tmp_path) == set()


def test_an_erasure_that_a_reader_holds_up_is_finished_later(tmp_path: Path) -> None:
    changes, gone = log_with_a_text_to_erase(3)
    store = open_at(tmp_path / "a.db")
    store.commit(changes)
    replay = store.replay()
    next(replay)
    store.commit([gone])
    assert traces(tmp_path) != set()
    replay.close()
    store.check_writable()
    assert traces(tmp_path) == set()
    store.close()


def test_a_store_made_with_other_settings_is_refused(tmp_path: Path) -> None:
    open_at(tmp_path / "a.db").close()
    with pytest.raises(StoreMismatch) as refused:
        SqlStore.open(url_of(tmp_path / "a.db"), IDENTITY | {"shingle_size": 4})
    said = str(refused.value)
    assert "shingle_size=5" in said
    assert "shingle_size=4" in said
    assert f"storyfold export --store sqlite:///{tmp_path}/a.db" in said
    assert "storyfold ingest" in said
    with pytest.raises(StoreMismatch, match=r"scheme=affine32.*scheme=None"):
        SqlStore.open(url_of(tmp_path / "a.db"), {"shingle_size": 5})
    open_at(tmp_path / "a.db").close()


def test_a_store_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    open_at(tmp_path / "a.db").close()
    with closing(sqlite3.connect(tmp_path / "a.db", isolation_level=None)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreMismatch, match="newer version"):
        open_at(tmp_path / "a.db")
    with pytest.raises(StoreMismatch, match="revision 9999"):
        SqlCatalogue.open(url_of(tmp_path / "a.db"))


def test_what_is_no_store_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("not a database, " * 500)
    with closing(sqlite3.connect(tmp_path / "cats.db")) as other:
        other.execute("CREATE TABLE cats(name)")
    refusals = {
        url_of(tmp_path): "is a folder",
        url_of(tmp_path / "no" / "a.db"): "folder .*no does not exist",
        url_of(tmp_path / "text.db"): "is not a SQLite database",
        "sqlite://": "names no file",
        "sqlite:///:memory:": "names no file",
        "postgresql://host/db": "not postgresql",
        "storyfold.db": "is not a store",
    }
    for url, reason in refusals.items():
        with pytest.raises(StoreUnavailable, match=reason):
            SqlStore.open(url, IDENTITY)
    with pytest.raises(StoreMismatch, match="'cats'"):
        open_at(tmp_path / "cats.db")
    with pytest.raises(StoreUnavailable, match="no store at"):
        SqlCatalogue.open(url_of(tmp_path / "none.db"))
    assert (tmp_path / "text.db").read_text().startswith("not a database")


def test_a_lock_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.db.lock").mkdir()
    with pytest.raises(StoreUnavailable, match="cannot lock"):
        open_at(tmp_path / "a.db")
    assert not (tmp_path / "a.db").exists()


def test_a_refused_store_is_not_left_locked(tmp_path: Path) -> None:
    open_at(tmp_path / "a.db").close()
    with pytest.raises(StoreMismatch):
        SqlStore.open(url_of(tmp_path / "a.db"), {})
    open_at(tmp_path / "a.db").close()


def test_a_name_with_signs_is_only_a_name(tmp_path: Path) -> None:
    path = tmp_path / "a %41?b#c d.db"
    store = open_at(path)
    store.commit(RandomLog(1).changes(3))
    store.close()
    assert sorted(found.name for found in tmp_path.iterdir()) == [path.name, f"{path.name}.lock"]


def test_opening_a_store_again_does_not_load_alembic(tmp_path: Path) -> None:
    open_at(tmp_path / "a.db").close()
    child = in_child(
        """
        import sys
        from dedupe.store.sql import SqlStore
        from tests.laws.conftest import IDENTITY
        SqlStore.open(sys.argv[1], IDENTITY).close()
        print("alembic" in sys.modules)
        """,
        url_of(tmp_path / "a.db"),
    )
    said, _ = child.communicate(timeout=60)
    assert said.strip() == "False"
