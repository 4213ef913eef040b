"""One article's way through Storyfold, from what came in to the answer."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from dedupe.clusters.decision import JoinModel, shipped_model
from dedupe.correcting import correcting_event, may_go
from dedupe.corrections import Correction
from dedupe.decide import Verdict, decide, decide_merge, nearest_live
from dedupe.digest import digest
from dedupe.duplicates.containment import containment
from dedupe.errors import DedupeError, ReusedIdempotencyKey, UnknownArticle, WithdrawnArticle
from dedupe.events import Assignment, Decision, Event, EventKind
from dedupe.group import Group
from dedupe.index import Index
from dedupe.reading import Reading
from dedupe.recording import (
    assignment,
    merging_event,
    placing_event,
    revising_event,
    staying_event,
    stored_article,
)
from dedupe.replaying import replayed_index
from dedupe.settings import EngineSettings
from dedupe.settling import read_stored, read_submission, settle
from dedupe.statistics import EngineStatistics
from dedupe.store.protocol import Change, Store, StoredArticle
from dedupe.submission import Submission

__all__ = ["Engine", "EngineStatistics", "Submission"]

TOP_TERMS = 8
SAME_TEXT = 0.5
"""A revision that keeps this share of the shorter text stays where it is."""


class Engine:
    """Decides where articles belong, records it, and remembers it.

    One writer: from candidates to commit is one critical section. The index follows from the
    store's log alone; when a commit fails it is built from the log again. ``on_event`` is told of
    every event once it is durable.
    """

    def __init__(
        self,
        store: Store,
        settings: EngineSettings | None = None,
        *,
        model: JoinModel | None = None,
        on_event: Callable[[Event], None] | None = None,
    ) -> None:
        self._store = store
        self._settings = settings or EngineSettings()
        self._on_event = on_event
        self._watchers: list[Callable[[StoredArticle], None]] = []
        self._model = model or shipped_model()
        self._lock = threading.Lock()
        self._index = replayed_index(self._store, self._settings)
        self._in_step = True

    def subscribe(self, on_event: Callable[[Event], None]) -> None:
        """Have ``on_event`` told of every event, in order, once it is durable; be quick there."""
        self._on_event = on_event

    @property
    def store(self) -> Store:
        """Return the store that it writes."""
        return self._store

    @property
    def settings(self) -> EngineSettings:
        """Return the settings by which articles are placed now."""
        return self._settings

    @property
    def model(self) -> JoinModel:
        """Return the model that decides."""
        return self._model

    def watch(self, on_replaced: Callable[[StoredArticle], None]) -> None:
        """Have ``on_replaced`` given every text that a revision or a takedown is about to erase."""
        with self._lock:
            self._watchers.append(on_replaced)

    def unwatch(self, on_replaced: Callable[[StoredArticle], None]) -> None:
        """End what `watch` began."""
        with self._lock:
            self._watchers.remove(on_replaced)

    @contextmanager
    def held(self) -> Iterator[Index]:
        """Give the index, which nobody changes meanwhile: writing waits until it is let go."""
        with self._lock:
            self._follow_log()
            yield self._index

    def take_over(self, event: Event, index: Index, settings: EngineSettings) -> None:
        """Go on with another index, which a durable event put in the place of the one that is held."""
        self._index, self._settings = index, settings
        self._tell([Change(event=event)])

    def add(self, submission: Submission) -> Assignment:
        """Place one article durably and return where; raise `StoreError` when nothing was stored."""
        return self.add_all([submission])[0]

    def add_all(self, submissions: Sequence[Submission]) -> list[Assignment]:
        """Place a group of articles in one commit; raise `StoreError` when none of it was stored."""
        answers = self.add_each(submissions)
        for answer in answers:
            if isinstance(answer, DedupeError):
                raise answer
        return [answer for answer in answers if isinstance(answer, Assignment)]

    def add_each(self, submissions: Sequence[Submission]) -> list[Assignment | DedupeError]:
        """Place a group in one commit, where one submission may be refused and the others go in.

        Raises `StoreError` when none of the group was stored.
        """
        settings = self._settings
        readings = [read_submission(submission, settings) for submission in submissions]
        with self._lock:
            self._follow_log()
            if settings is not self._settings:  # another generation was activated meanwhile
                readings = [read_submission(submission, self._settings) for submission in submissions]
            self._in_step = False
            group = Group(self._store, submissions)
            answers = [self._answer(group, *pair) for pair in zip(submissions, readings, strict=True)]
            group.commit()
            self._in_step = True
            self._tell(group.changes)
        return answers

    def preview(self, submission: Submission) -> Assignment:
        """Decide where an article would go; store nothing.

        Whether its cluster would then merge with another is not foretold.
        """
        with self._lock:
            self._follow_log()
            reading = read_submission(submission, self._settings)
            group = Group(self._store, [submission])
            known = group.find(submission)
            if known and self._says_the_same(group, known, submission):
                return self._unchanged(known, submission)
            reading = self._settled(reading)
            besides = self._index.slot_of(known.article_id) if known else -1
            verdict = decide(self._index, reading, self._model, besides)
            event = placing_event(self._index, verdict, submission, reading)
            if known:
                event = self._revising(event, known, reading)
            return replace(assignment(event, _notices(submission)), seq=None)

    def withdraw(self, article_id: str, at: datetime) -> Event:
        """Take an article down: its text is erased everywhere; raise `UnknownArticle` or `WithdrawnArticle`."""
        with self._lock:
            self._follow_log()
            stored = self._store.article(article_id)
            if stored.article is None:
                raise WithdrawnArticle(article_id)
            event = Event(
                seq=self._index.seq + 1,
                at=at,
                kind=EventKind.WITHDRAWN,
                article_id=article_id,
                cluster_id=stored.assignment.cluster_id,
            )
            self._let_go(stored)
            self._record(event, read_stored(stored, self._index, self._settings))
            return event

    def correct(self, correction: Correction) -> Event:
        """Carry out an editor's decision, durably; raise what `correcting_event` raises, or `StoreError`."""
        with self._lock:
            self._follow_log()
            try:
                event = correcting_event(self._index, correction)
            except UnknownArticle as unknown:  # or taken down before the present generation was built
                self._store.article(unknown.article_id)
                raise WithdrawnArticle(unknown.article_id) from None
            self._record(event)
            return event

    def nearest(self, reading: Reading, most: int) -> list[str]:
        """Return the ids of the live articles that share most with a text, its copies first, then ``most`` others."""
        with self._lock:
            self._follow_log()
            return nearest_live(self._index, reading, most)

    def digest(self) -> str:
        """Return a digest of the whole index: equal for equal logs, however the index came about."""
        with self._lock:
            self._follow_log()
            return digest(self._index)

    def statistics(self) -> EngineStatistics:
        """Count what the index holds."""
        return EngineStatistics.of(self._index)

    def _answer(self, group: Group, submission: Submission, reading: Reading) -> Assignment | DedupeError:
        try:
            return self._add(group, submission, reading)
        except ReusedIdempotencyKey as refused:
            return refused

    def _add(self, group: Group, submission: Submission, reading: Reading) -> Assignment:
        known = group.find(submission)
        if known is None:
            return self._place(group, submission, self._settled(reading))
        if self._says_the_same(group, known, submission):
            return self._unchanged(known, submission)
        return self._revise(group, submission, self._settled(reading), known)

    def _says_the_same(self, group: Group, known: StoredArticle, submission: Submission) -> bool:
        return group.is_repeated_request(submission) or known.content_digest == submission.article.content_digest

    def _place(self, group: Group, submission: Submission, reading: Reading) -> Assignment:
        verdict = decide(self._index, reading, self._model)
        event = placing_event(self._index, verdict, submission, reading)
        self._index.apply(event, reading, probe=verdict.probe)
        group.append(self._change(event, submission, reading, verdict, revision=1))
        placed = assignment(event, _notices(submission))
        pair = decide_merge(self._index, verdict, self._model)
        if pair is None:
            return placed
        merged = merging_event(self._index, event, *pair)
        self._index.apply(merged, None)
        group.append(Change(event=merged))
        return replace(placed, cluster_id=merged.cluster_id)

    def _revise(self, group: Group, submission: Submission, reading: Reading, known: StoredArticle) -> Assignment:
        verdict = decide(self._index, reading, self._model, besides=self._index.slot_of(known.article_id))
        event = self._revising(placing_event(self._index, verdict, submission, reading), known, reading)
        self._let_go(known)
        self._index.apply(event, reading, replaced=read_stored(known, self._index, self._settings), probe=verdict.probe)
        group.append(self._change(event, submission, reading, verdict, revision=known.revision + 1))
        return assignment(event, _notices(submission))

    def _change(
        self, event: Event, submission: Submission, reading: Reading, verdict: Verdict, *, revision: int
    ) -> Change:
        """Return what an event that placed an article writes."""
        if not self._store.keeps_articles:
            return Change(event=event, vocabulary=self._index.take_snapshot(reading))
        terms = self._index.top_terms(reading, verdict.probe, TOP_TERMS) if verdict.probe else ()
        return Change(
            event=event,
            stored=stored_article(event, submission, reading, revision=revision, top_terms=terms),
            identities=submission.identities,
            vocabulary=self._index.take_snapshot(reading),
        )

    def _revising(self, placed: Event, known: StoredArticle, reading: Reading) -> Event:
        before = read_stored(known, self._index, self._settings)
        same_text = before is not None and containment(before.evidence.shingles, reading.evidence.shingles) >= SAME_TEXT
        present = self._present(known)
        event = revising_event(placed, present, same_text=same_text)
        return event if may_go(self._index, known.article_id, event.cluster_id) else staying_event(event, present)

    def _unchanged(self, known: StoredArticle, submission: Submission) -> Assignment:
        return replace(self._present(known), decision=Decision.UNCHANGED, notices=_notices(submission))

    def _present(self, known: StoredArticle) -> Assignment:
        """Return where an article is now; a row of the group in hand does not know of later merges yet."""
        slot = self._index.slot_of(known.article_id)
        cluster_id = self._index.cluster_id(self._index.clusters.cluster_of(slot))
        return replace(known.assignment, cluster_id=cluster_id, duplicate_group_id=self._index.group_id(slot))

    def _settled(self, reading: Reading) -> Reading:
        return settle(reading, self._index, self._settings)

    def _follow_log(self) -> None:
        """Build the index from the log again if a commit failed after it was changed."""
        if self._in_step:
            return
        self._store.check_writable()
        self._index = replayed_index(self._store, self._settings)
        self._in_step = True

    def _record(self, event: Event, replaced: Reading | None = None) -> None:
        """Write an event that places no text, then follow it."""
        change = Change(event=event)
        self._store.commit([change])
        self._index.apply(event, None, replaced)
        self._tell([change])

    def _let_go(self, stored: StoredArticle) -> None:
        """Tell of a text that is about to be erased."""
        for on_replaced in self._watchers:
            on_replaced(stored)

    def _tell(self, changes: Sequence[Change]) -> None:
        if self._on_event:
            for change in changes:
                self._on_event(change.event)


def _notices(submission: Submission) -> tuple[str, ...]:
    return submission.article.notices(submission.received_at)
