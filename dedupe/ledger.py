"""The index, kept in step with a store's log: what the log could not take, the index never saw."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from dedupe.events import Event
from dedupe.group import Group
from dedupe.index import Index
from dedupe.reading import Reading
from dedupe.settings import EngineSettings
from dedupe.snapshot.loading import opened_index
from dedupe.store.protocol import Store
from dedupe.store.records import Change, StoredArticle
from dedupe.submission import Submission


class Ledger:
    """One index and the log that it follows from, for one at a time; ``on_event`` is told of what is durable."""

    def __init__(self, store: Store, settings: EngineSettings, on_event: Callable[[Event], None] | None) -> None:
        self.index: Index = opened_index(store, settings)
        self.settings = settings
        self.on_event = on_event
        self._store = store
        self._watchers: list[Callable[[StoredArticle], None]] = []
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

    def watch(self, on_replaced: Callable[[StoredArticle], None]) -> None:
        """Have ``on_replaced`` given every text that is about to be erased."""
        with self._lock:
            self._watchers.append(on_replaced)

    def unwatch(self, on_replaced: Callable[[StoredArticle], None]) -> None:
        """End what `watch` began."""
        with self._lock:
            self._watchers.remove(on_replaced)

    def let_go(self, stored: StoredArticle) -> None:
        """Tell of a text that is about to be erased."""
        for on_replaced in self._watchers:
            on_replaced(stored)

    def take_over(self, event: Event, index: Index, settings: EngineSettings) -> None:
        """Go on with another index, which a durable event put in the place of the one that is held."""
        self.index, self.settings = index, settings
        self._tell([Change(event=event)])

    def _follow_log(self) -> None:
        """Build the index from the log again if a commit failed after it was changed."""
        if self._in_step:
            return
        self._store.check_writable()
        self.index = opened_index(self._store, self.settings)
        self._in_step = True

    def _tell(self, changes: Sequence[Change]) -> None:
        if self.on_event:
            for change in changes:
                self.on_event(change.event)
