"""Shingles that lie in a file are the same shingles, and are gone from it when their text is."""

from __future__ import annotations

import os
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from dedupe.addresses import FileAddresses
from dedupe.clusters.similarity import shingles_of
from dedupe.digest import digest
from dedupe.engine import Engine
from dedupe.replaying import replayed_index
from dedupe.snapshot.keeping import keep
from dedupe.store.memory import MemoryStore
from tests.dedupe.newsroom import Newsroom
from tests.dedupe.reindexing.archive import Archive
from tests.dedupe.test_engine import WARY


@pytest.fixture(autouse=True)
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have every array take a range of addresses, however short it is."""
    monkeypatch.setattr("dedupe.columns.LARGE", 1 << 12)


def file_of(engine: Engine) -> FileAddresses:
    with engine.held() as index:
        array: NDArray[Any] = index.clusters.space.texts.shingles
        while isinstance(array.base, np.ndarray):
            array = array.base
        assert isinstance(array.base, FileAddresses)
        return array.base


def test_an_index_beside_a_store_is_the_one_in_memory(tmp_path: Path) -> None:
    draw, archive = random.Random(3), Archive(tmp_path / "news.db", model=WARY)
    archive.take_in(60, draw)
    for _ in range(4):
        archive.restate(draw)
    archive.withdraw(sorted(archive.articles)[5])
    file_of(archive.engine)
    keep(archive.engine, lambda: False)
    archive.take_in(10, draw)

    started = Engine(archive.store, archive.engine.settings, model=archive.model)
    file_of(started)
    replayed = replayed_index(archive.store, archive.engine.settings)
    assert started.digest() == archive.engine.digest() == digest(replayed)
    archive.store.close()


def test_a_text_that_is_taken_down_leaves_the_file(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "news.db", model=WARY)
    archive.take_in(40, random.Random(1))
    article_id = sorted(archive.articles)[7]
    with archive.engine.held() as index:
        shingles = shingles_of(index.slot_of(article_id), index.clusters.space).tobytes()
    descriptor, size = file_of(archive.engine)._descriptor, 1 << 20
    assert shingles in os.pread(descriptor, size, 0)

    archive.withdraw(article_id)
    assert shingles not in os.pread(descriptor, size, 0)
    archive.store.close()


def test_an_index_without_a_place_keeps_shingles_in_memory() -> None:
    engine = Engine(MemoryStore())
    for submission in Newsroom(1).stream(40):
        engine.add(submission)
    with engine.held() as index:
        assert not isinstance(index.clusters.space.texts.shingles.base, FileAddresses)
