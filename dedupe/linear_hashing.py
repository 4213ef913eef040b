"""Which row of a table a key belongs to, when the table grows one row at a time (linear hashing, Litwin 1980).

With as many rows as a power of two, the row is what the lowest bits of the key say. Each row that is added
beyond that takes over those keys of one other, its parent, which have one bit more in common with it.
"""

from __future__ import annotations

import numpy as np

from dedupe.kernel import inlined


@inlined
def mask_of(rows: int) -> int:
    """Return the bits of a key that may count in a table of so many rows, one or more.

    >>> [int(mask_of(rows)) for rows in (1, 2, 3, 4, 5, 8, 9)]
    [0, 1, 3, 3, 7, 7, 15]
    """
    return _ones(rows - 1)


@inlined
def row_of(key: np.uint64, rows: int, mask: int) -> int:
    """Return the row of a key in a table of so many, whose `mask_of` is given.

    >>> [int(row_of(np.uint64(key), 6, mask_of(6))) for key in range(9)]
    [0, 1, 2, 3, 4, 5, 2, 3, 0]
    """
    row = np.int64(key & np.uint64(mask))
    return int(row if row < rows else row & (mask >> 1))


@inlined
def parent_of(row: int) -> int:
    """Return the row that stood for ``row``, not 0, before that was added.

    >>> [int(parent_of(row)) for row in range(1, 9)]
    [0, 0, 1, 0, 1, 2, 3, 0]
    """
    return row & (_ones(row) >> 1)


@inlined
def _ones(value: int) -> int:
    """Return as many ones as ``value``, not negative, has binary digits."""
    value |= value >> 1
    value |= value >> 2
    value |= value >> 4
    value |= value >> 8
    value |= value >> 16
    return value | value >> 32
