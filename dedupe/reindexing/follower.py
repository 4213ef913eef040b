"""A generation that follows the log: what arrives is decided anew, what was taken down leaves, a stretch at a time."""

from __future__ import annotations

import threading
from datetime import datetime
from pathlib import Path
from typing import Final

import numpy as np

from dedupe.clusters.decision import JoinModel
from dedupe.columns import grow
from dedupe.constraints import Constraints
from dedupe.errors import StoreError
from dedupe.events import PLACING, Event, EventKind
from dedupe.index import Index
from dedupe.reading import Reading
from dedupe.reindexing.placing import Placer
from dedupe.reindexing.undoing import undoing_event
from dedupe.replaying import apply_replayed
from dedupe.settings import EngineSettings
from dedupe.store.generations import Generation, Generations, Step
from dedupe.store.records import Replayed, StoredArticle

STRETCH: Final = 256
"""Events of the log that are followed, and written down, at once."""


class Replaced:
    """The texts that were revised or taken down since the following began: the store has them no more."""

    def __init__(self) -> None:
        self._texts: dict[tuple[str, int], StoredArticle] = {}
        self._lock = threading.Lock()

    def keep(self, stored: StoredArticle) -> None:
        """Keep a text that is about to go."""
        with self._lock:
            self._texts[stored.article_id, stored.revision] = stored

    def take(self, article_id: str, revision: int) -> StoredArticle | None:
        """Return a text that went, and keep it no longer."""
        with self._lock:
            return self._texts.pop((article_id, revision), None)


class Follower:
    """The index of a generation, and how far it has followed the log; one thread at a time.

    ``base_clusters`` and ``base_decisions`` are those that it began with.
    """

    def __init__(
        self,
        generations: Generations,
        generation: Generation,
        settings: EngineSettings,
        model: JoinModel,
        folder: Path | None,
    ) -> None:
        self.index = Index(settings, folder)
        self.generation = generation
        self.settings = settings
        self.followed_seq = generation.base_seq
        self.base_clusters = 0
        self.base_decisions = Constraints()
        self.count = 0
        self.saw_decision = False
        self.replaced = Replaced()
        self.steps: list[Step] = []
        self.placer = Placer(self.index, settings, model, generation.created_at)
        self._generations = generations
        self._revisions = np.zeros(1024, dtype=np.int32)

    def restore(self, event: Replayed, reading: Reading | None) -> None:
        """Apply an event that is written down already, with the text that it placed."""
        apply_replayed(self.index, event, reading)
        if event.event.kind in PLACING and not event.aside:
            self._remember(event.revision if event.article else 0)
            self.count += event.article is not None

    def follow(self, until: int) -> int:
        """Follow the next stretch of the log, up to an event; return how many texts were placed."""
        stretch = self._generations.following(self.followed_seq, STRETCH)
        count = 0
        for replayed, reading in self.placer.read(stretch):
            if replayed.event.seq > until:
                break
            count += self._follow(replayed, reading)
            self.saw_decision |= replayed.event.is_editorial
            self.followed_seq = replayed.event.seq
        self.count += count
        return count

    def write(self) -> None:
        """Write down what was decided; raise `StoreError` when it could not be."""
        if self.steps:
            self._generations.append(self.generation.number, self.followed_seq, self.steps)
            self.steps = []

    def record(self, event: Event) -> None:
        """Carry out an event that places no text."""
        self.index.apply(event, None)
        self.steps.append(Step(event=event))

    def put_back(self, decision: Event, at: datetime) -> None:
        """Put back what a decision moved here, as far as it is still there."""
        undoing = undoing_event(self.placer, decision, at)
        if undoing is not None:
            self.record(undoing)

    def _follow(self, replayed: Replayed, reading: Reading | None) -> bool:
        event = replayed.event
        if reading is not None:
            before = self._before(event.article_id or "")
            for step in self.placer.place(replayed, reading, before):
                if step.text_seq is not None:
                    self._remember(replayed.revision)
                self.steps.append(step)
            return True
        if event.kind is EventKind.WITHDRAWN and self.index.whereabouts(event.article_id or "") >= 0:
            self._withdraw(event)
        undone = self.base_decisions.get(event.detail.get("undoes", 0))
        if undone is not None:
            self.put_back(undone.event, event.at)
        return False

    def _withdraw(self, event: Event) -> None:
        article_id = event.article_id or ""
        before = self._before(article_id)
        cluster_id = self.index.cluster_id(self.index.whereabouts(article_id))
        withdrawn = Event(
            seq=self.index.seq + 1, at=event.at, kind=event.kind, article_id=article_id, cluster_id=cluster_id
        )
        self.index.apply(withdrawn, None, replaced=before)
        self.steps.append(Step(event=withdrawn))

    def _before(self, article_id: str) -> Reading | None:
        """Return the text of an article that is in the index, None for none; raise `StoreError` when it is lost."""
        slot = self.index.slot_of(article_id)
        revision = int(self._revisions[slot]) if slot >= 0 else 0
        if not revision:
            return None
        stored = self.replaced.take(article_id, revision)
        if stored is None or stored.article is None:
            raise StoreError(f"the text of {article_id} that generation {self.generation.number} placed is lost")
        return self.placer.read_placed(stored.article, stored.language, stored.received_at, slot)

    def _remember(self, revision: int) -> None:
        """Remember which revision, 0 for none, is in the slot that was taken last."""
        slot = self.index.clusters.slots - 1
        if slot >= len(self._revisions):
            (self._revisions,) = grow((self._revisions,), slot + 1)
        self._revisions[slot] = revision
