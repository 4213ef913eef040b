"""Arrays that grow: what the index keeps instead of one Python object an article.

A large one lies at the beginning of a wide range of addresses set aside for it, and grows where it is: nothing is
copied, and the system gives memory page by page as rows are written. Where the system grants no such range, an array
is copied into one twice as long, as small ones always are.
"""

from __future__ import annotations

import math
import mmap
import sys
from collections.abc import Callable
from typing import Any, Final, TypeVar, cast

import numpy as np
from numpy.typing import DTypeLike, NDArray

LARGE: Final = 4 << 20
"""From so many bytes on an array gets a range of addresses; to copy less takes a few milliseconds at most."""
_RANGE: Final = 1 << 36
_STEP: Final = 1 << 16
_UNCOUNTED: Final = getattr(mmap, "MAP_NORESERVE", 0x4000 if sys.platform == "linux" else 0)
"""Has Linux not count addresses as memory; Python 3.11 has no name for it."""

Columns = TypeVar("Columns", bound=tuple[Any, ...])


def new_columns(make: Callable[..., Columns], rows: int, *types: DTypeLike) -> Columns:
    """Return named columns of zeros, one of each of ``types``."""
    return make(*(np.zeros(rows, dtype=kind) for kind in types))


def grow(columns: Columns, rows: int) -> Columns:
    """Return parallel ``columns`` with room for ``rows`` rows and some more; new cells hold 0."""
    capacity = len(columns[0])
    if rows <= capacity:
        return columns
    more = _STEP if all(_room_at(array) >= capacity + _STEP for array in columns) else capacity
    extended = (_extended(array, max(rows, capacity + more)) for array in columns)
    make = cast("Callable[..., Columns]", getattr(columns, "_make", tuple))
    return make(extended)


def _extended(array: NDArray[Any], capacity: int) -> NDArray[Any]:
    if _room_at(array) >= capacity:
        return _whole(array)[:capacity]
    extended = zeros_like(array, capacity)
    extended[: len(array)] = array
    return extended


def zeros_like(array: NDArray[Any], rows: int) -> NDArray[Any]:
    """Return ``rows`` rows of zeros of the kind of those of ``array``, with addresses to grow into if they are many."""
    row = array.dtype.itemsize * math.prod(array.shape[1:])
    if rows * row >= LARGE:
        try:
            addresses = _set_aside(max(_RANGE, 2 * rows * row))
        except (AttributeError, OSError, OverflowError, ValueError):  # it counts addresses as memory, or has too few
            pass
        else:
            shape = (len(addresses) // row, *array.shape[1:])
            return np.ndarray(shape, dtype=array.dtype, buffer=addresses)[:rows]
    return np.zeros((rows, *array.shape[1:]), dtype=array.dtype)


def _set_aside(size: int) -> mmap.mmap:
    """Return a range of addresses, without memory yet."""
    addresses = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | _UNCOUNTED)
    if hasattr(mmap, "MADV_HUGEPAGE"):
        addresses.madvise(mmap.MADV_HUGEPAGE)  # what is read here and there is found quicker in large pages
    return addresses


def _room_at(array: NDArray[Any]) -> int:
    """Return up to how many rows an array may have where it lies."""
    whole = _whole(array)
    return len(whole) if isinstance(whole.base, mmap.mmap) else len(array)


def _whole(array: NDArray[Any]) -> NDArray[Any]:
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array


class Arena:
    """Slices of one growing array, appended and read back by where they start."""

    def __init__(self, dtype: DTypeLike, capacity: int = 1024) -> None:
        self.cells: NDArray[Any] = np.zeros(capacity, dtype=dtype)
        self.length = 0

    def append(self, values: NDArray[Any]) -> int:
        """Copy ``values`` to the end; return where they start."""
        start, end = self.length, self.length + len(values)
        (self.cells,) = grow((self.cells,), end)
        self.cells[start:end] = values
        self.length = end
        return start
