"""One article's way through Storyfold, from what came in to the answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime

from dedupe.article import PubStatus
from dedupe.clusters.decision import JoinModel, shipped_model
from dedupe.correcting import correcting_event
from dedupe.corrections import Correction
from dedupe.decide import Verdict, decide, decide_merge, decide_split, nearest_live
from dedupe.digest import digest
from dedupe.errors import DedupeError, ReusedIdempotencyKey, UnknownArticle, WithdrawnArticle
from dedupe.events import Assignment, Event, EventKind
from dedupe.group import Group
from dedupe.index import Index
from dedupe.ledger import Ledger, OnDecided
from dedupe.reading import Reading
from dedupe.recording import assignment, merging_event, placing_event, splitting_event, stored_article
from dedupe.revisions import notices_of, revision_event, says_the_same, unchanged
from dedupe.settings import EngineSettings
from dedupe.settling import read_stored, read_submission, read_submissions, settle
from dedupe.standing import announced, canceling_event, stand, withdrawal, withdrawing_event
from dedupe.statistics import EngineStatistics
from dedupe.store.protocol import Store
from dedupe.store.records import Change, StoredArticle
from dedupe.submission import Submission

__all__ = ["Engine", "EngineStatistics", "Submission"]

TOP_TERMS = 8


class Engine:
    """Decides where articles belong, records it, and remembers it.

    One writer: articles are decided one after the other, each with those before it, and written in that order.
    The index follows from the store's log alone; when a commit fails it is built from the log again.
    ``on_event`` is told of every event once it is durable. It writes the ``store``, and decides by the ``model``.
    """

    def __init__(
        self,
        store: Store,
        settings: EngineSettings | None = None,
        *,
        model: JoinModel | None = None,
        on_event: Callable[[Event], None] | None = None,
    ) -> None:
        self.store = store
        self.model = model or shipped_model()
        self._ledger = Ledger(store, settings or EngineSettings(), on_event)

    @property
    def _index(self) -> Index:
        return self._ledger.index

    def subscribe(self, on_event: Callable[[Event], None]) -> None:
        """Have ``on_event`` told of every event, in order, once it is durable; be quick there."""
        self._ledger.on_event = on_event

    @property
    def settings(self) -> EngineSettings:
        """Return the settings by which articles are placed now."""
        return self._ledger.settings

    def watch(self, on_replaced: Callable[[StoredArticle], None]) -> None:
        """Have ``on_replaced`` given every text that a revision or a takedown is about to erase."""
        self._ledger.watch(on_replaced)

    def unwatch(self, on_replaced: Callable[[StoredArticle], None]) -> None:
        """End what `watch` began."""
        self._ledger.unwatch(on_replaced)

    def held(self) -> AbstractContextManager[Index]:
        """Give the index, which nobody changes meanwhile: writing waits until it is let go."""
        return self._ledger.held()

    def take_over(self, event: Event, index: Index, settings: EngineSettings) -> None:
        """Go on with another index, which a durable event put in the place of the one that is held."""
        self._ledger.take_over(event, index, settings)

    def add(self, submission: Submission) -> Assignment:
        """Place one article durably and return where; raise `StoreError` when nothing was stored."""
        return self.add_all([submission])[0]

    def add_all(self, submissions: Sequence[Submission], readings: Sequence[Reading] = ()) -> list[Assignment]:
        """Place a group in one commit, ``readings`` saves reading it; raise `StoreError` when none of it was stored."""
        answers = self.add_each(submissions, readings)
        for answer in answers:
            if isinstance(answer, DedupeError):
                raise answer
        return [answer for answer in answers if isinstance(answer, Assignment)]

    def add_each(
        self, submissions: Sequence[Submission], readings: Sequence[Reading] = (), on_decided: OnDecided = lambda: None
    ) -> list[Assignment | DedupeError]:
        """Place a group in one commit, but for those refused; raise `StoreError` when none of it was stored."""
        settings = self.settings
        readings = readings or read_submissions(submissions, settings)
        with self._ledger.writing(submissions, on_decided) as group:
            if settings is not self.settings:  # another generation was activated meanwhile
                readings = read_submissions(submissions, self.settings)
            return [self._answer(group, *pair) for pair in zip(submissions, readings, strict=True)]

    def _answer(self, group: Group, submission: Submission, reading: Reading) -> Assignment | DedupeError:
        try:
            return self._add(group, submission, reading)
        except (ReusedIdempotencyKey, UnknownArticle) as refused:
            return refused

    def _add(self, group: Group, submission: Submission, reading: Reading) -> Assignment:
        known = group.find(submission)
        if submission.article.pub_status is PubStatus.CANCELED:
            return self._cancel(group, submission, known)
        if known is None:
            return self._place(group, submission, self._settled(reading))
        if says_the_same(group, known, submission):
            return unchanged(self._index, known, submission)
        return self._revise(group, submission, self._settled(reading), known)

    def _place(self, group: Group, submission: Submission, reading: Reading) -> Assignment:
        index = self._index
        verdict = decide(index, reading, self.model)
        event = announced(index, placing_event(index, verdict, submission, reading))
        index.apply(event, reading, probe=verdict.probe)
        group.append(self._change(event, submission, reading, verdict, revision=1))
        placed = assignment(event, notices_of(submission))
        regrouped = [*self._consequences(event, verdict)]
        for change in regrouped:
            group.append(change)
        return replace(placed, cluster_id=self._present(placed)) if regrouped else placed

    def _consequences(self, placed: Event, verdict: Verdict) -> Iterator[Change]:
        """Merge and split clusters, as an article that was placed gives occasion to."""
        index = self._index
        pair = decide_merge(index, verdict, self.model)
        if pair:
            yield self._regrouped(merging_event(index, placed, *pair))
        parting = decide_split(index, verdict)
        if parting:
            yield self._regrouped(splitting_event(index, placed, *parting))

    def _present(self, placed: Assignment) -> str:
        return self._index.cluster_id(self._index.whereabouts(placed.article_id))

    def _regrouped(self, event: Event) -> Change:
        event = announced(self._index, event)
        self._index.apply(event, None)
        return Change(event=event)

    def _revise(self, group: Group, submission: Submission, reading: Reading, known: StoredArticle) -> Assignment:
        is_embargoed = submission.article.is_embargoed(submission.received_at)
        if is_embargoed and not known.hidden:
            stand(self._index, group, EventKind.WITHHELD, known, submission.received_at)
        verdict = decide(self._index, reading, self.model, besides=self._index.slot_of(known.article_id))
        before = self._read_again(known)
        event = placing_event(self._index, verdict, submission, reading)
        event = revision_event(self._index, event, known, before, reading)
        event = announced(self._index, replace(event, hidden=is_embargoed or known.hidden))
        self._ledger.let_go(known)
        self._index.apply(event, reading, replaced=before, probe=verdict.probe)
        group.append(self._change(event, submission, reading, verdict, revision=known.revision + 1))
        if known.hidden and not is_embargoed:
            revised = group.article(known.article_id)
            stand(self._index, group, EventKind.RELEASED, revised, submission.received_at)
        return assignment(event, notices_of(submission))

    def _cancel(self, group: Group, submission: Submission, known: StoredArticle | None) -> Assignment:
        event = canceling_event(self._index, submission, known)
        if known is not None:
            self._ledger.let_go(known)
            self._index.apply(event, None, replaced=self._read_again(known))
            group.append(Change(event=event))
        return withdrawal(event)

    def _change(
        self, event: Event, submission: Submission, reading: Reading, verdict: Verdict, *, revision: int
    ) -> Change:
        """Return what an event that placed an article writes."""
        if not self.store.keeps_articles:
            return Change(event=event, vocabulary=self._index.take_snapshot(reading))
        terms = self._index.top_terms(reading, verdict.probe, TOP_TERMS) if verdict.probe else ()
        return Change(
            event=event,
            stored=stored_article(event, submission, reading, revision=revision, top_terms=terms),
            identities=submission.identities,
            vocabulary=self._index.take_snapshot(reading),
        )

    def _settled(self, reading: Reading) -> Reading:
        return settle(reading, self._index, self.settings)

    def _read_again(self, known: StoredArticle) -> Reading | None:
        return read_stored(known, self._index, self.settings)

    def preview(self, submission: Submission) -> Assignment:
        """Decide where an article would go, and store nothing; which clusters would merge or split is not foretold."""
        settings = self.settings
        reading = read_submission(submission, settings)
        with self._ledger.held() as index:
            if settings is not self.settings:  # another generation was activated meanwhile
                reading = read_submission(submission, self.settings)
            group = Group(self.store, [submission])
            known = group.find(submission)
            if submission.article.pub_status is PubStatus.CANCELED:
                return replace(withdrawal(canceling_event(index, submission, known)), seq=None)
            if known and says_the_same(group, known, submission):
                return unchanged(index, known, submission)
            reading = self._settled(reading)
            verdict = decide(index, reading, self.model, index.slot_of(known.article_id) if known else -1)
            event = placing_event(index, verdict, submission, reading)
            if known:
                event = revision_event(index, event, known, self._read_again(known), reading)
            return replace(assignment(event, notices_of(submission)), seq=None)

    def withdraw(self, article_id: str, at: datetime) -> Event:
        """Take an article down: its text is erased everywhere; raise `UnknownArticle` or `WithdrawnArticle`."""
        with self._ledger.held() as index:
            stored = self.store.article(article_id)
            if stored.article is None:
                raise WithdrawnArticle(article_id)
            event = withdrawing_event(index, stored, at)
            self._ledger.let_go(stored)
            self._ledger.record(event, self._read_again(stored))
            return event

    def release(self, at: datetime, most: int = 256) -> list[Event]:
        """Show up to ``most`` articles whose embargo has ended by ``at`` to everyone; raise `StoreError`."""
        if not self.store.due(at, 1):
            return []
        with self._ledger.writing_alone() as group:
            for stored in self.store.due(at, most):
                stand(self._index, group, EventKind.RELEASED, stored, at)
        return [change.event for change in group.changes]

    def correct(self, correction: Correction) -> Event:
        """Carry out an editor's decision, durably; raise what `correcting_event` raises, or `StoreError`."""
        with self._ledger.held() as index:
            try:
                event = announced(index, correcting_event(index, correction))
            except UnknownArticle as unknown:
                if self.store.article(unknown.article_id).article is None:  # before the present generation was built
                    raise WithdrawnArticle(unknown.article_id) from None
                raise
            self._ledger.record(event)
            return event

    def nearest(self, reading: Reading, most: int) -> list[str]:
        """Return the ids of the live articles that share most with a text, its copies first, then ``most`` others."""
        with self._ledger.held() as index:
            return nearest_live(index, reading, most)

    def digest(self) -> str:
        """Return a digest of the whole index: equal for equal logs, however the index came about."""
        with self._ledger.held() as index:
            return digest(index)

    def statistics(self) -> EngineStatistics:
        """Count what the index holds."""
        return EngineStatistics.of(self._index)
