"""What can be found out about a store's file without writing to it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any, Final

import orjson

from dedupe.store.connection import check_place, database_path, reported
from dedupe.store.preparation import IDENTITY_PREFIX

_EXAMPLES: Final = 10


def damages(url: str) -> list[str]:
    """Return what is wrong with the pages, indexes and references of a store; raise `StoreUnavailable`."""
    with _reading(url) as connection:
        pages = [row[0] for row in connection.execute(f"PRAGMA integrity_check({_EXAMPLES})")]
        orphans = connection.execute("PRAGMA foreign_key_check").fetchmany(_EXAMPLES)
    missing = [f"row {row[1]} of {row[0]} refers to a missing row of {row[2]}" for row in orphans]
    return [page for page in pages if page != "ok"] + missing


def recorded_identity(url: str) -> dict[str, int | str]:
    """Return the settings that a store was made with; raise `StoreUnavailable`."""
    with _reading(url) as connection:
        rows = connection.execute("SELECT key, value FROM settings WHERE key GLOB ?", (f"{IDENTITY_PREFIX}*",))
        return {key.removeprefix(IDENTITY_PREFIX): orjson.loads(value) for key, value in rows}


def recorded_settings(url: str) -> dict[str, Any]:
    """Return the engine's settings by which a store is clustered now, none where nothing but its defaults ever was.

    Raises `StoreUnavailable`.
    """
    with _reading(url) as connection:
        there = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'generations'").fetchone()
        row = there and connection.execute(_ACTIVE).fetchone()
    return orjson.loads(row[0]) if row else {}


_ACTIVE: Final = "SELECT settings FROM generations WHERE activated_seq IS NOT NULL ORDER BY activated_seq DESC LIMIT 1"


@contextmanager
def _reading(url: str) -> Iterator[sqlite3.Connection]:
    path = database_path(url)
    check_place(path, must_exist=True)
    # mode=rw: a file left by a process that died needs its log moved in before it can be read
    with reported(path), closing(sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True)) as connection:
        connection.execute("PRAGMA query_only = ON")
        yield connection
