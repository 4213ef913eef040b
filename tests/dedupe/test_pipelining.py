"""One group is decided while the one before it is written: seen by the next, written before it, failed with it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dedupe import ids
from dedupe.article import Article, PubStatus
from dedupe.engine import Engine, Submission
from dedupe.errors import DedupeError, StoreUnavailable
from dedupe.events import Assignment, Decision
from dedupe.settings import EngineSettings
from dedupe.store.memory import MemoryStore
from dedupe.store.records import Change
from dedupe.store.sql import SqlStore
from tests.dedupe.newsroom import START, Newsroom

Answers = list[Assignment | DedupeError]


class Gated(MemoryStore):
    """A store that writes when it is let, or fails then."""

    def __init__(self) -> None:
        super().__init__()
        self.is_let = threading.Event()
        self.is_full = False
        self.groups_begun = threading.Semaphore(0)

    def find(self, identities: Sequence[bytes]) -> Mapping[bytes, str]:
        self.groups_begun.release()
        return super().find(identities)

    def commit(self, changes: Sequence[Change]) -> None:
        assert self.is_let.wait(30)
        self.check_writable()
        super().commit(changes)

    def check_writable(self) -> None:
        if self.is_full:
            raise StoreUnavailable("no space left")


class Pipeline:
    """Threads that add to an engine, each as soon as the group before it is decided."""

    def __init__(self, engine: Engine, pool: ThreadPoolExecutor) -> None:
        self._engine = engine
        self._pool = pool

    def add(self, *submissions: Submission) -> tuple[Future[Answers], threading.Event]:
        """Have a group added, and return what will be answered, and what is set once it is decided."""
        is_decided = threading.Event()
        return self._pool.submit(self._engine.add_each, submissions, on_decided=is_decided.set), is_decided


@contextmanager
def pipeline(engine: Engine) -> Iterator[Pipeline]:
    with ThreadPoolExecutor(4) as pool:
        yield Pipeline(engine, pool)


def article(number: int, text: str, **fields: Any) -> Submission:
    told = Article(title=text[:20], text=text, source="Gazette", language="en", **fields)
    return Submission(article=told, article_id=ids.encode("art", number), received_at=START)


FERRY = "The ferry Aurora ran aground at dawn on Monday; all 212 people on board were brought ashore. " * 3
STORM = "A storm took the roofs of nine houses in Halvern on Tuesday night, and nobody was hurt. " * 3


def test_the_next_group_is_decided_while_one_is_written_and_knows_of_it() -> None:
    store = Gated()
    engine = Engine(store)
    with pipeline(engine) as line:
        first, is_decided = line.add(article(1, FERRY, uri="1"), article(2, STORM, uri="2"))
        assert is_decided.wait(30)
        second, is_second_decided = line.add(
            article(3, FERRY, uri="1"), article(4, STORM + "It was the third.", uri="2"), article(5, FERRY, uri="5")
        )
        assert not is_second_decided.wait(0.2)  # decided, it waits for its turn to be written
        assert not first.done()
        assert not second.done()
        assert store.last_seq() == 0
        store.is_let.set()
        decisions = [[one.decision for one in group.result(30)] for group in (first, second)]  # type: ignore[union-attr]  # none refused
    assert decisions == [
        [Decision.OPENED, Decision.OPENED],
        [Decision.UNCHANGED, Decision.REVISED, Decision.COPIED],
    ]
    assert store.article(ids.encode("art", 2)).revision == 2
    assert engine.digest() == Engine(store).digest()


def test_what_is_taken_down_in_one_group_is_gone_in_the_next() -> None:
    store = Gated()
    store.is_let.set()
    engine = Engine(store)
    engine.add(article(1, FERRY, uri="1", url="https://gazette.example/ferry"))
    store.is_let.clear()
    with pipeline(engine) as line:
        cancel = article(2, FERRY, uri="1", pub_status=PubStatus.CANCELED)
        first, is_decided = line.add(cancel, article(3, STORM, uri="3"), article(4, STORM, uri="3", version="2"))
        assert is_decided.wait(30)
        # By an address that the takedown did not name, and by one that it did.
        second, _ = line.add(
            article(5, FERRY, url="https://gazette.example/ferry"),
            article(6, FERRY, uri="1"),
            article(7, STORM, uri="3"),
        )
        store.is_let.set()
        decisions = [[one.decision for one in group.result(30)] for group in (first, second)]  # type: ignore[union-attr]  # none refused
    assert decisions[0][:2] == [Decision.WITHDRAWN, Decision.OPENED]
    assert decisions[1][:2] == [Decision.OPENED, Decision.COPIED]
    assert engine.digest() == Engine(store).digest()


def test_a_group_fails_with_the_one_before_it() -> None:
    store = Gated()
    engine = Engine(store)
    with pipeline(engine) as line:
        first, is_decided = line.add(article(1, FERRY, uri="1"))
        assert is_decided.wait(30)
        second, _ = line.add(article(2, FERRY, uri="1"), article(3, STORM, uri="3"))
        assert all(store.groups_begun.acquire(timeout=30) for _ in range(2))
        store.is_full = True
        store.is_let.set()
        with pytest.raises(StoreUnavailable, match=r"^no space left"):
            first.result(30)
        with pytest.raises(StoreUnavailable, match=r"just before could not be stored, nor was this: no space left"):
            second.result(30)
        assert store.last_seq() == 0
        store.is_full = False
        again, _ = line.add(article(2, FERRY, uri="1"), article(3, STORM, uri="3"))
        assert [one.seq for one in again.result(30)] == [1, 2]  # type: ignore[union-attr]  # none refused
    assert engine.digest() == Engine(store).digest()


def test_a_defect_in_deciding_leaves_what_is_being_written(monkeypatch: pytest.MonkeyPatch) -> None:
    store = Gated()
    engine = Engine(store)
    broken = article(2, STORM, uri="2")
    whole = Engine._place

    def breaking(self: Engine, group: Any, submission: Submission, reading: Any) -> Assignment:
        placed = whole(self, group, submission, reading)
        if submission is broken:
            raise ZeroDivisionError
        return placed

    monkeypatch.setattr(Engine, "_place", breaking)
    with pipeline(engine) as line:
        first, is_decided = line.add(article(1, FERRY, uri="1"))
        assert is_decided.wait(30)
        second, _ = line.add(broken)
        with pytest.raises(ZeroDivisionError):
            second.result(30)
        third, _ = line.add(article(3, FERRY, uri="3"))
        store.is_let.set()
        assert [one.seq for one in (*first.result(30), *third.result(30))] == [1, 2]  # type: ignore[union-attr]  # none refused
    assert engine.digest() == Engine(store).digest()


@pytest.mark.parametrize("ask", [Engine.digest, lambda engine: engine.withdraw(ids.encode("art", 1), START)])
def test_who_asks_for_more_than_a_decision_waits_until_it_is_written(ask: Callable[[Engine], object]) -> None:
    store = Gated()
    engine = Engine(store)
    with pipeline(engine) as line, ThreadPoolExecutor(1) as pool:
        first, is_decided = line.add(article(1, FERRY, uri="1"))
        assert is_decided.wait(30)
        asking = pool.submit(ask, engine)
        with pytest.raises(TimeoutError):
            asking.result(0.2)
        store.is_let.set()
        asking.result(30)
    assert first.done()


@pytest.mark.parametrize("seed", range(3))
def test_a_pipeline_leaves_what_one_after_the_other_would_leave(tmp_path: Path, seed: int) -> None:
    stream = list(Newsroom(seed).stream(300))
    sizes = np.random.default_rng(seed).integers(1, 24, size=len(stream))
    groups = [stream[start : start + size] for start, size in cut(sizes, len(stream))]
    turn, waiting = threading.Lock(), iter(groups)
    with closing(opened(tmp_path / "piped.db")) as store, closing(opened(tmp_path / "plain.db")) as plain:
        engine, reference = Engine(store), Engine(plain)

        def work() -> None:
            while True:
                with ExitStack() as mine:
                    mine.enter_context(turn)
                    group = next(waiting, None)
                    if group is None:
                        return
                    engine.add_each(group, on_decided=mine.close)

        with ThreadPoolExecutor(2) as pool:
            for done in [pool.submit(work) for _ in range(2)]:
                done.result(120)
        for submission in stream:
            reference.add_each([submission])
        assert engine.digest() == reference.digest() == Engine(store).digest()
        logs = [[replace(one.event, at=START) for one in kept.replay()] for kept in (store, plain)]
        assert logs[0] == logs[1]


def cut(sizes: Any, length: int) -> Iterator[tuple[int, int]]:
    start = 0
    for size in sizes:
        if start >= length:
            return
        yield start, int(size)
        start += int(size)


def opened(path: Path) -> SqlStore:
    return SqlStore.open(f"sqlite:///{path}", EngineSettings().signature_identity())
