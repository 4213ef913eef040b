"""One writing process a store: an advisory lock on a file beside it."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from dedupe.errors import StoreUnavailable


class WriterLock:
    """Held from construction to `release`; the operating system lets go when the process dies.

    Raises `StoreUnavailable` when another process, or another store in this one, holds it.
    """

    def __init__(self, database: Path) -> None:
        path = database.with_name(database.name + ".lock")
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as problem:
            raise StoreUnavailable(f"cannot lock {database}: {problem.strerror} ({path})") from problem
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as problem:
            holder = os.pread(self._file, 20, 0).decode("ascii", "replace").strip() or "unknown"
            os.close(self._file)
            raise StoreUnavailable(
                f"{database} is already being written by process {holder}; a store has one writer at a time"
            ) from problem
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, f"{os.getpid()}\n".encode(), 0)

    def release(self) -> None:
        """Let the next writer in."""
        os.close(self._file)
