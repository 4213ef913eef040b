"""From a snapshot and the events since, the index is the one that the whole log gives."""

from __future__ import annotations

import logging
import random
import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from dedupe.article import Article
from dedupe.digest import digest
from dedupe.engine import Engine
from dedupe.errors import StoreError, StoreUnavailable
from dedupe.reading import read
from dedupe.replaying import replayed_index
from dedupe.settings import EngineSettings
from dedupe.snapshot.container import PORTION, Unreadable
from dedupe.snapshot.keeping import Abandoned, keep
from dedupe.snapshot.loading import read_through
from dedupe.store.backup import backup, restore
from dedupe.store.index_file import part_of, path_beside
from dedupe.store.memory import MemoryStore
from dedupe.store.sql import SqlStore
from dedupe.submission import Submission
from tests.dedupe.newsroom import START, Newsroom
from tests.dedupe.reindexing.archive import Archive
from tests.dedupe.test_engine import WARY

Warnings = Callable[[], list[str]]


@pytest.fixture
def warnings(caplog: pytest.LogCaptureFixture) -> Warnings:
    """Return what was logged of snapshots that were not used."""
    caplog.set_level(logging.INFO, "storyfold.index")
    return lambda: [record.getMessage() for record in caplog.records if record.name == "storyfold.index"]


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    opened = Archive(tmp_path / "news.db", model=WARY)
    yield opened
    opened.store.close()


def going_on() -> bool:
    return False


def kept(archive: Archive) -> Path:
    written = keep(archive.engine, going_on)
    path = path_beside(archive.path)
    assert written is not None
    assert (written.seq, written.size_bytes) == (archive.store.last_seq(), path.stat().st_size)
    return path


def reports(room: Newsroom, count: int) -> Iterator[Submission]:
    """Yield news that replaces no text."""
    for number in range(count):
        if number % 3 == 0:
            yield room.report(room.happen())
        elif number % 3 == 1:
            yield room.report(room.rng.randrange(len(room.happenings)), 60)
        else:
            yield room.copy(room.rng.choice(room.published[-20:]))


def check_same(archive: Archive, warnings: Warnings, *, uses_it: bool = True) -> None:
    """Check that a start gives the index that goes on, and that the whole log gives, by way of the snapshot or not."""
    settings, before = archive.engine.settings, len(warnings())
    started = Engine(archive.store, settings, model=archive.model)
    assert started.digest() == archive.engine.digest() == digest(replayed_index(archive.store, settings))
    assert (len(warnings()) == before) is uses_it


@pytest.mark.parametrize("seed", range(3))
def test_a_start_from_a_snapshot_gives_the_index_of_the_log(archive: Archive, warnings: Warnings, seed: int) -> None:
    """After any history: copies, revisions, takedowns, merges, embargoes, editors' decisions, another generation."""
    draw = random.Random(seed)
    archive.room = Newsroom(seed + 10)
    for number in range(3):
        archive.take_in(30, draw)
        for _ in range(6):
            archive.correct(draw)
            archive.restate(draw)
        archive.withdraw(draw.choice(sorted(archive.articles)))
        if number == 1:
            archive.build(f"job{seed}")
            archive.desk.activate(f"job{seed}")
        if number == 2 and seed:
            archive.desk.rollback(f"job{seed}")
        path = kept(archive)
        check_same(archive, warnings)
        for submission in reports(archive.room, 12):
            archive.articles.add(archive.engine.add(submission).article_id)
        archive.engine.release(archive.room.tick())
        check_same(archive, warnings)
        assert path.exists()
    archive.check()


def test_what_expired_stays_expired(tmp_path: Path, warnings: Warnings) -> None:
    settings = EngineSettings(keep_articles=20, cluster_window=timedelta(hours=1), copy_window=timedelta(hours=2))
    room = Newsroom(4)
    with closing(SqlStore.open(f"sqlite:///{tmp_path}/a.db", settings.signature_identity())) as store:
        engine = Engine(store, settings)
        for submission in reports(room, 90):
            room.now += timedelta(minutes=4)
            engine.add(replace(submission, received_at=room.now))
        with engine.held() as index:
            assert 0 < index.buckets.oldest <= index.clusters.oldest
        assert keep(engine, going_on)
        started = Engine(store, settings)
        assert started.digest() == engine.digest()
        answers = [(engine.preview(one), started.preview(one)) for one in reports(room, 30)]
        assert all(left == right for left, right in answers)
        assert warnings() == []


def test_a_start_decides_as_if_there_had_been_none(archive: Archive, tmp_path: Path, warnings: Warnings) -> None:
    """The same news, with and without starts in between, is answered alike."""
    other = Archive(tmp_path / "other.db", model=WARY, room=Newsroom(3))
    for _ in range(4):
        pairs = zip(archive.room.stream(25), other.room.stream(25), strict=True)
        for mine, theirs in pairs:
            assert archive.engine.add(mine) == other.engine.add(theirs)
        kept(archive)
        archive.reopen()
        assert archive.engine.statistics() == other.engine.statistics()
    assert archive.engine.digest() == other.engine.digest()
    assert warnings() == []
    other.store.close()


def test_articles_come_in_while_it_is_written(archive: Archive, warnings: Warnings) -> None:
    """Between any two portions the index goes on; the snapshot is what it was when writing began."""
    archive.take_in(60)
    news, sent = reports(archive.room, 10_000), 0

    def take_in() -> bool:
        nonlocal sent
        archive.engine.add_all([next(news) for _ in range(15)])
        sent += 15
        return False

    before = archive.store.last_seq()
    written = keep(archive.engine, take_in)
    assert written is not None
    assert (written.seq, sent > 300) == (before, True)
    check_same(archive, warnings)


def test_a_text_erased_meanwhile_ends_it(archive: Archive) -> None:
    archive.take_in(30)
    path, articles = kept(archive), iter(sorted(archive.articles))

    def erase() -> bool:
        archive.withdraw(next(articles))
        assert not path.exists()
        assert not part_of(path).exists()
        return False

    with pytest.raises(Abandoned, match="erased"):
        keep(archive.engine, erase)
    assert not path.exists()
    assert not part_of(path).exists()


def test_a_text_erased_at_the_last_moment_ends_it(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    archive.take_in(30)
    place, article = archive.store.index_file, min(archive.articles)
    publish = place.publish

    def late(erasures: int) -> bool:
        place.remove()  # as the next commit does
        return publish(erasures)

    monkeypatch.setattr(place, "publish", late)
    with pytest.raises(Abandoned, match="erased"):
        keep(archive.engine, going_on)
    assert not place.path.exists()
    assert article


def test_a_generation_activated_meanwhile_ends_it(archive: Archive, warnings: Warnings) -> None:
    archive.take_in(30)
    archive.build("job")
    steps = iter([lambda: archive.desk.activate("job")])

    def activate() -> bool:
        for step in steps:
            step()
        return False

    with pytest.raises(Abandoned, match="took over"):
        keep(archive.engine, activate)
    assert not part_of(path_beside(archive.path)).exists()
    kept(archive)
    check_same(archive, warnings)


def test_one_of_another_generation_is_not_used(archive: Archive, warnings: Warnings) -> None:
    archive.take_in(30)
    archive.build("job")
    kept(archive)
    archive.desk.activate("job")
    check_same(archive, warnings, uses_it=False)
    assert "made with another settings" in warnings()[-1]
    kept(archive)
    archive.desk.rollback("job")
    check_same(archive, warnings, uses_it=False)


def test_it_stops_when_told_to(archive: Archive) -> None:
    archive.take_in(5)
    with pytest.raises(Abandoned, match="no time"):
        keep(archive.engine, lambda: True)
    assert sorted(one.name for one in archive.path.parent.iterdir() if "index" in one.name) == []


def test_an_empty_log_and_a_store_in_memory_have_none(archive: Archive) -> None:
    assert keep(archive.engine, going_on) is None
    assert keep(Engine(MemoryStore()), going_on) is None
    with pytest.raises(FileNotFoundError):
        read_through(archive.store.index_file, archive.engine.settings)


@pytest.mark.parametrize("seed", range(12))
def test_a_flipped_bit_is_noticed(archive: Archive, warnings: Warnings, seed: int) -> None:
    archive.take_in(20)
    path, draw = kept(archive), random.Random(seed)
    content = bytearray(path.read_bytes())
    places = (draw.randrange(len(content)), draw.randrange(200), len(content) - 1 - draw.randrange(8_000))
    place = places[seed % 3]
    content[place] ^= 1 << draw.randrange(8)
    path.write_bytes(content)
    with pytest.raises(Unreadable):
        read_through(archive.store.index_file, archive.engine.settings)
    check_same(archive, warnings, uses_it=False)
    assert "is not used" in warnings()[-1]
    assert not path.exists()


@pytest.mark.parametrize("left", [0, 1, 16, 60, PORTION, -1, -44, -10_000])
def test_a_cut_off_file_is_noticed(archive: Archive, warnings: Warnings, left: int) -> None:
    archive.take_in(20)
    path = kept(archive)
    path.write_bytes(path.read_bytes()[:left])
    check_same(archive, warnings, uses_it=False)
    assert "is not used" in warnings()[-1]


def test_a_longer_file_is_noticed(archive: Archive, warnings: Warnings) -> None:
    archive.take_in(5)
    path = kept(archive)
    path.write_bytes(path.read_bytes() + b"more")
    check_same(archive, warnings, uses_it=False)


def test_other_settings_do_not_fit(archive: Archive, warnings: Warnings) -> None:
    archive.take_in(20)
    kept(archive)
    settings = replace(archive.engine.settings, posting_cap=7)
    assert Engine(archive.store, settings).digest() == digest(replayed_index(archive.store, settings))
    assert "it was made with another settings" in warnings()[-1]


def test_other_code_does_not_fit(archive: Archive, warnings: Warnings, monkeypatch: pytest.MonkeyPatch) -> None:
    archive.take_in(20)
    kept(archive)
    monkeypatch.setattr("dedupe.snapshot.contents.sources_digest", lambda: "of tomorrow")
    check_same(archive, warnings, uses_it=False)
    assert "it was made with another code" in warnings()[-1]


def test_another_store_in_its_place_is_noticed(archive: Archive, tmp_path: Path, warnings: Warnings) -> None:
    """As many events, of the same kinds, at the same times, but another history."""
    other = Archive(tmp_path / "other.db", model=WARY, room=Newsroom(4))
    archive.take_in(30)
    other.take_in(60)
    kept(archive)
    shutil.copy(path_beside(archive.path), path_beside(other.path))
    check_same(other, warnings, uses_it=False)
    assert "another history" in warnings()[-1]
    assert not path_beside(other.path).exists()
    other.store.close()


def test_an_older_copy_of_the_store_is_noticed(archive: Archive, tmp_path: Path, warnings: Warnings) -> None:
    archive.take_in(30)
    backup(archive.url, tmp_path / "older.db")
    for submission in reports(archive.room, 5):
        archive.engine.add(submission)
    path = kept(archive)
    content = path.read_bytes()
    archive.store.close()
    shutil.copy(tmp_path / "older.db", archive.path)
    archive.open()
    assert "which the store does not have" in warnings()[-1]
    assert not path.exists()
    for submission in reports(Newsroom(77, count=1_000), 12):  # goes on otherwise, beyond the snapshot's event
        archive.engine.add(submission)
    path.write_bytes(content)
    check_same(archive, warnings, uses_it=False)
    assert "another history" in warnings()[-1]


def test_texts_erased_by_a_program_that_knows_no_snapshots(archive: Archive, warnings: Warnings) -> None:
    archive.take_in(30)
    path = kept(archive)
    content = path.read_bytes()
    archive.withdraw(min(archive.articles))
    path.write_bytes(content)
    check_same(archive, warnings, uses_it=False)
    assert "texts were erased" in warnings()[-1]


def test_a_restored_backup_has_none(archive: Archive, tmp_path: Path) -> None:
    archive.take_in(30)
    path = kept(archive)
    copied = backup(archive.url, tmp_path / "copy.db")
    assert not path_beside(copied.path).exists()
    archive.store.close()
    restore(tmp_path / "copy.db", archive.url, force=True)
    assert not path.exists()
    archive.open()


def test_it_is_as_accessible_as_the_store(archive: Archive) -> None:
    archive.take_in(5)
    archive.path.chmod(0o640)
    path = kept(archive)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    archive.path.chmod(0o600)
    assert stat.S_IMODE(kept(archive).stat().st_mode) == 0o600


def test_what_a_killed_process_left_is_removed(archive: Archive) -> None:
    archive.take_in(5)
    left = part_of(path_beside(archive.path))
    left.write_bytes(b"half")
    archive.reopen()
    assert not left.exists()


def test_an_erasure_fails_while_the_file_cannot_be_removed(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not erased everywhere is not acknowledged, and may be asked for again."""
    archive.take_in(20)
    path, article = kept(archive), min(archive.articles)
    with monkeypatch.context() as patched:
        patched.setattr(Path, "unlink", _refuse)
        with pytest.raises(StoreUnavailable, match=r"index cannot be removed .*; remove it"):
            archive.engine.withdraw(article, archive.room.tick())
    assert archive.store.article(article).article is not None
    archive.engine.withdraw(article, archive.room.tick())
    assert not path.exists()


def _refuse(*_: object, **__: object) -> None:
    raise PermissionError(1, "Operation not permitted")


def test_after_a_failed_commit_the_snapshot_serves(archive: Archive, warnings: Warnings, monkeypatch: Any) -> None:
    archive.take_in(30)
    kept(archive)
    replayed: list[int] = []
    monkeypatch.setattr("dedupe.snapshot.loading.replayed_index", lambda *_: replayed.append(1))
    commit = archive.store.commit
    with monkeypatch.context() as patched:
        patched.setattr(archive.store, "commit", _fail)
        with pytest.raises(StoreError):
            archive.engine.add(next(reports(archive.room, 1)))
    assert archive.store.commit == commit
    for submission in reports(archive.room, 6):
        archive.engine.add(submission)
    assert replayed == []
    check_same(archive, warnings)


def _fail(_: object) -> None:
    raise StoreError("no room")


def test_it_tells_nothing_of_texts_that_are_not_stored(archive: Archive) -> None:
    """Neither of one taken down, nor revised, nor only asked about, but for frequencies that the store has, too."""
    archive.take_in(20)
    room, common = archive.room, marks_of(*(one.article for one in archive.room.published))
    stays, revised, gone, asked = (room.report(room.happen()) for _ in range(4))
    for submission in (stays, revised, gone):
        archive.engine.add(submission)
    archive.engine.preview(asked)
    other = room.report(room.happen()).article
    other = replace(other, uri=revised.article.uri, source=revised.article.source)
    again = Submission(article=other, article_id=room.next_id(), received_at=room.tick())
    assert archive.engine.add(again).decision == "revised"
    archive.engine.withdraw(gone.article_id, room.tick())
    common |= marks_of(stays.article, other)
    recorded = archive.store.catalogue.vocabulary("en", 1 << 40)
    assert recorded is not None
    frequencies = {recorded.terms[at : at + 8] for at in range(0, len(recorded.terms), 8)}
    content = kept(archive).read_bytes()
    for submission in (revised, gone, asked):
        own = marks_of(submission.article) - common - frequencies
        assert len(own) > 30
        assert [mark for mark in own if mark in content] == []
    assert all(mark in content for mark in marks_of(other, stays.article))


def marks_of(*articles: Article) -> set[bytes]:
    """Return what an index holds of texts: hashes of terms, and those of shingles that are neighbours in it."""
    marks = set()
    for article in articles:
        evidence = read(article, "en", START, EngineSettings()).evidence
        marks |= {term.tobytes() for term in evidence.terms.hashes}
        marks |= {evidence.shingles[at : at + 2].tobytes() for at in range(len(evidence.shingles) - 1)}
    return marks
