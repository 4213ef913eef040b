"""A file of arrays gives back what was written, and says what is wrong with any other."""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest

from dedupe.clusters.space import article_rows
from dedupe.snapshot.container import _END, MAGIC, PORTION, SYNCED_AT_ONCE, Arrays, Unreadable, opened, write

ARRAYS = [
    ("wide", np.arange(12, dtype=np.uint32).reshape(4, 3)),
    ("none", np.empty(0, dtype=np.float64)),
    ("long", np.arange(PORTION // 8 + 1_000, dtype=np.int64)),
    ("records", article_rows(3)),
]
Open = Callable[[Path], Arrays]


@pytest.fixture
def open_file() -> Iterator[Open]:
    descriptors: list[int] = []

    def open_it(path: Path) -> Arrays:
        descriptors.append(os.open(path, os.O_RDONLY))
        return opened(path, descriptors[-1])

    yield open_it
    for descriptor in descriptors:
        os.close(descriptor)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    written = tmp_path / "some.index"
    looks: list[int] = []
    with written.open("wb") as file:
        write(file, {"figure": 7}, ARRAYS, lambda: looks.append(1))
    assert len(looks) == 2 + PORTION // SYNCED_AT_ONCE + 1  # of two short arrays, and of a portion and a bit
    return written


def test_what_was_written_comes_back(path: Path, open_file: Open) -> None:
    arrays = open_file(path)
    assert arrays.table["figure"] == 7
    assert arrays.paths == {name for name, _ in ARRAYS}
    arrays.check()
    for name, array in ARRAYS:
        back = np.empty_like(array)
        assert arrays.shape(name, array) == len(array)
        arrays.read(name, back)
        assert back.tobytes() == array.tobytes()


def test_an_array_of_another_kind_is_refused(path: Path, open_file: Open) -> None:
    arrays = open_file(path)
    for like in (np.empty((1, 3), np.int32), np.empty((1, 4), np.uint32), np.empty(3, np.uint32), article_rows(1)):
        with pytest.raises(Unreadable, match="its wide is of another kind"):
            arrays.shape("wide", like)
    with pytest.raises(Unreadable, match="it has no deep"):
        arrays.shape("deep", np.empty(1))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda entries: entries[0].update(rows=5), "not where they should be"),
        (lambda entries: entries[-1].update(rows=2), "not as long as they should be"),
        (lambda entries: entries[-1].update(rows=-1), "not where they should be"),
        (lambda entries: entries[2].update(offset=16), "not where they should be"),
        (lambda entries: entries.pop(), "not as long as they should be"),
    ],
)
def test_arrays_must_fill_the_file(
    path: Path, open_file: Open, change: Callable[[Sequence[dict[str, Any]]], None], reason: str
) -> None:
    """A table that is whole, but lies, makes nobody read elsewhere or claim memory."""
    content = path.read_bytes()
    offset, length, _, _ = _END.unpack(content[-_END.size :])
    table = orjson.loads(content[offset : offset + length])
    change(table["arrays"])
    packed = orjson.dumps(table)
    path.write_bytes(content[:offset] + packed + _END.pack(offset, len(packed), zlib.crc32(packed), MAGIC))
    with pytest.raises(Unreadable, match=reason):
        open_file(path)


def test_a_file_that_shrinks_meanwhile_is_noticed(path: Path, open_file: Open) -> None:
    arrays = open_file(path)
    os.truncate(path, 40)
    with pytest.raises(Unreadable, match="it ends too early"):
        arrays.check()


def test_another_file_is_none(tmp_path: Path, open_file: Open) -> None:
    for content in (b"", b"storyfold index\n", b"x" * 4_096):
        (tmp_path / "other").write_bytes(content)
        with pytest.raises(Unreadable):
            open_file(tmp_path / "other")
