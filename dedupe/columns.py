"""Arrays that grow: what the index keeps instead of one Python object an article."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import DTypeLike, NDArray

Columns = TypeVar("Columns", bound=tuple[Any, ...])


def new_columns(make: Callable[..., Columns], rows: int, *types: DTypeLike) -> Columns:
    """Return named columns of zeros, one of each of ``types``."""
    return make(*(np.zeros(rows, dtype=kind) for kind in types))


def grow(columns: Columns, rows: int) -> Columns:
    """Return parallel ``columns`` with room for ``rows`` rows, doubled when they are full; new cells hold 0."""
    capacity = len(columns[0])
    if rows <= capacity:
        return columns
    capacity = max(rows, 2 * capacity)
    extended = (_extended(array, capacity) for array in columns)
    make = cast("Callable[..., Columns]", getattr(columns, "_make", tuple))
    return make(extended)


def _extended(array: NDArray[Any], capacity: int) -> NDArray[Any]:
    extended = np.zeros((capacity, *array.shape[1:]), dtype=array.dtype)
    extended[: len(array)] = array
    return extended


class Arena:
    """Slices of one growing array, appended and read back by where they start."""

    def __init__(self, dtype: DTypeLike, capacity: int = 1024) -> None:
        self.cells: NDArray[Any] = np.zeros(capacity, dtype=dtype)
        self.length = 0

    def append(self, values: NDArray[Any]) -> int:
        """Copy ``values`` to the end; return where they start."""
        start, end = self.length, self.length + len(values)
        if end > len(self.cells):
            self.cells = _extended(self.cells, max(end, 2 * len(self.cells)))
        self.cells[start:end] = values
        self.length = end
        return start
