"""Wide ranges of addresses for arrays to grow in: of memory, or of a file that has no name.

A range takes what it is written to. That of a file is the system's to write out and to forget, and to read again when
somebody looks: good for what is large and seldom looked at. The file is gone with the process, whatever ends it.
"""

from __future__ import annotations

import mmap
import os
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final, Self

RANGE: Final = 1 << 36
_AHEAD: Final = 8 << 20
_UNCOUNTED: Final = getattr(mmap, "MAP_NORESERVE", 0x4000 if sys.platform == "linux" else 0)
"""Has Linux not count addresses as memory; Python 3.11 has no name for it."""


class Addresses(mmap.mmap):
    """A range of memory; raises OSError, OverflowError, ValueError or AttributeError where there can be none."""

    def __new__(cls, size: int) -> Self:
        """Set a range aside."""
        taken = super().__new__(cls, -1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | _UNCOUNTED)
        if hasattr(mmap, "MADV_HUGEPAGE"):
            taken.madvise(mmap.MADV_HUGEPAGE)  # what is read here and there is found quicker in large pages
        return taken

    def has_room(self, size: int) -> bool:
        """Return whether as many bytes can be written."""
        return size <= len(self)


class FileAddresses(mmap.mmap):
    """A range of a nameless file in a folder; raises as `Addresses` does."""

    _descriptor: int
    _ready: int

    def __new__(cls, size: int, folder: Path) -> Self:
        """Set a range aside."""
        with tempfile.TemporaryFile(dir=folder, buffering=0) as file:
            os.ftruncate(file.fileno(), size)
            taken = super().__new__(cls, file.fileno(), size, flags=mmap.MAP_SHARED)
            taken._descriptor = os.dup(file.fileno())
        taken._ready = 0
        return taken

    def has_room(self, size: int) -> bool:
        """Return whether as many bytes can be written, having taken them from the disk.

        To write what the disk has no room for would end the process.
        """
        if size > len(self):
            return False
        if size > self._ready:
            ready = min(size + _AHEAD, len(self))
            try:
                os.posix_fallocate(self._descriptor, self._ready, ready - self._ready)
            except (AttributeError, OSError):  # a system that cannot promise room, or a disk that is full
                return False
            self._ready = ready
        return True

    def __del__(self) -> None:
        """Close the file."""
        if hasattr(self, "_descriptor"):
            os.close(self._descriptor)


def set_aside(size: int, folder: Path | None) -> Addresses | FileAddresses | None:
    """Return a range with room for so many bytes, and for far more: of a file in ``folder`` if that can be.

    Return None where the system counts addresses as memory, or has too few.
    """
    wanted = max(RANGE, 2 * size)
    attempts: list[Callable[[], Addresses | FileAddresses]] = [partial(Addresses, wanted)]
    if folder is not None:
        attempts.insert(0, partial(FileAddresses, wanted, folder))
    for make in attempts:
        try:
            taken = make()
        except (AttributeError, OSError, OverflowError, ValueError):
            continue
        if taken.has_room(size):
            return taken
    return None
