"""The index, kept in step with a store's log: what the log could not take, the index never saw."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from dedupe.events import Event
from dedupe.group import Group
from dedupe.index import Index
from dedupe.reading import Reading
from dedupe.replaying import replayed_index
from dedupe.settings import EngineSettings
from dedupe.store.protocol import Store
from dedupe.store.records import Change
from dedupe.submission import Submission


class Ledger:
    """One index and the log that it follows from, for one at a time; ``on_event`` is told of what is durable."""

    def __init__(self, store: Store, settings: EngineSettings, on_event: Callable[[Event], None] | None) -> None:
        self.index: Index = replayed_index(store, settings)
        self.on_event = on_event
        self._store = store
        self._settings = settings
        self._lock = threading.Lock()
        self._in_step = True

    @contextmanager
    def held(self) -> Iterator[Index]:
        """Give the index, which nobody else changes meanwhile."""
        with self._lock:
            self._follow_log()
            yield self.index

    @contextmanager
    def writing(self, submissions: Sequence[Submission]) -> Iterator[Group]:
        """Give a group to add changes to that the index has followed already; it is written in the end.

        Raises `StoreError` when it could not be, or whatever was raised meanwhile; nothing was written then.
        """
        with self._lock:
            self._follow_log()
            self._in_step = False
            group = Group(self._store, submissions)
            yield group
            group.commit()
            self._in_step = True
            self._tell(group.changes)

    def record(self, event: Event, replaced: Reading | None = None) -> None:
        """Write an event that places no text, then have the index, which must be held, follow it."""
        change = Change(event=event)
        self._store.commit([change])
        self.index.apply(event, None, replaced)
        self._tell([change])

    def _follow_log(self) -> None:
        """Build the index from the log again if a commit failed after it was changed."""
        if self._in_step:
            return
        self._store.check_writable()
        self.index = replayed_index(self._store, self._settings)
        self._in_step = True

    def _tell(self, changes: Sequence[Change]) -> None:
        if self.on_event:
            for change in changes:
                self.on_event(change.event)
