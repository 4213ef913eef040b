from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from dedupe.errors import StoreUnavailable
from dedupe.settings import EngineSettings
from dedupe.store.integrity import damages, recorded_identity
from dedupe.store.sql import SqlStore


@pytest.fixture
def path(tmp_path: Path) -> Path:
    SqlStore.open(f"sqlite:///{tmp_path}/news.db", EngineSettings().signature_identity()).close()
    return tmp_path / "news.db"


def test_a_new_store_is_whole_and_says_how_it_was_made(path: Path) -> None:
    assert damages(f"sqlite:///{path}") == []
    assert recorded_identity(f"sqlite:///{path}") == EngineSettings().signature_identity()


def test_a_reference_to_nothing_is_damage(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT INTO identities (digest, article_pk) VALUES (x'00', 7)")
    (damage,) = damages(f"sqlite:///{path}")
    assert damage.startswith("row ")
    assert damage.endswith("of identities refers to a missing row of articles")


def test_pages_that_cannot_be_read_at_all(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-8192:] = b"\xff" * 8192
    path.write_bytes(content)
    with pytest.raises(StoreUnavailable, match="is damaged"):
        damages(f"sqlite:///{path}")


def test_a_store_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="there is no store"):
        damages(f"sqlite:///{tmp_path}/none.db")
    assert list(tmp_path.iterdir()) == []
