"""The index is kept while the service runs and when it stops; whatever is in the way, the service goes on."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from api.settings import from_environment
from api.snapshots import SnapshotKeeper
from dedupe.article import Article
from dedupe.cli.startup import open_store
from dedupe.engine import Engine
from dedupe.reading import read
from dedupe.settings import EngineSettings
from dedupe.snapshot.loading import reached
from dedupe.store.memory import MemoryStore
from dedupe.store.sql import SqlStore
from tests.dedupe.newsroom import START, Newsroom
from tests.soak.serving import row_of, serving


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with closing(SqlStore.open(f"sqlite:///{tmp_path}/news.db", EngineSettings().signature_identity())) as store:
        yield Engine(store)


def add(engine: Engine, count: int, seed: int = 0) -> None:
    room = Newsroom(seed, count=1_000 * seed)
    engine.add_all([room.report(room.happen()) for _ in range(count)])


def reach(engine: Engine) -> int:
    place = engine.store.index_file
    assert place is not None
    return reached(place, engine.settings)


def eventually(engine: Engine, seq: int) -> bool:
    for _ in range(300):
        if reach(engine) == seq:
            return True
        time.sleep(0.02)
    return False


def test_the_disk_is_left_to_articles_for_longer_than_it_is_written_to(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While it was written as quickly as could be, articles waited for .37 s, with a million in the index."""
    rests: list[tuple[float, float]] = []

    def keep(_engine: Engine, is_stopped: Callable[[], bool], _events: int) -> None:
        is_stopped()
        for _ in range(3):
            time.sleep(0.02)
            begun = time.perf_counter()
            assert not is_stopped()
            rests.append((begun, time.perf_counter()))

    monkeypatch.setattr("api.snapshots.keep_if_due", keep)
    keeper = SnapshotKeeper(engine, events=10, seconds=0.01)
    keeper.start()
    while len(rests) < 3:
        time.sleep(0.01)
    keeper.close()

    assert all(end - begun >= 3 * 0.02 for begun, end in rests[:3])


def test_one_is_written_when_enough_has_come_in(engine: Engine) -> None:
    keeper = SnapshotKeeper(engine, events=10, seconds=0.05)
    with capture_logs() as logs:
        keeper.start()
        add(engine, 10)
        assert eventually(engine, 10)
        add(engine, 9, seed=1)
        time.sleep(0.3)
        assert reach(engine) == 10
        add(engine, 1, seed=2)
        assert eventually(engine, 20)
        keeper.close()
    assert [(line["event"], line["seq"]) for line in logs] == [("snapshot", 10), ("snapshot", 20)]


def test_one_is_written_at_the_end(engine: Engine) -> None:
    keeper = SnapshotKeeper(engine, events=10, seconds=1_000)
    keeper.start()
    add(engine, 12)
    keeper.close()
    assert reach(engine) == 12


def test_none_is_written_where_a_replay_takes_no_time(engine: Engine) -> None:
    keeper = SnapshotKeeper(engine, events=10, seconds=1_000)
    keeper.start()
    add(engine, 9)
    keeper.close()
    assert reach(engine) == 0


def test_what_never_started_ends(engine: Engine) -> None:
    add(engine, 12)
    SnapshotKeeper(engine, events=10, seconds=1_000).close()
    assert reach(engine) == 0


def test_a_store_in_memory_has_none() -> None:
    keeper = SnapshotKeeper(Engine(MemoryStore()), events=1, seconds=1_000)
    keeper.start()
    keeper.close()


def test_what_is_in_the_way_is_said_once(engine: Engine, tmp_path: Path) -> None:
    """A folder of that name cannot be overwritten, by nobody."""
    (tmp_path / "news.db.index.part").mkdir()
    keeper = SnapshotKeeper(engine, events=1, seconds=0.02)
    with capture_logs() as logs:
        keeper.start()
        add(engine, 3)
        time.sleep(0.5)
        add(engine, 3, seed=1)
        keeper.close()
    assert [(line["event"], line["log_level"]) for line in logs] == [("no snapshot", "warning")]
    (tmp_path / "news.db.index.part").rmdir()


def test_a_full_disk_is_left_to_the_articles(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dedupe.snapshot.keeping._SPARE_BYTES", 1 << 60)
    keeper = SnapshotKeeper(engine, events=1, seconds=1_000)
    add(engine, 3)
    with capture_logs() as logs:
        keeper.start()
        keeper.close()
    assert "GB are free, and it takes" in logs[0]["reason"]
    assert reach(engine) == 0


def test_an_erasure_meanwhile_is_no_trouble(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    add(engine, 3)
    publish = type(engine.store.index_file).publish

    def late(place: Any, erasures: int) -> bool:
        place.remove()
        return publish(place, erasures)

    monkeypatch.setattr(type(engine.store.index_file), "publish", late)
    keeper = SnapshotKeeper(engine, events=1, seconds=1_000)
    with capture_logs() as logs:
        keeper.start()
        keeper.close()
    assert [(line["event"], line["log_level"]) for line in logs] == [("no snapshot", "info")]


def test_a_defect_does_not_end_the_service(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("api.snapshots.keep_if_due", fail)
    keeper = SnapshotKeeper(engine, events=1, seconds=1_000)
    with capture_logs() as logs:
        keeper.start()
        keeper.close()
    assert [(line["event"], line["error"]) for line in logs] == [("defect", "ZeroDivisionError")]


def test_a_server_starts_from_what_the_last_one_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STORYFOLD_SNAPSHOT_EVENTS", "5")
    path, rows = tmp_path / "news.db", [row_of(one) for one in Newsroom(5).stream(30)]
    for part in (rows[:20], rows[20:]):
        with serving(path) as server, server.client() as client:
            for row in part:
                assert client.post("/v1/articles", json=row).status_code in (200, 201)
            server.stop()
        assert path.with_name("news.db.index").exists()
    assert "is not used" not in path.with_suffix(".log").read_text()
    with open_store(f"sqlite:///{path}") as opened:
        assert opened.engine.digest()


@pytest.mark.soak
@pytest.mark.usefixtures("many_snapshots")
def test_no_snapshot_holds_what_was_taken_down(tmp_path: Path) -> None:
    """Snapshots are written while articles come and go; what went is in none, not even as hashes."""
    path, room = tmp_path / "news.db", Newsroom(6)
    snapshot, gone, stay = path.with_name("news.db.index"), list[Article](), list[Article]()
    with serving(path) as server, server.client() as client:
        for _ in range(3):
            sent = [room.report(room.happen()) for _ in range(6)]
            placed = [client.post("/v1/articles", json=row_of(one)).json()["article_id"] for one in sent]
            assert appeared(snapshot, sent[-1].article)
            for article_id, submission in zip(placed[:3], sent[:3], strict=True):
                assert client.delete(f"/v1/articles/{article_id}").status_code == 204
                gone.append(submission.article)
                assert not held(tmp_path, gone)
            stay += [submission.article for submission in sent[3:]]
        server.stop()
    assert not held(tmp_path, gone)
    assert held(tmp_path, stay)


def held(folder: Path, articles: Sequence[Article]) -> list[bytes]:
    """Return what snapshots in a folder have of texts: hashes of shingles that are neighbours in an index."""
    found: list[bytes] = []
    for file in folder.glob("*.index*"):
        with suppress(FileNotFoundError):
            content = file.read_bytes()
            found += [mark for article in articles for mark in marks_of(article) if mark in content]
    return found


def marks_of(article: Article) -> list[bytes]:
    shingles = read(article, "en", START, EngineSettings()).evidence.shingles
    assert len(shingles) > 50
    return [shingles[at : at + 2].tobytes() for at in range(len(shingles) - 1)]


def appeared(snapshot: Path, article: Article) -> bool:
    """Wait until a snapshot has a text."""
    mark = marks_of(article)[0]
    for _ in range(400):
        with suppress(FileNotFoundError):
            if mark in snapshot.read_bytes():
                return True
        time.sleep(0.05)
    return False


def test_a_command_keeps_the_index_in_the_end(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    url, path = f"sqlite:///{tmp_path}/news.db", tmp_path / "news.db.index"
    with open_store(url, 5) as opened:
        add(opened.engine, 4)
    assert not path.exists()
    with open_store(url, 5) as opened:
        add(opened.engine, 1, seed=1)
    assert path.exists()
    path.unlink()
    path.with_name("news.db.index.part").mkdir()
    with open_store(url, 5):
        pass
    assert "storyfold: the index was not kept, the next start takes longer:" in capsys.readouterr().err


def test_settings_come_from_the_environment() -> None:
    settings = from_environment({"STORYFOLD_SNAPSHOT_EVENTS": "7", "STORYFOLD_SNAPSHOT_SECONDS": "60"})
    assert (settings.snapshot_events, settings.snapshot_seconds) == (7, 60)
    with pytest.raises(ValueError, match="STORYFOLD_SNAPSHOT_SECONDS must be a whole number above 0"):
        from_environment({"STORYFOLD_SNAPSHOT_SECONDS": "never"})
