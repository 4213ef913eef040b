"""The store as plain dictionaries: the reference that every other store is held against."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from dedupe.errors import UnknownArticle, UnknownCluster
from dedupe.events import PLACING, Decision, Event, EventKind
from dedupe.store import selection
from dedupe.store.memory_log import MemoryLog
from dedupe.store.order import check_lifts, check_moves, check_order, check_references
from dedupe.store.protocol import (
    Change,
    ClusterFilter,
    ClusterRow,
    ClusterSort,
    Page,
    Replayed,
    StoredArticle,
    Titled,
    Totals,
    VocabularySnapshot,
)
from dedupe.store.queries import Hour, TitleQuery
from dedupe.store.selection import SORT_KEYS, after_cursor, page, passes
from dedupe.store.summary import Member, Summary


@dataclass(slots=True)
class _Cluster:
    ordinal: int
    updated_at: datetime
    updated_seq: int
    merged_into: str | None = None
    members: set[str] = field(default_factory=set)


class MemoryStore(MemoryLog):
    """`Store` and `Catalogue` in one, safe for threads; a list costs as much as there are clusters."""

    def __init__(self) -> None:
        super().__init__()
        self._vocabularies: dict[int, VocabularySnapshot] = {}
        self._articles: dict[str, StoredArticle] = {}
        self._ordinals: dict[str, int] = {}
        self._placed: dict[str, int] = {}
        self._identities: dict[bytes, str] = {}
        self._clusters: dict[str, _Cluster] = {}

    @property
    def keeps_articles(self) -> bool:
        """Return True."""
        return True

    def find(self, identities: Sequence[bytes]) -> Mapping[bytes, str]:
        """Return the article id recognised by each digest that is known."""
        with self._lock:
            return {digest: self._identities[digest] for digest in identities if digest in self._identities}

    def article(self, article_id: str) -> StoredArticle:
        """Return one article; raise `UnknownArticle`."""
        with self._lock:
            if article_id not in self._articles:
                raise UnknownArticle(article_id)
            return self._articles[article_id]

    def commit(self, changes: Sequence[Change]) -> None:
        """Apply all changes, or raise `StoreError` having applied none."""
        with self._lock:
            check_order(changes, self.last_seq())
            check_references(changes, self._liveness, self._clusters.keys())
            check_moves(changes, self._place_of)
            check_lifts(changes, self._constraints.is_in_force)
            for change in changes:
                self._apply(change)

    def replay(self) -> Iterator[Replayed]:
        """Yield the whole log in order, as it was when the first event was asked for."""
        with self._lock:
            events = tuple(self._events)
        for event in events:
            with self._lock:
                replayed = self._replayed(event)
            yield replayed

    def check_writable(self) -> None:
        """Return: memory can always be written."""

    def close(self) -> None:
        """Return: there is nothing to release."""

    def cluster(self, cluster_id: str) -> ClusterRow:
        """Return one cluster; raise `UnknownCluster`."""
        with self._lock:
            return self._row(cluster_id, self._known(cluster_id))

    def clusters(self, which: ClusterFilter, sort: ClusterSort, limit: int, cursor: str | None) -> Page[ClusterRow]:
        """List clusters that have articles and pass the filter."""
        with self._lock:
            rows = [
                (SORT_KEYS[sort](row), cluster.ordinal, row)
                for cluster_id, cluster in self._clusters.items()
                if passes(row := self._row(cluster_id, cluster), self._members(cluster), which)
            ]
        scope = ("clusters", which, sort)
        return page(scope, after_cursor(scope, rows, cursor, is_descending=True), limit)

    def members(self, cluster_id: str, limit: int, cursor: str | None) -> Page[StoredArticle]:
        """List a cluster's articles, oldest first; raise `UnknownCluster`."""
        with self._lock:
            members = self._members(self._known(cluster_id))
            rows = [(member.seen_us, member.ordinal, self._articles[member.article_id]) for member in members]
        scope = ("members", cluster_id)
        return page(scope, after_cursor(scope, rows, cursor, is_descending=False), limit)

    def arrival_counts(self, cluster_id: str) -> Mapping[Decision, int]:
        """Count the articles that are in a cluster by how they were placed; raise `UnknownCluster`."""
        with self._lock:
            members = self._known(cluster_id).members
            return Counter(self._articles[member].assignment.decision for member in members)

    def hours(self, cluster_id: str, limit: int, cursor: str | None) -> Page[Hour]:
        """List the hours in which a cluster's articles were first seen, oldest first; raise `UnknownCluster`."""
        with self._lock:
            rows = selection.by_the_hour(self._members(self._known(cluster_id)))
        scope = ("hours", cluster_id)
        return page(scope, after_cursor(scope, rows, cursor, is_descending=False), limit)

    def titled(self, which: TitleQuery, before: int | None) -> Titled:
        """Find articles by their titles among those that represent their clusters."""
        with self._lock:
            found = selection.titled(self._articles.values(), self._ordinals, which, before)
            rows = [self._row(cluster_id, known) for cluster_id, known in self._clusters.items()]
        return selection.found_titles(
            selection.representing(found, rows, which), [number for number, _ in found], which
        )

    def vocabulary(self, language: str, before: int) -> VocabularySnapshot | None:
        """Return the newest snapshot of a language taken before an event."""
        with self._lock:
            taken = {s: kept for s, kept in self._vocabularies.items() if kept.language == language and s < before}
        return taken[max(taken)] if taken else None

    def totals(self) -> Totals:
        """Count what there is."""
        with self._lock:
            live = [stored.assignment for stored in self._articles.values() if stored.article is not None]
            groups = {assignment.duplicate_group_id for assignment in live} - {None}
            clusters = sum(bool(cluster.members) for cluster in self._clusters.values())
            return Totals(articles=len(live), clusters=clusters, duplicate_groups=len(groups), last_seq=self.last_seq())

    def _liveness(self, article_id: str) -> bool | None:
        stored = self._articles.get(article_id)
        return None if stored is None else stored.article is not None

    def _apply(self, change: Change) -> None:
        event = change.event
        self._events.append(event)
        for cluster_id in filter(None, (event.cluster_id, event.from_cluster_id)):
            known = self._clusters.get(cluster_id)
            if known is None:
                self._clusters[cluster_id] = _Cluster(len(self._clusters), event.at, event.seq)
            else:
                known.updated_at, known.updated_seq = event.at, event.seq
        if event.kind in PLACING and change.stored is not None:
            self._place(change, change.stored)
        elif event.kind is EventKind.WITHDRAWN:
            self._withdraw(event)
        elif event.unites:
            self._merge(event)
        elif event.is_editorial:
            self._regroup(event)
        self._constraints.record(event)
        if change.vocabulary is not None:
            self._vocabularies[event.seq] = change.vocabulary

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
        self._articles[article_id] = replace(left, article=None, content_digest=b"", top_terms=())
        self._assign(article_id, duplicate_group_id=None, duplicate_of=None)
        self._identities = {digest: known for digest, known in self._identities.items() if known != article_id}
        self._dissolve(group)

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
        """Move articles as an editor decided."""
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

    def _assign(self, article_id: str, **changed: object) -> None:
        stored = self._articles[article_id]
        self._articles[article_id] = replace(stored, assignment=replace(stored.assignment, **changed))  # type: ignore[arg-type]

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

    def _known(self, cluster_id: str) -> _Cluster:
        if cluster_id not in self._clusters:
            raise UnknownCluster(cluster_id)
        return self._clusters[cluster_id]

    def _members(self, cluster: _Cluster) -> list[Member]:
        stored = [self._articles[article_id] for article_id in cluster.members]
        members = [Member.of(row, row.article, self._ordinals[row.article_id]) for row in stored if row.article]
        return sorted(members, key=lambda member: member.ordinal)

    def _row(self, cluster_id: str, cluster: _Cluster) -> ClusterRow:
        summary = Summary.of(self._members(cluster))
        return summary.row(cluster_id, cluster.updated_at, cluster.updated_seq, cluster.merged_into)
