"""The index, kept in step with a store's log: what the log could not take, the index never saw."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager

from dedupe.errors import StoreError, StoreUnavailable
from dedupe.events import Event
from dedupe.group import Group
from dedupe.index import Index
from dedupe.reading import Reading
from dedupe.settings import EngineSettings
from dedupe.snapshot.loading import opened_index
from dedupe.store.protocol import Store
from dedupe.store.records import Change, StoredArticle
from dedupe.submission import Submission

OnDecided = Callable[[], None]
"""Called when another thread may have the next group decided, while this one is written."""


class Ledger:
    """One index and the log that it follows from, for one at a time; ``on_event`` is told of what is durable.

    While one group is written the next one may be decided, and no other: it is written after that one, or fails
    with it. Whoever needs index and log in step waits for both.
    """

    def __init__(self, store: Store, settings: EngineSettings, on_event: Callable[[Event], None] | None) -> None:
        self.index: Index = opened_index(store, settings)
        self.settings = settings
        self.on_event = on_event
        self._store = store
        self._watchers: list[Callable[[StoredArticle], None]] = []
        self._deciding = threading.Lock()
        self._committing = threading.Lock()  # taken before deciding ends, so that groups are written in their order
        self._under_way: Group | None = None
        self._in_step = True
        self._reason = ""

    @contextmanager
    def held(self) -> Iterator[Index]:
        """Give the index, which nobody else changes meanwhile, as it follows from the log."""
        with self._deciding, self._committing:
            self._follow_log()
            yield self.index

    @contextmanager
    def writing(self, submissions: Sequence[Submission], on_decided: OnDecided) -> Iterator[Group]:
        """Give a group to add changes to that the index has followed already; it is written in the end.

        Raises `StoreError` when it, or the group before it, could not be, or whatever was raised meanwhile; nothing of
        it was written then.
        """
        with ExitStack() as until_written:
            with self._deciding:
                if not self._in_step:
                    with self._committing:
                        self._follow_log()
                group = Group(self._store, submissions, self._under_way)
                with self._following():
                    yield group
                until_written.enter_context(self._committing)
                self._check_followed()
                self._under_way = group
            until_written.callback(self._end)
            on_decided()
            self._write(group)

    @contextmanager
    def writing_alone(self) -> Iterator[Group]:
        """Give a group of changes to what the store holds, while nothing else is on its way into it."""
        with self.held():
            group = Group(self._store)
            with self._following():
                yield group
            self._write(group)

    def record(self, event: Event, replaced: Reading | None = None) -> None:
        """Write an event that places no text, then have the index, which must be held, follow it."""
        change = Change(event=event)
        self._store.commit([change])
        self.index.apply(event, None, replaced)
        self._tell([change])

    def watch(self, on_replaced: Callable[[StoredArticle], None]) -> None:
        """Have ``on_replaced`` given every text that is about to be erased."""
        with self._deciding, self._committing:
            self._watchers.append(on_replaced)

    def unwatch(self, on_replaced: Callable[[StoredArticle], None]) -> None:
        """End what `watch` began."""
        with self._deciding, self._committing:
            self._watchers.remove(on_replaced)

    def let_go(self, stored: StoredArticle) -> None:
        """Tell of a text that is about to be erased."""
        for on_replaced in self._watchers:
            on_replaced(stored)

    def take_over(self, event: Event, index: Index, settings: EngineSettings) -> None:
        """Go on with another index, which a durable event put in the place of the one that is held."""
        self.index, self.settings = index, settings
        self._tell([Change(event=event)])

    @contextmanager
    def _following(self) -> Iterator[None]:
        """Have the index built from the log again if what it follows now is not written after all."""
        try:
            yield
        except BaseException as failure:
            self._in_step = False
            self._reason = str(failure) if isinstance(failure, StoreError) else "an error of ours"
            raise

    def _check_followed(self) -> None:
        """Raise `StoreUnavailable` if what the index followed before was not written: nothing after it may be."""
        if not self._in_step:
            raise StoreUnavailable(f"what came just before could not be stored, nor was this: {self._reason}")

    def _write(self, group: Group) -> None:
        with self._following():
            group.commit()
        self._tell(group.changes)

    def _end(self) -> None:
        self._under_way = None

    def _follow_log(self) -> None:
        """Build the index from the log again if it followed what was not written."""
        if self._in_step:
            return
        self._store.check_writable()
        self.index = opened_index(self._store, self.settings)
        self._in_step = True

    def _tell(self, changes: Sequence[Change]) -> None:
        if self.on_event:
            for change in changes:
                self.on_event(change.event)
