"""The file beside a store that holds a snapshot of its index: there whole or not at all, gone before a text goes."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final

from sqlalchemy import Connection, select

from dedupe.errors import StoreUnavailable
from dedupe.events import SWITCHING, EventKind
from dedupe.store.generation_reads import active_generation
from dedupe.store.projection import last_seq
from dedupe.store.records import LogPosition
from dedupe.store.rows import event_of, event_values, packed
from dedupe.store.schema import events

ERASING: Final = frozenset({EventKind.REVISED, EventKind.WITHDRAWN})
"""Events that take a text away, and with it every snapshot that it is in."""
_ENDING: Final = ".index"
_IDENTIFYING: Final = 100
"""So many of the newest events tell one history of a store from another."""


class IndexFile:
    """Where the snapshot of a store's index lies, and what it must fit.

    ``erasures`` grows before a text is erased: what was begun before then must not be kept.
    """

    def __init__(self, database: Path, reading: Callable[[], AbstractContextManager[Connection]]) -> None:
        self.path = path_beside(database)
        self.erasures = 0
        self._part = part_of(self.path)
        self._database = database
        self._reading = reading
        self._lock = threading.Lock()
        self._is_removal_due = False

    def tidy(self) -> None:
        """Remove what a process left that died while it wrote."""
        with suppress(OSError):
            self._part.unlink(missing_ok=True)

    def position(self, seq: int) -> LogPosition | None:
        """Return what tells the log up to an event from every other; None when it does not reach as far."""
        with self._reading() as connection:
            if not 0 < seq <= last_seq(connection):
                return None
            active = active_generation(connection, seq)
            newest = select(events).where(events.c.seq <= seq).order_by(events.c.seq.desc()).limit(_IDENTIFYING)
            digest = hashlib.blake2b(digest_size=16)
            for row in connection.execute(newest):
                digest.update(packed(event_values(event_of(row))).encode())
            return LogPosition(seq=seq, digest=digest.hexdigest(), generation=active.number if active else 0)

    def leads_on(self, seq: int) -> bool:
        """Return whether the index follows from what it was after an event and the events since."""
        severing = select(events.c.seq).where(events.c.seq > seq, events.c.kind.in_(sorted(ERASING | SWITCHING)))
        with self._reading() as connection:
            return connection.execute(severing.limit(1)).first() is None

    @contextmanager
    def writing(self) -> Iterator[BinaryIO]:
        """Give a file to write, as accessible as the store, which nobody finds before `publish`; raise OSError."""
        status = self._database.stat()
        self._part.unlink(missing_ok=True)
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            with open(os.open(self._part, flags, 0o600), "wb") as file:  # noqa: PTH123  a descriptor, not a path
                with suppress(PermissionError):
                    os.fchown(file.fileno(), status.st_uid, status.st_gid)
                os.fchmod(file.fileno(), status.st_mode & 0o777)
                yield file
        finally:
            self._part.unlink(missing_ok=True)

    def publish(self, erasures: int) -> bool:
        """Put what was written in the place of the snapshot, unless a text was erased since there were ``erasures``."""
        with self._lock, _freed_later(self.path):
            if erasures != self.erasures:
                return False
            self._part.replace(self.path)
            return True

    def settle(self) -> None:
        """See that the file is found after a power cut, too; raise OSError."""
        _sync(self.path.parent)

    def remove(self) -> None:
        """Remove the snapshot, durably, and what is being written; raise `StoreUnavailable` when it stays."""
        with self._lock:
            self.erasures += 1
            try:
                self._is_removal_due |= remove_files(self._database)
                if self._is_removal_due:
                    _sync(self.path.parent)
                    self._is_removal_due = False
            except OSError as problem:
                raise StoreUnavailable(
                    f"{self.path} cannot be removed ({problem.strerror}), and it holds what is to be erased; remove it"
                ) from problem


def path_beside(database: Path) -> Path:
    """Return where the snapshot of a store's index lies."""
    return database.with_name(database.name + _ENDING)


def part_of(path: Path) -> Path:
    """Return under which name a file is written."""
    return path.with_name(path.name + ".part")


def remove_files(database: Path) -> bool:
    """Remove the snapshot beside a database, and what was begun of one; tell whether there was any. Raises OSError."""
    found = False
    for path in (path_beside(database), part_of(path_beside(database))):
        with suppress(FileNotFoundError), _freed_later(path):
            path.unlink()
            found = True
    return found


@contextmanager
def _freed_later(path: Path) -> Iterator[None]:
    """Have a file that loses its name meanwhile freed by another thread: with gigabytes that takes its time."""
    descriptor = -1
    with suppress(OSError):
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    try:
        yield
    finally:
        if descriptor >= 0:
            threading.Thread(target=os.close, args=(descriptor,), name="freeing").start()


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
