"""Arrays that grow: what the index keeps instead of one Python object an article."""

from __future__ import annotations

from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import DTypeLike, NDArray


class _NamedColumns(Protocol):
    def _asdict(self) -> dict[str, Any]: ...
    def _replace(self, **columns: Any) -> Any: ...


Columns = TypeVar("Columns", bound=_NamedColumns)


def grow(columns: Columns, rows: int, fill: dict[str, int] | None = None) -> Columns:
    """Return parallel ``columns`` with room for ``rows`` rows, doubled when they are full; new cells hold 0.

    ``fill`` names the columns whose new cells hold something else.
    """
    arrays = columns._asdict()
    capacity = min(len(array) for array in arrays.values())
    if rows <= capacity:
        return columns
    capacity = max(rows, 2 * capacity)
    grown: Columns = columns._replace(
        **{name: _extended(array, capacity, (fill or {}).get(name, 0)) for name, array in arrays.items()}
    )
    return grown


def _extended(array: NDArray[Any], capacity: int, fill: int) -> NDArray[Any]:
    extended = np.full((capacity, *array.shape[1:]), fill, dtype=array.dtype)
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
            self.cells = _extended(self.cells, max(end, 2 * len(self.cells)), 0)
        self.cells[start:end] = values
        self.length = end
        return start
