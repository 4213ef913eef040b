"""64-bit keys to dense numbers, in arrays: what a dict would do at ten times the memory.

Keys are chained from rows of a table that grows with them, a row for each (linear hashing, Litwin 1980): a new key
adds one row and parts the chain of one other, so that no key has to wait for a whole table to be laid out anew.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedupe.columns import grow, zeros_like
from dedupe.kernel import inlined, kernel
from dedupe.linear_hashing import mask_of, parent_of, row_of

_FEWEST_ROWS: Final = 1 << 12


class _Table(NamedTuple):
    """The keys by number, the next key of the same chain, and each row's first: numbers from 1, 0 for none."""

    keys: NDArray[np.uint64]
    following: NDArray[np.int32]
    heads: NDArray[np.int32]


Arrays = tuple[NDArray[np.uint64], NDArray[np.int32], NDArray[np.int32]]
"""A table as it is handed to compiled code: without its names, in a third of the time."""


class Interner:
    """Gives each distinct key the next number, from 0, and finds it again."""

    def __init__(self) -> None:
        self.count = 0
        numbers = np.zeros(_FEWEST_ROWS, np.int32)
        self._table = _Table(np.zeros(_FEWEST_ROWS, np.uint64), numbers, numbers.copy())

    @property
    def keys(self) -> NDArray[np.uint64]:
        """Return the keys by number, and room behind them."""
        return self._table.keys

    def intern(self, keys: NDArray[np.uint64]) -> NDArray[np.int32]:
        """Return the number of each key, new ones included."""
        numbers, self.count = intern_all(self.room_for(len(keys)), self.count, keys)
        return numbers

    def room_for(self, more: int) -> Arrays:
        """Make room for so many keys more; return what compiled code needs to enter them."""
        self._table = grow(self._table, self.count + more)
        return (*self._table,)

    def intern_one(self, key: int) -> int:
        """Return the number of one key, new or not."""
        number, self.count = _intern_one(self.room_for(1), self.count, np.uint64(key))
        return number

    def find(self, key: int) -> int:
        """Return the number of a key, -1 when it is not known."""
        return int(_find_one((*self._table,), self.count, np.uint64(key)))

    def find_all(self, keys: NDArray[np.uint64]) -> NDArray[np.int32]:
        """Return the number of each key, -1 for those that are not known."""
        return _find_all((*self._table,), self.count, keys)

    def rebuild(self) -> None:
        """Make the table again after the keys were put in the place of others."""
        keys = self._table.keys
        if len(keys) < _FEWEST_ROWS:
            keys = np.concatenate((keys, np.zeros(_FEWEST_ROWS - len(keys), np.uint64)))
        numbers = np.zeros(0, np.int32)
        self._table = _Table(keys, zeros_like(numbers, len(keys)), zeros_like(numbers, len(keys)))
        _chain_all((*self._table,), self.count)


@inlined
def _rows(count: int) -> int:
    """Return how many rows the table of so many keys has."""
    return max(count, _FEWEST_ROWS)


@inlined
def _row(key: np.uint64, rows: int, mask: int) -> int:
    return row_of((key * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(24), rows, mask)


@inlined
def _find(table: _Table, row: int, key: np.uint64) -> int:
    """Return the number of a key, whose row is given, -1 when it is not known."""
    number = table.heads[row] - 1
    while number >= 0 and table.keys[number] != key:
        number = table.following[number] - 1
    return int(number)


@kernel
def _find_one(arrays: Arrays, count: int, key: np.uint64) -> int:
    rows = _rows(count)
    return _find(_Table(*arrays), _row(key, rows, mask_of(rows)), key)


@kernel
def _find_all(arrays: Arrays, count: int, keys: NDArray[np.uint64]) -> NDArray[np.int32]:
    table, rows = _Table(*arrays), _rows(count)
    mask = mask_of(rows)
    numbers = np.empty(len(keys), dtype=np.int32)
    for i in range(len(keys)):
        numbers[i] = _find(table, _row(keys[i], rows, mask), keys[i])
    return numbers


@kernel
def intern_all(arrays: Arrays, count: int, keys: NDArray[np.uint64]) -> tuple[NDArray[np.int32], int]:
    """Return the number of each key, new ones included, and how many there are then of all; `room_for` comes before."""
    table, rows = _Table(*arrays), _rows(count)
    mask = mask_of(rows)
    numbers = np.empty(len(keys), dtype=np.int32)
    for i in range(len(keys)):
        number = _find(table, _row(keys[i], rows, mask), keys[i])
        if number < 0:
            number = count
            count = _enter(table, count, keys[i])
            rows = _rows(count)
            mask = mask_of(rows)
        numbers[i] = number
    return numbers, count


@kernel
def _intern_one(arrays: Arrays, count: int, key: np.uint64) -> tuple[int, int]:
    table, rows = _Table(*arrays), _rows(count)
    number = _find(table, _row(key, rows, mask_of(rows)), key)
    return (number, count) if number >= 0 else (count, _enter(table, count, key))


@kernel
def _enter(table: _Table, count: int, key: np.uint64) -> int:
    """Enter a new key; return how many there are then."""
    table.keys[count] = key
    rows = _rows(count + 1)
    mask = mask_of(rows)
    if rows > _rows(count):
        _add_row(table, count, mask)
    _chain(table, count, _row(key, rows, mask))
    return count + 1


@inlined
def _chain(table: _Table, number: int, row: int) -> None:
    table.following[number] = table.heads[row]
    table.heads[row] = number + 1


@kernel
def _add_row(table: _Table, row: int, mask: int) -> None:
    """Add a row, and chain to it what is its own of the row that stood for it."""
    parted = parent_of(row)
    number = table.heads[parted] - 1
    table.heads[parted] = 0
    while number >= 0:
        following = table.following[number] - 1
        _chain(table, number, _row(table.keys[number], row + 1, mask))
        number = following


@kernel
def _chain_all(arrays: Arrays, count: int) -> None:
    table, rows = _Table(*arrays), _rows(count)
    mask = mask_of(rows)
    for number in range(count):
        _chain(table, number, _row(table.keys[number], rows, mask))
