"""A consistent copy of a store while it is being written, and back again."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from dedupe.errors import StoreError, StoreMismatch, StoreUnavailable
from dedupe.store.connection import check_place, database_path, reported
from dedupe.store.index_file import path_beside, remove_files
from dedupe.store.lock import WriterLock

_PAGES_A_STEP: Final = 4_096

Progress = Callable[[int, int], None]
"""Told how many pages of how many are copied."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """A verified copy."""

    path: Path
    size_bytes: int
    last_seq: int


def backup(url: str, target: Path, *, force: bool = False, progress: Progress | None = None) -> Copied:
    """Copy the store that ``url`` names, as it is at this moment, to the file ``target``.

    A server may go on writing meanwhile. The copy is verified before it appears under its name.
    Raises `StoreError` when ``target`` is there already and ``force`` is not given, `StoreMismatch`
    when ``url`` names some other database.
    """
    path, target = database_path(url), target.absolute()
    check_place(path, must_exist=True)
    check_place(target, must_exist=False)
    if target.exists() and target.samefile(path):
        raise StoreError(f"{target} is the store itself; name another file")
    if target.exists() and not force:
        raise StoreError(f"{target} is there already; choose another name, or force")
    copied = _copy(path, target, progress)
    # The store's folder may be one that whoever backs up cannot write to: the backup is good all the same.
    with suppress(OSError):
        _note_of(path).touch()
    return copied


def backed_up_at(path: Path) -> datetime | None:
    """Return when the store in a file was last backed up, None when that is not known."""
    try:
        return datetime.fromtimestamp(_note_of(path).stat().st_mtime, UTC)
    except OSError:
        return None


def _note_of(path: Path) -> Path:
    """Return the empty file beside a store that is as old as its last backup."""
    return path.with_name(f"{path.name}.backed-up")


def restore(source: Path, url: str, *, force: bool = False, progress: Progress | None = None) -> Copied:
    """Put the backup ``source`` in the place of the store that ``url`` names, which no server may have open.

    Raises `StoreError` when that store holds anything and ``force`` is not given.
    """
    source, path = source.absolute(), database_path(url)
    check_place(source, must_exist=True)
    check_place(path, must_exist=False)
    if path.exists() and source.samefile(path):
        raise StoreError(f"{source} is the store itself; name its backup")
    lock = WriterLock(path)
    try:
        if path.exists() and path.stat().st_size > 0:
            _make_way(path, force=force)
        _forget_index(path)
        return _copy(source, path, progress)
    finally:
        lock.release()


def _make_way(path: Path, *, force: bool) -> None:
    """See that what is at ``path`` may be overwritten, and settle its write-ahead log.

    A log left beside the file would be taken for the new file's own.
    """
    try:
        with reported(path), closing(_connect(path, "rw")) as connection:
            held = _last_seq(connection, path)
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except (StoreMismatch, StoreUnavailable) as problem:
        if not force:
            raise StoreError(f"{path} is not an empty store ({problem}); move it away, or force") from problem
        held = 0
    if held and not force:
        raise StoreError(f"{path} holds {held} events; move it away, or force")
    for ending in ("-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)


def _forget_index(path: Path) -> None:
    """Remove the snapshot of what was there: it would not fit, and might hold what the backup does not."""
    try:
        remove_files(path)
    except OSError as problem:
        raise StoreUnavailable(f"cannot remove {path_beside(path)}: {problem.strerror}; remove it") from problem


def _copy(source: Path, target: Path, progress: Progress | None) -> Copied:
    with _appearing(target) as part, reported(source), closing(_connect(source, "ro")) as origin:
        origin.execute("BEGIN")  # one snapshot for the whole copy, however much is written meanwhile
        expected = _last_seq(origin, source)
        with reported(target), closing(_connect(part, "rwc")) as copy:
            origin.backup(copy, pages=_PAGES_A_STEP, progress=_told(progress), sleep=0)
            _verify(copy, part, expected)
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, with nothing beside it to forget
    return Copied(path=target, size_bytes=target.stat().st_size, last_seq=expected)


def _told(progress: Progress | None) -> Callable[[int, int, int], None] | None:
    if progress is None:
        return None
    return lambda _status, remaining, total: progress(total - remaining, total)


@contextmanager
def _appearing(target: Path) -> Iterator[Path]:
    """Give a file to fill, which takes the name ``target`` at once and durably, or not at all."""
    part = target.with_name(f"{target.name}.part")
    try:
        part.unlink(missing_ok=True)
        yield part
        _sync(part)
        part.replace(target)
        _sync(target.parent)
    except OSError as problem:
        raise StoreUnavailable(f"cannot write {target}: {problem.strerror}") from problem
    finally:
        for ending in ("", "-journal", "-wal", "-shm"):
            with suppress(OSError):
                part.with_name(part.name + ending).unlink(missing_ok=True)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.as_uri()}?mode={mode}", uri=True, isolation_level=None)


def _last_seq(connection: sqlite3.Connection, path: Path) -> int:
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not {"alembic_version", "events"} <= tables:
        raise StoreMismatch(f"{path} is a database, but not a Storyfold store")
    (seq,) = connection.execute("SELECT coalesce(max(seq), 0) FROM events").fetchone()
    return int(seq)


def _verify(copy: sqlite3.Connection, path: Path, expected: int) -> None:
    (verdict,) = copy.execute("PRAGMA integrity_check(1)").fetchone()
    if verdict != "ok":
        raise StoreError(f"the copy does not hold together ({verdict}); the store may be damaged")
    if (found := _last_seq(copy, path)) != expected:
        raise StoreError(f"the copy ends at event {found}, the store at {expected}")
