"""How a SQLite file is reached: where it lies, its pragmas, and its failures in words.

This module and `search` are the only ones that know which database is behind the tables.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.pool import QueuePool

from dedupe.errors import StoreError, StoreUnavailable

BUSY_TIMEOUT: Final = timedelta(seconds=2)
READERS: Final = 64
_KEPT_OPEN: Final = 40
"""As many as a service has threads: one that is opened for a single question takes longer than the question."""
_CHECKPOINT_PAGES: Final = 8_000
_WAL_KEPT_BYTES: Final = 64 << 20
_FULL_BELOW_BYTES: Final = 1 << 20

_WRITER_PRAGMAS: Final = (
    "journal_mode = WAL",
    "synchronous = FULL",
    "foreign_keys = ON",
    "secure_delete = ON",
    "temp_store = MEMORY",
    "cache_size = -65536",
    f"wal_autocheckpoint = {_CHECKPOINT_PAGES}",
    f"journal_size_limit = {_WAL_KEPT_BYTES}",
)
_READER_PRAGMAS: Final = ("query_only = ON", "temp_store = MEMORY", "mmap_size = 268435456")


def database_path(url: str) -> Path:
    """Return the file that a ``sqlite:///`` URL names; raise `StoreUnavailable` when it names none."""
    try:
        parsed = make_url(url)
    except ArgumentError as problem:
        raise StoreUnavailable(f"{url!r} is not a store; write it as sqlite:///./storyfold.db") from problem
    if parsed.get_backend_name() != "sqlite":
        raise StoreUnavailable(f"a store is a SQLite file so far (sqlite:///…), not {parsed.get_backend_name()}")
    if not parsed.database or parsed.database == ":memory:":
        raise StoreUnavailable(f"{url!r} names no file; write it as sqlite:///./storyfold.db")
    return Path(parsed.database).absolute()


def check_place(path: Path, *, must_exist: bool) -> None:
    """Raise `StoreUnavailable` when there can be no database file at ``path``."""
    if path.is_dir():
        raise StoreUnavailable(f"{path} is a folder; name a file in it")
    if not path.parent.is_dir():
        raise StoreUnavailable(f"the folder {path.parent} does not exist; create it first")
    if must_exist and not path.exists():
        raise StoreUnavailable(f"there is no store at {path}")


def writer_engine(path: Path) -> Engine:
    """Return the engine whose single connection writes the file, creating it when it is missing."""
    return _engine(path, "rwc", _WRITER_PRAGMAS, connections=1)


def reader_engine(path: Path) -> Engine:
    """Return the engine of connections that cannot write; the file must exist."""
    return _engine(path, "rw", _READER_PRAGMAS, connections=READERS)


def _engine(path: Path, mode: str, pragmas: tuple[str, ...], connections: int) -> Engine:
    engine = create_engine(
        "sqlite://",
        creator=lambda: _connect(path, mode),
        poolclass=QueuePool,
        pool_size=min(connections, _KEPT_OPEN),
        max_overflow=connections - min(connections, _KEPT_OPEN),
        pool_use_lifo=True,
    )

    @event.listens_for(engine, "connect")
    def configure(connection: sqlite3.Connection, _record: object) -> None:
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    return engine


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    # isolation_level=None: transactions begin where `begin` says so, never behind our back
    return sqlite3.connect(
        f"{path.as_uri()}?mode={mode}",
        uri=True,
        timeout=BUSY_TIMEOUT.total_seconds(),
        isolation_level=None,
        check_same_thread=False,
    )


def begin(connection: Connection, *, to_write: bool) -> None:
    """Begin a transaction: the write lock is taken now, or one snapshot is read from."""
    connection.exec_driver_sql("BEGIN IMMEDIATE" if to_write else "BEGIN")


def empty_log(connection: Connection, patience: timedelta) -> bool:
    """Move what is committed from the write-ahead log into the file and truncate it.

    False when readers of an older state needed the log for longer than ``patience``.
    """
    connection.exec_driver_sql(f"PRAGMA busy_timeout = {patience // timedelta(milliseconds=1)}")
    busy: int = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").scalar_one()
    connection.exec_driver_sql(f"PRAGMA busy_timeout = {BUSY_TIMEOUT // timedelta(milliseconds=1)}")
    return busy == 0


@contextmanager
def reported(path: Path) -> Iterator[None]:
    """Turn failures of the database at ``path`` into `StoreError` with a reason for people."""
    try:
        yield
    except DBAPIError as problem:
        raise store_error(path, problem.orig) from problem
    except sqlite3.Error as problem:
        raise store_error(path, problem) from problem


def store_error(path: Path, problem: BaseException | None) -> StoreError:
    """Return what went wrong at ``path``, as an operator would say it."""
    if isinstance(problem, sqlite3.IntegrityError):
        return StoreError(f"{path} refused contradictory rows: {problem}")
    name: str = getattr(problem, "sqlite_errorname", "") or ""
    for prefix, reason in _REASONS.items():
        if name.startswith(prefix):
            return StoreUnavailable(reason.format(path=path))
    if name.startswith("SQLITE_IOERR"):
        return StoreUnavailable(_io_reason(path, name))
    return StoreUnavailable(f"{path} cannot be used: {problem}")


_REASONS: Final[dict[str, str]] = {
    "SQLITE_FULL": "the disk that holds {path} is full",
    "SQLITE_BUSY": "{path} is locked by another process",
    "SQLITE_LOCKED": "{path} is locked by another process",
    "SQLITE_READONLY": "{path} is read-only",
    "SQLITE_PERM": "{path} may not be accessed by this user",
    "SQLITE_CANTOPEN": "{path} cannot be opened; does this user have the right to?",
    "SQLITE_NOTADB": "{path} is not a SQLite database",
    "SQLITE_CORRUPT": "{path} is damaged; restore a backup",
}


def _io_reason(path: Path, name: str) -> str:
    if shutil.disk_usage(path.parent).free < _FULL_BELOW_BYTES:
        return f"the disk that holds {path} is full"
    return f"the disk that holds {path} reports an error ({name})"
