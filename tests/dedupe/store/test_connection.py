"""Connections that read stay open for the next question."""

from __future__ import annotations

import sqlite3
from contextlib import ExitStack, closing
from pathlib import Path

from sqlalchemy import event

from dedupe.store.connection import READERS, reader_engine

THREADS = 40


def test_as_many_readers_as_there_are_threads_connect_once(tmp_path: Path) -> None:
    path = tmp_path / "news.db"
    with closing(sqlite3.connect(path)) as made:
        made.execute("CREATE TABLE words (word)")
    engine, opened = reader_engine(path), []
    event.listen(engine, "connect", lambda *_: opened.append(1))
    for together in (THREADS, THREADS, READERS):
        with ExitStack() as readers:
            for _ in range(together):
                readers.enter_context(engine.connect()).exec_driver_sql("SELECT * FROM words")
        assert len(opened) == together
    engine.dispose()
