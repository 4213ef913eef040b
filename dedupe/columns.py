"""Arrays that grow: what the index keeps instead of one Python object an article.

A large one lies at the beginning of a wide range of addresses set aside for it, and grows where it is: nothing is
copied, and the system gives memory page by page as rows are written. Where the system grants no such range, an array
is copied into one twice as long, as small ones always are.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar, cast

import numpy as np
from numpy.typing import DTypeLike, NDArray

from dedupe.addresses import Addresses, FileAddresses, set_aside

LARGE: Final = 4 << 20
"""From so many bytes on an array gets a range of addresses; to copy less takes a few milliseconds at most."""
_STEP: Final = 1 << 16

Columns = TypeVar("Columns", bound=tuple[Any, ...])


def new_columns(make: Callable[..., Columns], rows: int, *types: DTypeLike) -> Columns:
    """Return named columns of zeros, one of each of ``types``."""
    return make(*(np.zeros(rows, dtype=kind) for kind in types))


def grow(columns: Columns, rows: int, folder: Path | None = None) -> Columns:
    """Return parallel ``columns`` with room for ``rows`` rows and some more; new cells hold 0.

    What becomes large lies in a file without a name in ``folder``, if there is one, and else in memory.
    """
    capacity = len(columns[0])
    if rows <= capacity:
        return columns
    more = _STEP if all(_has_room(array, capacity + _STEP) for array in columns) else capacity
    extended = (_extended(array, max(rows, capacity + more), folder) for array in columns)
    make = cast("Callable[..., Columns]", getattr(columns, "_make", tuple))
    return make(extended)


def _extended(array: NDArray[Any], capacity: int, folder: Path | None) -> NDArray[Any]:
    if _has_room(array, capacity):
        return _whole(array)[:capacity]
    extended = zeros_like(array, capacity, folder)
    extended[: len(array)] = array
    return extended


def zeros_like(array: NDArray[Any], rows: int, folder: Path | None = None) -> NDArray[Any]:
    """Return ``rows`` rows of zeros of the kind of those of ``array``, with addresses to grow into if they are many."""
    row = _row_bytes(array)
    addresses = set_aside(rows * row, folder) if rows * row >= LARGE else None
    if addresses is None:
        return np.zeros((rows, *array.shape[1:]), dtype=array.dtype)
    shape = (len(addresses) // row, *array.shape[1:])
    return np.ndarray(shape, dtype=array.dtype, buffer=addresses)[:rows]


def _has_room(array: NDArray[Any], rows: int) -> bool:
    """Return whether an array may have so many rows where it lies."""
    addresses: object = _whole(array).base
    return isinstance(addresses, (Addresses, FileAddresses)) and addresses.has_room(rows * _row_bytes(array))


def _whole(array: NDArray[Any]) -> NDArray[Any]:
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array


def _row_bytes(array: NDArray[Any]) -> int:
    return array.dtype.itemsize * math.prod(array.shape[1:])


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
