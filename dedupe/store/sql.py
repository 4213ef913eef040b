"""The log and its rows in SQL: the writer's side. A group of changes is one transaction, durable on return."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import BigInteger, Connection, Engine, Text, cast, update
from sqlalchemy.exc import DBAPIError

from dedupe.errors import StoreUnavailable
from dedupe.store.catalogue import SqlCatalogue
from dedupe.store.connection import (
    begin,
    check_place,
    database_path,
    empty_log,
    reader_engine,
    reported,
    writer_engine,
)
from dedupe.store.index_file import ERASING, IndexFile
from dedupe.store.lock import WriterLock
from dedupe.store.order import check_order
from dedupe.store.preparation import PROBE, Identity, prepare
from dedupe.store.projection import last_seq, write_changes
from dedupe.store.protocol import Store
from dedupe.store.records import Change, Replayed, StoredArticle
from dedupe.store.schema import settings

_ERASURE_PATIENCE = timedelta(milliseconds=500)
_WRITE_PROBE = (  # an equal value would not be written at all
    update(settings).where(settings.c.key == PROBE).values(value=cast(cast(settings.c.value, BigInteger) + 1, Text))
)


class SqlStore:
    """A `Store` in a SQLite file, written by one process at a time.

    After a failure the connection is given up, so that the next call starts from what is on disk.
    """

    def __init__(self, path: Path, engine: Engine, lock: WriterLock) -> None:
        self._path = path
        self._engine = engine
        self._writer_lock = lock
        self._lock = threading.RLock()
        self._connection: Connection | None = None
        self._inode = path.stat().st_ino
        self._is_erasure_due = True  # an earlier process may have died before it emptied the log
        self.catalogue = SqlCatalogue(path, reader_engine(path))
        self._whole = self.catalogue.unveiled
        self.index_file = IndexFile(path, self.catalogue.snapshot)
        self.index_file.tidy()
        with self._writing() as connection:
            self._last_seq = last_seq(connection)
        self.check_writable()  # a read-only file opens without complaint

    @classmethod
    def open(cls, url: str, identity: Identity) -> SqlStore:
        """Open the store that ``url`` names, creating it when there is none.

        Raises `StoreUnavailable` when the file cannot be used or another process writes it,
        `StoreMismatch` when it was made with another ``identity`` or by a newer version.
        """
        path = database_path(url)
        check_place(path, must_exist=False)
        lock = WriterLock(path)
        engine = writer_engine(path)
        try:
            with reported(path), engine.connect() as connection:
                prepare(connection, path, identity)
            return cls(path, engine, lock)
        except BaseException:
            engine.dispose()
            lock.release()
            raise

    @property
    def keeps_articles(self) -> bool:
        """Return True."""
        return True

    def last_seq(self) -> int:
        """Return the number of the newest event, 0 for an empty log."""
        return self._last_seq

    def find(self, identities: Sequence[bytes]) -> Mapping[bytes, str]:
        """Return the article id recognised by each digest that is known; one call for many is cheapest."""
        return self._whole.recognised(identities)

    def article(self, article_id: str) -> StoredArticle:
        """Return one article; raise `UnknownArticle`."""
        return self._whole.article(article_id)

    def due(self, at: datetime, limit: int) -> Sequence[StoredArticle]:
        """Return up to ``limit`` articles whose embargo ended at or before ``at``, the earliest first."""
        return self._whole.due(at, limit)

    def replay(self, after: int = 0) -> Iterator[Replayed]:
        """Yield the log behind an event in order, the whole of it for 0."""
        return self.catalogue.replay(after=after)

    def commit(self, changes: Sequence[Change]) -> None:
        """Write all changes in one transaction, durable on return; raise `StoreError` having written none."""
        if not changes:
            return
        with self._lock:
            if any(change.event.kind in ERASING for change in changes):
                self.index_file.remove()
            with self._writing() as connection:
                check_order(changes, last_seq(connection))
                has_erased = write_changes(connection, changes)
            self._last_seq = changes[-1].event.seq
            self._is_erasure_due |= has_erased
            self._finish_erasure(_ERASURE_PATIENCE if has_erased else timedelta(0))

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Give a transaction for rows beside the log, durable when it ends; raise `StoreError` having written none."""
        with self._lock, self._writing() as connection:
            yield connection

    def note_seq(self, seq: int) -> None:
        """Take note of an event that a transaction wrote."""
        self._last_seq = seq

    def check_writable(self) -> None:
        """Write something small, durably; raise `StoreUnavailable` when that fails."""
        with self._lock:
            with self._writing() as connection:
                connection.execute(_WRITE_PROBE)
            self._finish_erasure()

    def close(self) -> None:
        """Release files, connections and the lock."""
        with self._lock:
            self.catalogue.close()
            self._finish_erasure()
            self._give_up_connection()
            self._engine.dispose()
            self._writer_lock.release()

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with reported(self._path):
            self._check_in_place()
            try:
                connection = self._connected()
                begin(connection, to_write=True)
                yield connection
                connection.commit()
            except BaseException:
                self._give_up_connection()
                raise

    def _connected(self) -> Connection:
        if self._connection is None:
            self._connection = self._engine.connect()
        return self._connection

    def _give_up_connection(self) -> None:
        if self._connection is not None:
            self._connection.invalidate()  # closes the file, which takes back what was not committed
            self._connection.close()
            self._connection = None

    def _check_in_place(self) -> None:
        """Refuse to write to a file that no path leads to any more: it would be lost on close."""
        try:
            is_in_place = self._path.stat().st_ino == self._inode
        except OSError:
            is_in_place = False
        if not is_in_place:
            raise StoreUnavailable(f"{self._path} was moved, deleted or replaced while it was open; start again")

    def _finish_erasure(self, patience: timedelta = timedelta(0)) -> None:
        """Empty the write-ahead log, which still holds what was erased; try again later while readers need it."""
        if not self._is_erasure_due:
            return
        try:
            self._is_erasure_due = not empty_log(self._connected(), patience)
        except DBAPIError:
            self._give_up_connection()


def sql_store(store: Store) -> SqlStore:
    """Return a store as what it must be to build generations in it; raise TypeError."""
    if not isinstance(store, SqlStore):
        raise TypeError(f"a re-index needs a SQL store, not a {type(store).__name__}")
    return store
