"""A file of arrays: each in portions with a checksum, a table of them at the end, nothing that could be run.

The file begins with `MAGIC` and ends with where the table lies, how long it is, its checksum and `MAGIC`
again. The table is JSON; arrays are little-endian, one behind the other, and fill all the room between.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np
import orjson

from dedupe.snapshot.cutting import raw
from dedupe.snapshot.walking import Array

MAGIC: Final = b"storyfold index\n"
PORTION: Final = 8 << 20
_END: Final = struct.Struct("<QQI16s")
_LARGEST_TABLE: Final = 1 << 28
_READERS: Final = 2
SYNCED_AT_ONCE: Final = 2 << 20
"""While so many bytes reach the disk, the log may have to wait."""


class Unreadable(ValueError):
    """A file that is not what it should be; says in what."""


class Arrays:
    """The arrays of an open file, once its table was found sound."""

    def __init__(self, descriptor: int, table: Mapping[str, Any]) -> None:
        self._descriptor = descriptor
        self.table = table
        self._entries: dict[str, Mapping[str, Any]] = {entry["path"]: entry for entry in table["arrays"]}

    @property
    def paths(self) -> set[str]:
        """Return what the arrays are called."""
        return set(self._entries)

    def shape(self, path: str, like: Array) -> int:
        """Return how many rows an array has; raise `Unreadable` when it is not of the kind of ``like``."""
        entry = self._entries.get(path)
        if entry is None:
            raise Unreadable(f"it has no {path}")
        if entry["kind"] != kind_of(like):
            raise Unreadable(f"its {path} is of another kind")
        return int(entry["rows"])

    def read(self, path: str, into: Array) -> None:
        """Fill an array; raise `Unreadable` when a portion is not what was written."""
        memory = raw(into).data
        self._compare(path, lambda at: memory[at : at + PORTION])

    def check(self) -> None:
        """Read everything; raise `Unreadable` when a portion is not what was written."""
        for path, entry in self._entries.items():
            self._compare(path, partial(_memory_for, _size_of(entry)))

    def _compare(self, path: str, memory_at: Callable[[int], memoryview]) -> None:
        entry = self._entries[path]
        starts = range(0, _size_of(entry), PORTION)
        with ThreadPoolExecutor(_READERS) as pool:
            found = pool.map(lambda at: self._read(memory_at(at), entry["offset"] + at), starts)
            if list(found) != entry["checksums"]:
                raise Unreadable(f"its {path} is damaged")

    def _read(self, memory: memoryview, offset: int) -> int:
        done = 0
        while done < len(memory):
            count = os.preadv(self._descriptor, [memory[done:]], offset + done)
            if count == 0:
                raise Unreadable("it ends too early")
            done += count
        return zlib.crc32(memory)


def _memory_for(size: int, at: int) -> memoryview:
    return memoryview(bytearray(min(PORTION, size - at)))


def kind_of(array: Array) -> list[Any]:
    """Return what each row of an array is, as JSON: the shape of a row, and names, types and places of its fields."""
    fields = array.dtype.fields or {"": (array.dtype, 0)}
    places = [[name, kind.newbyteorder("<").str, offset] for name, (kind, offset, *_) in fields.items()]
    return [list(array.shape[1:]), array.dtype.itemsize, places]


def write(
    file: BinaryIO, table: Mapping[str, Any], arrays: Iterable[tuple[str, Array]], check: Callable[[], None]
) -> None:
    """Write arrays, and a table that says where they are; ``check`` may raise, and is called again and again.

    At most `SYNCED_AT_ONCE` bytes are written between two calls.
    """
    file.write(MAGIC)
    entries = []
    for path, array in arrays:
        offset = file.tell()
        checksums = list(_portions_written(file, raw(array), check))
        entries.append(
            {"path": path, "kind": kind_of(array), "rows": len(array), "offset": offset, "checksums": checksums}
        )
    packed, offset = orjson.dumps({**table, "arrays": entries}), file.tell()
    file.write(packed)
    file.write(_END.pack(offset, len(packed), zlib.crc32(packed), MAGIC))
    file.flush()
    os.fsync(file.fileno())


def _portions_written(file: BinaryIO, content: Array, check: Callable[[], None]) -> Iterator[int]:
    for at in range(0, len(content), PORTION):
        portion = content[at : at + PORTION].copy()  # what is being added to may change between two looks
        for start in range(0, len(portion), SYNCED_AT_ONCE):
            _write_steadily(file, portion[start : start + SYNCED_AT_ONCE])
            check()
        yield zlib.crc32(portion.data)


def _write_steadily(file: BinaryIO, content: Array) -> None:
    """Write bytes, and to the disk a little at a time: all at once, they would hold up what others write there."""
    before = file.tell()
    file.write(content.data)
    if before // SYNCED_AT_ONCE < file.tell() // SYNCED_AT_ONCE:
        file.flush()
        os.fdatasync(file.fileno())


def opened(path: Path, descriptor: int) -> Arrays:
    """Return the arrays of an open file; raise `Unreadable` unless table and sizes fit."""
    size = os.fstat(descriptor).st_size
    end = os.pread(descriptor, _END.size, max(size - _END.size, 0))
    if size < len(MAGIC) + _END.size or os.pread(descriptor, len(MAGIC), 0) != MAGIC:
        raise Unreadable(f"{path.name} is no snapshot of an index")
    offset, length, checksum, magic = _END.unpack(end)
    if magic != MAGIC or length > _LARGEST_TABLE or offset + length + _END.size != size:
        raise Unreadable("it was not written to its end")
    packed = os.pread(descriptor, length, offset)
    if zlib.crc32(packed) != checksum:
        raise Unreadable("its table is damaged")
    table: dict[str, Any] = orjson.loads(packed)
    _check_places(table["arrays"], offset)
    return Arrays(descriptor, table)


def _check_places(entries: Iterable[Mapping[str, Any]], end: int) -> None:
    """Raise `Unreadable` unless the arrays lie one behind the other and fill the file."""
    at = len(MAGIC)
    for entry in entries:
        if entry["offset"] != at or entry["rows"] < 0:
            raise Unreadable("its arrays are not where they should be")
        at += _size_of(entry)
    if at != end:
        raise Unreadable("its arrays are not as long as they should be")


def _size_of(entry: Mapping[str, Any]) -> int:
    shape, width, _ = entry["kind"]
    return int(np.prod(shape, dtype=np.int64)) * int(entry["rows"]) * int(width)
