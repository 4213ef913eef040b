"""An engine and an editor at work on it, with news whose clusters are known: each event is a cluster of its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from dedupe.constraints import Rule
from dedupe.corrections import Constrain, Correction, Merge, Move, Split, Undo
from dedupe.engine import Engine
from dedupe.errors import Contradiction
from dedupe.events import Event
from dedupe.store.memory import MemoryStore
from dedupe.submission import Submission
from tests.dedupe.editor import cluster_of
from tests.dedupe.newsroom import Newsroom


@dataclass
class Desk:
    """Sends articles in, and decides as ``Ada``."""

    store: MemoryStore = field(default_factory=MemoryStore)
    room: Newsroom = field(default_factory=lambda: Newsroom(0))
    sent: dict[str, Submission] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.engine = Engine(self.store)

    def add(self, submission: Submission) -> str:
        answer = self.engine.add(submission)
        self.sent[answer.article_id] = submission
        return answer.article_id

    def report(self, event: int) -> str:
        """Return one more article about an event."""
        return self.add(self.room.report(event))

    def news(self, *counts: int) -> list[list[str]]:
        """Return articles about as many new events as there are counts, each in a cluster of its own."""
        first = len(self.room.happenings)
        told = [[self.report(self.room.happen()) for _ in range(min(count, 1))] for count in counts]
        for event, (articles, count) in enumerate(zip(told, counts, strict=True), start=first):
            articles += [self.report(event) for _ in range(count - 1)]
        assert len({self.cluster(article_id) for articles in told for article_id in articles}) == len(counts)
        return told

    def copy(self, article_id: str) -> str:
        """Return a copy of an article."""
        copied = self.add(self.room.copy(self.sent[article_id]))
        assert self.store.article(copied).assignment.duplicate_of is not None
        return copied

    def decide(self, kind: type[Correction], **said: Any) -> Event:
        return self.engine.correct(kind(actor="Ada", at=self.room.tick(), note="as the desk said", **said))

    def constrain(self, rule: Rule, *article_ids: str) -> Event:
        return self.decide(Constrain, rule=rule, article_ids=article_ids)

    def move(self, article_id: str, cluster_id: str | None) -> Event:
        return self.decide(Move, article_id=article_id, cluster_id=cluster_id)

    def merge(self, one: str, other: str) -> Event:
        """Merge the clusters of two articles."""
        return self.decide(Merge, cluster_id=self.cluster(one), other_id=self.cluster(other))

    def split(self, *article_ids: str) -> Event:
        return self.decide(Split, cluster_id=self.cluster(article_ids[0]), article_ids=article_ids)

    def undo(self, event: Event) -> Event:
        return self.decide(Undo, seq=event.seq)

    def cluster(self, article_id: str) -> str:
        return cluster_of(self.store, article_id)

    def clusters(self, *article_ids: str) -> list[str]:
        return [self.cluster(article_id) for article_id in article_ids]

    def refuses(self, standing: Event, kind: type[Correction], **said: Any) -> Contradiction:
        """Check that a decision is refused because of another one, and changes nothing."""
        before = self.engine.digest(), self.store.last_seq()
        with pytest.raises(Contradiction) as refused:
            self.decide(kind, **said)
        assert (self.engine.digest(), self.store.last_seq()) == before
        assert refused.value.standing["seq"] == standing.seq
        assert f"/v1/constraints/{standing.seq}/undo" in str(refused.value)
        return refused.value
