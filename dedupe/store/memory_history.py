"""What readers see of the log of the store of plain dictionaries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from dedupe.constraints import Constraint
from dedupe.errors import UnknownCluster
from dedupe.events import Decision, Event
from dedupe.store.answers import Page
from dedupe.store.history import found, lineage
from dedupe.store.queries import ALL_CHANGES, ChangeFilter
from dedupe.store.records import StoredArticle, VocabularySnapshot
from dedupe.store.selection import after_cursor, page
from dedupe.store.summary import Member
from dedupe.store.veil import Veil

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


class MemoryHistory:
    """The part of `MemoryCatalogue` that reads the log."""

    def __init__(self, store: MemoryStore, *, is_unveiled: bool) -> None:
        self._store = store
        self._is_unveiled = is_unveiled

    def changes(self, after: int, limit: int, which: ChangeFilter = ALL_CHANGES) -> Sequence[Event]:
        """Return up to ``limit`` events with ``seq > after``."""
        with self._store._lock:
            return [event for event in self._told_events() if event.seq > after and which.passes(event)][:limit]

    def event(self, seq: int) -> Event:
        """Return an event that is known to be in the log by its number."""
        with self._store._lock:
            return self._veil().event(self._store._events[seq - 1])

    def placing(self, article_id: str, seq: int) -> Event:  # noqa: ARG002  the protocol's signature
        """Return the event with the number ``seq``: here, none activates a generation."""
        return self.event(seq)

    def lineage(self, cluster_id: str, limit: int, cursor: str | None) -> Page[Event]:
        """List what happened to a cluster; raise `UnknownCluster`."""
        with self._store._lock:
            self._known(cluster_id)
            veil = self._veil()
            rows = [(event.seq, 0, veil.event(event)) for event in lineage(self._told_events(), cluster_id)]
        scope = ("lineage", cluster_id)
        return page(scope, after_cursor(scope, rows, cursor, is_descending=False), limit)

    def arrival_counts(self, cluster_id: str) -> Mapping[Decision, int]:
        """Count the articles that are in a cluster by how they were placed; raise `UnknownCluster`."""
        with self._store._lock:
            members = self._members(self._known(cluster_id))
            return Counter(self._store._articles[member.article_id].assignment.decision for member in members)

    def constraints(self, limit: int, cursor: str | None, *, in_force: bool = True) -> Page[Constraint]:
        """List editors' decisions, oldest first."""
        with self._store._lock:
            listed = self._store._constraints.in_force() if in_force else self._store._constraints.all()
            rows = [(constraint.seq, 0, self._veiled(constraint)) for constraint in listed if self._is_told(constraint)]
        scope = ("constraints", in_force)
        return page(scope, after_cursor(scope, rows, cursor, is_descending=False), limit)

    def constraint(self, seq: int) -> Constraint:
        """Return one editor's decision; raise `UnknownConstraint`."""
        with self._store._lock:
            constraint = self._store._constraints.get(seq)
            is_told = constraint is not None and self._is_told(constraint)
            return self._veiled(found(seq, constraint if is_told else None))

    def vocabulary(self, language: str, before: int) -> VocabularySnapshot | None:
        """Return the newest snapshot of a language taken before an event."""
        with self._store._lock:
            snapshots = self._store._vocabularies.items()
            taken = {seq: kept for seq, kept in snapshots if kept.language == language and seq < before}
        return taken[max(taken)] if taken else None

    def _told_events(self) -> list[Event]:
        return [event for event in self._store._events if self._is_unveiled or not event.hidden]

    def _is_told(self, constraint: Constraint) -> bool:
        return self._is_unveiled or not constraint.event.hidden

    def _veiled(self, constraint: Constraint) -> Constraint:
        return replace(constraint, event=self._veil().event(constraint.event))

    def _veil(self) -> Veil:
        if self._is_unveiled:
            return Veil((), ())
        hidden = {article_id for article_id, one in self._store._articles.items() if one.hidden}
        return Veil(hidden, {cluster_id for cluster_id, one in self._store._clusters.items() if not one.updated_seq})

    def _may_show(self, stored: StoredArticle) -> bool:
        return self._is_unveiled or not stored.hidden

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
