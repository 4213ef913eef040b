"""64-bit keys to dense numbers, in arrays: what a dict would do at ten times the memory."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from dedupe.kernel import kernel

_EMPTY: Final = -1


class Interner:
    """Gives each distinct key the next number, from 0, and finds it again."""

    def __init__(self) -> None:
        self.count = 0
        self.keys = np.zeros(1 << 12, dtype=np.uint64)
        self._slots = np.full(1 << 13, _EMPTY, dtype=np.int32)

    def intern(self, keys: NDArray[np.uint64]) -> NDArray[np.int32]:
        """Return the number of each key, new ones included."""
        self._make_room(len(keys))
        numbers = np.empty(len(keys), dtype=np.int32)
        self.count = _intern(self._slots, self.keys, self.count, keys, numbers)
        return numbers

    def intern_one(self, key: int) -> int:
        """Return the number of one key, new or not."""
        number = self.find(key)
        if number < 0:
            self._make_room(1)
            number, self.count = self.count, _enter(self._slots, self.keys, self.count, np.uint64(key))
        return number

    def find(self, key: int) -> int:
        """Return the number of a key, -1 when it is not known."""
        return int(_find(self._slots, self.keys, np.uint64(key)))

    def find_all(self, keys: NDArray[np.uint64]) -> NDArray[np.int32]:
        """Return the number of each key, -1 for those that are not known."""
        return _find_all(self._slots, self.keys, keys)

    def _make_room(self, coming: int) -> None:
        needed = self.count + coming
        if needed > len(self.keys):
            grown = np.zeros(max(needed, 2 * len(self.keys)), dtype=np.uint64)
            grown[: self.count] = self.keys[: self.count]
            self.keys = grown
        if 2 * needed > len(self._slots):
            self._fill(needed)

    def rebuild(self) -> None:
        """Make the table again after the keys were put in the place of others."""
        self._fill(self.count or 1)

    def _fill(self, needed: int) -> None:
        self._slots = np.full(1 << int(2 * needed).bit_length(), _EMPTY, dtype=np.int32)
        _refill(self._slots, self.keys, self.count)


@kernel
def _home(key: np.uint64, mask: np.uint64) -> np.uint64:
    return ((key * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(24)) & mask


@kernel
def _intern(
    slots: NDArray[np.int32],
    known: NDArray[np.uint64],
    count: int,
    keys: NDArray[np.uint64],
    numbers: NDArray[np.int32],
) -> int:
    for i in range(len(keys)):
        at = _place(slots, known, keys[i])
        if slots[at] < 0:
            slots[at] = count
            known[count] = keys[i]
            count += 1
        numbers[i] = slots[at]
    return count


@kernel
def _enter(slots: NDArray[np.int32], known: NDArray[np.uint64], count: int, key: np.uint64) -> int:
    slots[_place(slots, known, key)] = count
    known[count] = key
    return count + 1


@kernel
def _find(slots: NDArray[np.int32], known: NDArray[np.uint64], key: np.uint64) -> int:
    return int(slots[_place(slots, known, key)])


@kernel
def _find_all(slots: NDArray[np.int32], known: NDArray[np.uint64], keys: NDArray[np.uint64]) -> NDArray[np.int32]:
    numbers = np.empty(len(keys), dtype=np.int32)
    for i in range(len(keys)):
        numbers[i] = slots[_place(slots, known, keys[i])]
    return numbers


@kernel
def _place(slots: NDArray[np.int32], known: NDArray[np.uint64], key: np.uint64) -> np.uint64:
    """Return where a key stands, or where it would go."""
    mask = np.uint64(len(slots) - 1)
    at = _home(key, mask)
    while slots[at] >= 0 and known[slots[at]] != key:
        at = (at + np.uint64(1)) & mask
    return at


@kernel
def _refill(slots: NDArray[np.int32], known: NDArray[np.uint64], count: int) -> None:
    mask = np.uint64(len(slots) - 1)
    for number in range(count):
        at = _home(known[number], mask)
        while slots[at] >= 0:
            at = (at + np.uint64(1)) & mask
        slots[at] = number
