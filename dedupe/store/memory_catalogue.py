"""What readers see of the store of plain dictionaries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from dedupe.errors import UnknownArticle, UnknownCluster
from dedupe.events import Event
from dedupe.store.protocol import (
    ALL_CHANGES,
    ChangeFilter,
    ClusterFilter,
    ClusterRow,
    ClusterSort,
    Page,
    StoredArticle,
    Totals,
)
from dedupe.store.selection import SORT_KEYS, after_cursor, page, passes
from dedupe.store.summary import Member, Summary
from dedupe.store.veil import veil

if TYPE_CHECKING:
    from dedupe.store.memory import MemoryStore


@dataclass(slots=True)
class MemoryCluster:
    """A cluster, last touched by any event, and last updated by one that everyone is told of (0 for none)."""

    ordinal: int
    updated_at: datetime
    updated_seq: int = 0
    touched_at: datetime = field(init=False)
    touched_seq: int = field(init=False)
    merged_into: str | None = None
    members: set[str] = field(default_factory=set)


class MemoryCatalogue:
    """A `Catalogue` of a `MemoryStore`."""

    def __init__(self, store: MemoryStore, *, is_unveiled: bool) -> None:
        self._store = store
        self._is_unveiled = is_unveiled

    @property
    def unveiled(self) -> MemoryCatalogue:
        """The same for those who may see embargoed articles."""
        return self._store

    def article(self, article_id: str) -> StoredArticle:
        """Return one article; raise `UnknownArticle`."""
        with self._store._lock:
            stored = self._store._articles.get(article_id)
            if stored is None or (stored.hidden and not self._is_unveiled):
                raise UnknownArticle(article_id)
            return self._shown(stored)

    def cluster(self, cluster_id: str) -> ClusterRow:
        """Return one cluster; raise `UnknownCluster`."""
        with self._store._lock:
            return self._row(cluster_id, self._known(cluster_id))

    def clusters(self, which: ClusterFilter, sort: ClusterSort, limit: int, cursor: str | None) -> Page[ClusterRow]:
        """List clusters that have articles and pass the filter."""
        with self._store._lock:
            rows = [
                (SORT_KEYS[sort](row), cluster.ordinal, row)
                for cluster_id, cluster in self._store._clusters.items()
                if passes(row := self._row(cluster_id, cluster), self._members(cluster), which)
            ]
        scope = ("clusters", which, sort)
        return page(scope, after_cursor(scope, rows, cursor, is_descending=True), limit)

    def members(self, cluster_id: str, limit: int, cursor: str | None) -> Page[StoredArticle]:
        """List a cluster's articles, oldest first; raise `UnknownCluster`."""
        with self._store._lock:
            members = self._members(self._known(cluster_id))
            rows = [(one.seen_us, one.ordinal, self._shown(self._store._articles[one.article_id])) for one in members]
        scope = ("members", cluster_id)
        return page(scope, after_cursor(scope, rows, cursor, is_descending=False), limit)

    def changes(self, after: int, limit: int, which: ChangeFilter = ALL_CHANGES) -> Sequence[Event]:
        """Return up to ``limit`` events with ``seq > after``."""
        with self._store._lock:
            newer = [event for event in self._store._events if event.seq > after and which.passes(event)]
            return [event for event in newer if self._is_unveiled or not event.hidden][:limit]

    def totals(self) -> Totals:
        """Count what there is."""
        with self._store._lock:
            there = [stored for stored in self._store._articles.values() if stored.article and self._may_show(stored)]
            groups = {stored.assignment.duplicate_group_id for stored in there} - {None}
            clusters = sum(bool(self._members(cluster)) for cluster in self._store._clusters.values())
            last_seq = len(self._store._events)
        return Totals(articles=len(there), clusters=clusters, duplicate_groups=len(groups), last_seq=last_seq)

    def _may_show(self, stored: StoredArticle) -> bool:
        return self._is_unveiled or not stored.hidden

    def _shown(self, stored: StoredArticle) -> StoredArticle:
        if self._is_unveiled:
            return stored
        hidden = {article_id for article_id, one in self._store._articles.items() if one.hidden}
        unpublished = {cluster_id for cluster_id, one in self._store._clusters.items() if not one.updated_seq}
        return veil(stored, hidden, unpublished)

    def _known(self, cluster_id: str) -> MemoryCluster:
        cluster = self._store._clusters.get(cluster_id)
        if cluster is None or not (cluster.updated_seq or self._is_unveiled):
            raise UnknownCluster(cluster_id)
        return cluster

    def _members(self, cluster: MemoryCluster) -> list[Member]:
        stored = [self._store._articles[article_id] for article_id in cluster.members]
        ordinals = self._store._ordinals
        shown = [row for row in stored if self._may_show(row)]
        members = [Member.of(row, row.article, ordinals[row.article_id]) for row in shown if row.article]
        return sorted(members, key=lambda member: member.ordinal)

    def _row(self, cluster_id: str, cluster: MemoryCluster) -> ClusterRow:
        members = self._members(cluster)
        if any(member.hidden for member in members):
            return Summary.of(members).row(cluster_id, cluster.touched_at, cluster.touched_seq, cluster.merged_into)
        return Summary.of(members).row(cluster_id, cluster.updated_at, cluster.updated_seq, cluster.merged_into)
