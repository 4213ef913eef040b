"""The stores that the laws are put to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from dedupe.store.memory import MemoryStore
from dedupe.store.protocol import Catalogue, Store
from dedupe.store.records import Change
from dedupe.store.sql import SqlStore

IDENTITY = {"shingle_size": 5, "scheme": "affine32"}


@dataclass
class Subject:
    """A store, its reader, and a way to close and open it again where that means something."""

    store: Store
    catalogue: Catalogue
    url: str | None = None

    def commit(self, changes: Sequence[Change]) -> None:
        self.store.commit(changes)

    def reopen(self) -> None:
        if self.url is not None:
            self.store.close()
            self.store = SqlStore.open(self.url, IDENTITY)
            self.catalogue = self.store.catalogue


@pytest.fixture(params=["memory", "sqlite"])
def subject(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Subject]:
    """An empty store of each kind."""
    if request.param == "memory":
        memory = MemoryStore()
        yield Subject(memory, memory.catalogue)
        return
    url = f"sqlite:///{tmp_path / 'store.db'}"
    store = SqlStore.open(url, IDENTITY)
    opened = Subject(store, store.catalogue, url)
    yield opened
    opened.store.close()
