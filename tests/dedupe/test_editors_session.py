"""A day at the desk: two wrong merges put right, one article pinned; then the news goes on for hundreds of articles."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from dedupe.constraints import Rule
from dedupe.corrections import Constrain, Merge, Split
from dedupe.engine import Engine
from dedupe.errors import Contradiction
from dedupe.events import Event, EventKind
from dedupe.settings import EngineSettings
from dedupe.store.queries import ChangeFilter
from dedupe.store.sql import SqlStore
from dedupe.submission import Submission
from tests.dedupe.editor import check_decisions, check_groups, check_ids, cluster_of, every_event, survivor
from tests.dedupe.newsroom import Newsroom
from tests.dedupe.test_engine import WARY

LATER = 500


class Day:
    """The engine, in a file, and what it did so far; it merges often, and often wrongly."""

    def __init__(self, path: Path) -> None:
        self.store = SqlStore.open(f"sqlite:///{path}", EngineSettings().signature_identity())
        self.engine = Engine(self.store, model=WARY)
        self.room = Newsroom(3)
        self.articles: set[str] = set()

    def add(self, submission: Submission) -> str:
        answer = self.engine.add(submission)
        self.articles.add(answer.article_id)
        return answer.article_id

    def members(self, cluster_id: str) -> list[str]:
        return [row.article_id for row in self.store.catalogue.members(cluster_id, 200, None).rows]

    def wrong_merge(self) -> tuple[str, list[str]]:
        """Let news arrive until the engine merges two events; return that cluster and the articles of one event."""
        while True:
            before = self.store.last_seq()
            for submission in self.room.stream(1):
                self.add(submission)
            for event in self.store.catalogue.changes(before, 10, ChangeFilter(kinds=frozenset({EventKind.MERGED}))):
                if found := self._mixed(event):
                    return event.cluster_id, found

    def _mixed(self, merged: Event) -> list[str]:
        told: dict[int, list[str]] = {}
        for article_id in self.members(merged.cluster_id):
            told.setdefault(self.room.event_of.get(article_id, -1), []).append(article_id)
        bound = {article_id for c in self.engine._index.constraints.in_force() for article_id in c.named}
        free = [articles for articles in told.values() if not bound & set(articles)]
        return min(free, key=len) if len(told) > 1 and len(free) == len(told) else []

    def split(self, cluster_id: str, leaving: list[str]) -> Event:
        at = self.room.tick()
        return self.engine.correct(Split(actor="Ada", at=at, cluster_id=cluster_id, article_ids=tuple(leaving)))


@pytest.fixture
def day(tmp_path: Path) -> Iterator[Day]:
    opened = Day(tmp_path / "day.db")
    yield opened
    opened.store.close()


def test_every_decision_holds_and_every_old_id_answers(day: Day) -> None:
    splits = [day.split(*day.wrong_merge()) for _ in range(2)]
    pinned = random.Random(1).choice(sorted(day.articles))
    pin = Constrain(actor="Ben", at=day.room.tick(), rule=Rule.PIN, article_ids=(pinned,))
    home = day.engine.correct(pin).cluster_id
    merges_before = merges(day)

    for number, submission in enumerate(day.room.stream(LATER)):
        day.add(submission)
        if number % 50 == 0:
            check_decisions(day.store.catalogue)

    assert merges(day) - merges_before > 50
    catalogue = day.store.catalogue
    assert cluster_of(catalogue, pinned) == survivor(catalogue, home)
    for split in splits:
        parts = {survivor(catalogue, cluster_id) for cluster_id in (split.cluster_id, str(split.from_cluster_id))}
        assert len(parts) == 2
        one, other = sorted(parts)
        with pytest.raises(Contradiction) as refused:
            day.engine.correct(Merge(actor="Cem", at=day.room.tick(), cluster_id=one, other_id=other))
        assert refused.value.standing["seq"] == split.seq
    assert check_decisions(catalogue) == 3
    assert check_ids(catalogue) > 100
    check_groups(catalogue, sorted(day.articles))
    assert Engine(day.store, model=WARY).digest() == day.engine.digest()


def merges(day: Day) -> int:
    return sum(event.kind is EventKind.MERGED for event in every_event(day.store.catalogue))
