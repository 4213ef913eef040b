"""Jobs: what is refused, what is gone on with, what a failure leaves behind."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from dedupe.corrections import Move
from dedupe.engine import Engine
from dedupe.errors import InvalidSettings, JobConflict, StoreError, UnknownArticle, UnknownJob, WithdrawnArticle
from dedupe.events import EventKind
from dedupe.reindexing import follower, switching
from dedupe.reindexing.desk import Desk
from dedupe.reindexing.progress import Progress
from dedupe.store.generation_schema import generation_events, generations
from dedupe.store.memory import MemoryStore
from dedupe.store.records import JobState
from dedupe.store.sql import sql_store
from tests.dedupe.reindexing.archive import OFTEN, Archive
from tests.dedupe.test_engine import WARY


@pytest.fixture(scope="module")
def stocked(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Archive]:
    """Return a function that opens a copy of a store with 150 articles."""
    original = Archive(tmp_path_factory.mktemp("stock") / "news.db", WARY)
    original.take_in(150)
    original.store.close()

    def opened(path: Path) -> Archive:
        shutil.copyfile(original.path, path)
        archive = Archive(path, WARY)
        archive.room, archive.articles = original.room, set(original.articles)
        archive.desk = Desk(archive.store, archive.engine, archive.room.tick)
        return archive

    return opened


@pytest.fixture
def archive(tmp_path: Path, stocked: Callable[[Path], Archive]) -> Iterator[Archive]:
    opened = stocked(tmp_path / "news.db")
    yield opened
    opened.store.close()


def rows(archive: Archive, table: Any) -> int:
    with archive.store.catalogue.snapshot() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def test_a_stopped_job_is_gone_on_with_by_another_process(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follower, "STRETCH", 20)
    job, seen = archive.desk.request("job_1", OFTEN), list[Progress]()
    assert not archive.desk.build(job, seen.append, lambda: len(seen) == 3)
    assert [progress.done for progress in seen] == sorted(progress.done for progress in seen)
    with pytest.raises(JobConflict, match="is building"):
        archive.desk.activate("job_1")
    written = rows(archive, generation_events)
    assert 0 < written < 150
    archive.take_in(20)
    archive.reopen()
    archive.desk.tidy()
    waiting = archive.desk.waiting()
    assert waiting is not None
    assert waiting.job_id == "job_1"
    assert archive.desk.build(waiting, seen.append, lambda: False)
    assert seen[3].begun > 0
    assert archive.desk.waiting() is None
    archive.desk.activate("job_1")
    archive.check()


def test_a_job_that_is_ready_can_be_activated_after_a_restart(archive: Archive) -> None:
    archive.build("job_1")
    archive.take_in(10)
    archive.reopen()
    archive.take_in(10)
    archive.withdraw(min(archive.articles))
    assert archive.desk.activate("job_1").kind is EventKind.ACTIVATED
    archive.check()
    assert archive.engine.settings.shingle_size == OFTEN["shingle_size"]
    archive.reopen()
    assert archive.engine.settings.shingle_size == OFTEN["shingle_size"]
    archive.check()


def test_progress_tells_rate_and_time_left(archive: Archive) -> None:
    start = archive.room.now
    progress = Progress(done=300, total=900, begun=100, since=start)
    later = archive.room.now.replace(year=start.year + 1)
    seconds = (later - start).total_seconds()
    assert progress.rate(later) == 200 / seconds
    assert progress.seconds_left(later) == 600 * seconds / 200
    assert Progress().rate(later) == 0
    assert Progress().seconds_left(later) is None


def test_what_cannot_be_done_is_refused(archive: Archive) -> None:
    with pytest.raises(InvalidSettings):
        archive.desk.request("job_0", {"coverage": 2})
    with pytest.raises(UnknownJob):
        archive.desk.activate("job_0")
    archive.build("job_1", {})
    with pytest.raises(JobConflict, match="job_1 is ready"):
        archive.desk.request("job_2", {})
    assert rows(archive, generations) == 1
    with pytest.raises(JobConflict, match="activated can be rolled back"):
        archive.desk.rollback("job_1")
    archive.desk.discard("job_1")
    assert rows(archive, generations) == rows(archive, generation_events) == 0
    with pytest.raises(JobConflict, match="is discarded"):
        archive.desk.discard("job_1")


def test_one_switch_goes_on_at_a_time(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    archive.build("job_1", {})
    refused = []

    def switch(*arguments: Any) -> Any:
        assert archive.desk.get("job_1").state is JobState.ACTIVATING
        with pytest.raises(JobConflict, match="another switch") as error:
            archive.desk.discard("job_1")
        refused.append(error)
        return switching.switch(*arguments)

    monkeypatch.setattr("dedupe.reindexing.desk.switch", switch)
    archive.desk.activate("job_1")
    assert refused
    assert archive.desk.get("job_1").state is JobState.ACTIVATED


@pytest.mark.parametrize("step", ["activate", "rollback"])
def test_a_switch_that_fails_leaves_all_as_it_was(archive: Archive, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    archive.build("job_1")
    if step == "rollback":
        archive.desk.activate("job_1")
    before, digest, settings = archive.places(), archive.engine.digest(), archive.engine.settings

    def fail(*_: Any) -> None:
        raise StoreError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr("dedupe.store.generations.rearrange", fail)
        with pytest.raises(StoreError, match="disk is full"):
            getattr(archive.desk, step)("job_1")
    assert (archive.places(), archive.engine.digest(), archive.engine.settings) == (before, digest, settings)
    archive.check()
    assert rows(archive, generations) == 1
    archive.take_in(10)
    getattr(archive.desk, step)("job_1")
    archive.check()


def test_what_an_interrupted_rollback_left_is_erased(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    archive.build("job_1")
    archive.desk.activate("job_1")
    with monkeypatch.context() as patched:
        patched.setattr(Desk, "_put_into_force", lambda *_: 1 / 0)
        patched.setattr(archive.desk._generations, "discard", lambda _: None)
        with pytest.raises(ZeroDivisionError):
            archive.desk.rollback("job_1")
    assert rows(archive, generations) == 2
    archive.reopen()
    archive.desk.tidy()
    assert rows(archive, generations) == 1
    archive.desk.rollback("job_1")
    archive.check()


def test_a_text_that_is_lost_stops_the_build_which_then_starts_from_the_store(archive: Archive) -> None:
    job = archive.desk.request("job_1", OFTEN)
    built = archive.desk._load(archive.desk._generations.get(job.generation))
    built.follow(archive.store.last_seq())
    archive.engine.unwatch(built.replaced.keep)  # as if it had not been told
    archive.engine.add(archive.room.revision(archive.room.published[0]))
    with pytest.raises(StoreError, match="is lost"):
        built.follow(archive.store.last_seq())
    archive.engine.watch(built.replaced.keep)
    archive.desk._let_go(built)
    assert archive.desk.build(job, lambda _: None, lambda: False)
    archive.desk.activate("job_1")
    archive.check()


def test_a_failed_job_says_why(archive: Archive) -> None:
    job = archive.desk.request("job_1", {})
    archive.desk.fail(job, "out of luck")
    failed = archive.desk.get("job_1")
    assert (failed.state, failed.error) == (JobState.FAILED, "out of luck")
    assert rows(archive, generations) == 0


def test_a_generation_that_misses_an_article_is_not_activated(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.build("job_1")
    built = archive.desk._built
    assert built is not None
    index = built.index
    index.clusters.space.membership[index.slot_of(min(archive.articles))] = -1
    with pytest.raises(StoreError, match="does not hold the articles"):
        archive.desk.activate("job_1")
    archive.check()


def test_a_correction_of_what_was_taken_down_before_a_generation_is_told_apart(archive: Archive) -> None:
    gone = min(archive.articles)
    archive.withdraw(gone)
    archive.build("job_1")
    archive.desk.activate("job_1")
    with pytest.raises(WithdrawnArticle):
        archive.engine.correct(Move(actor="Ada", at=archive.room.tick(), article_id=gone, cluster_id=None))
    with pytest.raises(UnknownArticle):
        archive.engine.correct(Move(actor="Ada", at=archive.room.tick(), article_id="art_1", cluster_id=None))


def test_only_a_sql_store_is_reindexed() -> None:
    with pytest.raises(TypeError, match="MemoryStore"):
        sql_store(Engine(MemoryStore()).store)
