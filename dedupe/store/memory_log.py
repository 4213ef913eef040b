"""The log of a store in memory, and what can be read from it alone."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from dedupe.constraints import Constraint, Constraints
from dedupe.errors import UnknownCluster
from dedupe.events import Event, EventKind
from dedupe.store.history import found, lineage
from dedupe.store.protocol import Page
from dedupe.store.selection import after_cursor, page


class MemoryLog:
    """Events in order, with editors' decisions among them found by number."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._events: list[Event] = []
        self._constraints = Constraints()

    def last_seq(self) -> int:
        """Return the number of the newest event, 0 for an empty log."""
        return len(self._events)

    def changes(self, after: int, limit: int, kinds: frozenset[EventKind] = frozenset()) -> Sequence[Event]:
        """Return up to ``limit`` events with ``seq > after``."""
        with self._lock:
            return [event for event in self._events if event.seq > after and (not kinds or event.kind in kinds)][:limit]

    def placing(self, article_id: str, seq: int) -> Event:  # noqa: ARG002  the protocol's signature
        """Return the event with the number ``seq``: here, none activates a generation."""
        with self._lock:
            return self._events[seq - 1]

    def lineage(self, cluster_id: str, limit: int, cursor: str | None) -> Page[Event]:
        """List what happened to a cluster; raise `UnknownCluster`."""
        with self._lock:
            if not any(cluster_id in (event.cluster_id, event.from_cluster_id) for event in self._events):
                raise UnknownCluster(cluster_id)
            rows = [(event.seq, 0, event) for event in lineage(self._events, cluster_id)]
        scope = ("lineage", cluster_id)
        return page(scope, after_cursor(scope, rows, cursor, is_descending=False), limit)

    def constraints(self, limit: int, cursor: str | None, *, in_force: bool = True) -> Page[Constraint]:
        """List editors' decisions, oldest first."""
        with self._lock:
            listed = self._constraints.in_force() if in_force else self._constraints.all()
        rows = [(constraint.seq, 0, constraint) for constraint in listed]
        scope = ("constraints", in_force)
        return page(scope, after_cursor(scope, rows, cursor, is_descending=False), limit)

    def constraint(self, seq: int) -> Constraint:
        """Return one editor's decision; raise `UnknownConstraint`."""
        with self._lock:
            return found(seq, self._constraints.get(seq))
