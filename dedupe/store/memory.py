"""The store as plain dictionaries: the reference that every other store is held against."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from dedupe.article import PubStatus
from dedupe.constraints import Constraints
from dedupe.events import PLACING, STANDING, Event, EventKind
from dedupe.store.memory_catalogue import MemoryCatalogue
from dedupe.store.memory_history import MemoryCluster
from dedupe.store.order import check_lifts, check_moves, check_order, check_references
from dedupe.store.records import Change, Replayed, StoredArticle, VocabularySnapshot


class MemoryStore(MemoryCatalogue):
    """`Store` and `Catalogue` in one, safe for threads; a list costs as much as there are clusters.

    It shows what is embargoed; its ``catalogue`` does not.
    """

    def __init__(self) -> None:
        super().__init__(self, is_unveiled=True)
        self._lock = threading.RLock()
        self._events: list[Event] = []
        self._constraints = Constraints()
        self._vocabularies: dict[int, VocabularySnapshot] = {}
        self._articles: dict[str, StoredArticle] = {}
        self._ordinals: dict[str, int] = {}
        self._placed: dict[str, int] = {}
        self._identities: dict[bytes, str] = {}
        self._clusters: dict[str, MemoryCluster] = {}

    @property
    def catalogue(self) -> MemoryCatalogue:
        """Return what everyone may see."""
        return MemoryCatalogue(self, is_unveiled=False)

    @property
    def keeps_articles(self) -> bool:
        """Return True."""
        return True

    def last_seq(self) -> int:
        """Return the number of the newest event, 0 for an empty log."""
        return len(self._events)

    def find(self, identities: Sequence[bytes]) -> Mapping[bytes, str]:
        """Return the article id recognised by each digest that is known."""
        with self._lock:
            return {digest: self._identities[digest] for digest in identities if digest in self._identities}

    def commit(self, changes: Sequence[Change]) -> None:
        """Apply all changes, or raise `StoreError` having applied none."""
        with self._lock:
            check_order(changes, self.last_seq())
            check_references(changes, self._liveness, self._clusters.keys())
            check_moves(changes, self._place_of)
            check_lifts(changes, self._constraints.is_in_force)
            for change in changes:
                self._apply(change)

    @property
    def index_file(self) -> None:
        """Return None."""
        return None

    def replay(self, after: int = 0) -> Iterator[Replayed]:
        """Yield the log behind an event in order, as it was when the first event was asked for."""
        with self._lock:
            events = tuple(self._events[after:])
        for event in events:
            with self._lock:
                replayed = self._replayed(event)
            yield replayed

    def check_writable(self) -> None:
        """Return: memory can always be written."""

    def close(self) -> None:
        """Return: there is nothing to release."""

    def due(self, at: datetime, limit: int) -> Sequence[StoredArticle]:
        """Return up to ``limit`` articles whose embargo ended at or before ``at``, the earliest first."""
        with self._lock:
            waiting = [
                (stored.article.embargoed_until, self._ordinals[stored.article_id], stored)
                for stored in self._articles.values()
                if stored.hidden and stored.article and stored.article.pub_status is PubStatus.USABLE
            ]
        ended = [entry for entry in waiting if entry[0] is not None and entry[0] <= at]
        return [stored for *_, stored in sorted(ended, key=lambda entry: entry[:2])][:limit]

    def _liveness(self, article_id: str) -> bool | None:
        stored = self._articles.get(article_id)
        return None if stored is None else stored.article is not None

    def _apply(self, change: Change) -> None:
        event = change.event
        self._events.append(event)
        self._touch(event)
        if event.kind in PLACING and change.stored is not None:
            self._place(change, change.stored)
        elif event.kind is EventKind.WITHDRAWN:
            self._withdraw(event)
        elif event.unites:
            self._merge(event)
        elif event.regroups:
            self._regroup(event)
        elif event.kind in STANDING:
            self._hide(event)
        self._constraints.record(event)
        if change.vocabulary is not None:
            self._vocabularies[event.seq] = change.vocabulary

    def _touch(self, event: Event) -> None:
        for cluster_id in filter(None, (event.cluster_id, event.from_cluster_id)):
            known = self._clusters.get(cluster_id)
            if known is None:
                known = self._clusters[cluster_id] = MemoryCluster(len(self._clusters), event.at)
            known.touched_at, known.touched_seq = event.at, event.seq
            if not event.hidden:
                known.updated_at, known.updated_seq = event.at, event.seq

    def _place(self, change: Change, stored: StoredArticle) -> None:
        article_id, assignment = stored.article_id, stored.assignment
        before = self._leave_cluster(article_id)
        self._articles[article_id] = stored
        self._ordinals.setdefault(article_id, len(self._ordinals))
        self._placed[article_id] = change.event.seq
        self._clusters[assignment.cluster_id].members.add(article_id)
        for digest in change.identities:
            self._identities.setdefault(digest, article_id)
        original = assignment.duplicate_of and self._articles.get(assignment.duplicate_of.article_id)
        if original and original.article and original.assignment.duplicate_group_id is None:
            self._assign(original.article_id, duplicate_group_id=assignment.duplicate_group_id)
        self._dissolve(before)

    def _withdraw(self, event: Event) -> None:
        article_id = event.article_id or ""
        group = self._leave_cluster(article_id)
        left = self._articles[article_id]
        self._articles[article_id] = replace(
            left, article=None, content_digest=b"", top_terms=(), hidden=False, lead=""
        )
        self._assign(article_id, duplicate_group_id=None, duplicate_of=None)
        self._identities = {digest: known for digest, known in self._identities.items() if known != article_id}
        self._dissolve(group)

    def _hide(self, event: Event) -> None:
        article_id = event.article_id or ""
        self._articles[article_id] = replace(self._articles[article_id], hidden=event.kind is EventKind.WITHHELD)

    def _merge(self, event: Event) -> None:
        absorbed, survivor = self._clusters[event.from_cluster_id or ""], self._clusters[event.cluster_id]
        for article_id in absorbed.members:
            self._assign(article_id, cluster_id=event.cluster_id)
        survivor.members |= absorbed.members
        absorbed.members = set()
        for cluster_id, cluster in self._clusters.items():
            if event.from_cluster_id in (cluster_id, cluster.merged_into):
                cluster.merged_into = event.cluster_id

    def _regroup(self, event: Event) -> None:
        """Move articles as an editor decided, or as a split did."""
        for article_id in event.moved_articles:
            self._leave_cluster(article_id)
            self._assign(article_id, cluster_id=event.cluster_id)
            self._clusters[event.cluster_id].members.add(article_id)
        for article_id in event.detail.get("unlinked", ()):
            group = self._articles[article_id].assignment.duplicate_group_id
            self._assign(article_id, duplicate_group_id=None, duplicate_of=None)
            self._dissolve(group)

    def _place_of(self, article_id: str) -> str | None:
        stored = self._articles.get(article_id)
        return stored.assignment.cluster_id if stored and stored.article else None

    def _leave_cluster(self, article_id: str) -> str | None:
        """Take a known article out of its cluster; return the duplicate group it was in."""
        if article_id not in self._articles:
            return None
        assignment = self._articles[article_id].assignment
        self._clusters[assignment.cluster_id].members.discard(article_id)
        return assignment.duplicate_group_id

    def _dissolve(self, group: str | None) -> None:
        """End a duplicate group that is down to one article, which then is nobody's copy."""
        if group is None:
            return
        left = [i for i, stored in self._articles.items() if stored.assignment.duplicate_group_id == group]
        if len(left) == 1:
            self._assign(left[0], duplicate_group_id=None, duplicate_of=None)

    def _assign(self, article_id: str, **changed: Any) -> None:
        stored = self._articles[article_id]
        self._articles[article_id] = replace(stored, assignment=replace(stored.assignment, **changed))

    def _replayed(self, event: Event) -> Replayed:
        stored = self._articles.get(event.article_id or "")
        is_current = stored is not None and self._placed[stored.article_id] == event.seq and stored.article is not None
        return Replayed(
            event=event,
            article=stored.article if stored and is_current else None,
            language=stored.language if stored and is_current else None,
            vocabulary=self._vocabularies.get(event.seq),
            revision=stored.revision if stored and is_current else 0,
        )
