"""Duplicate groups: the copies of one text, each joined to the article it was copied from."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from dedupe.columns import Arena
from dedupe.interner import Interner
from dedupe.kernel import kernel


class Groups:
    """Which articles are copies of one text; a group that is left with one article dissolves."""

    def __init__(self) -> None:
        self._bits = Interner()
        self._sizes = Arena(np.int32)
        self._founders = Arena(np.int32)

    @property
    def founders(self) -> NDArray[np.int32]:
        """Return the slot of the first article of each group, and room behind them."""
        return self._founders.cells

    @property
    def ids(self) -> NDArray[np.uint64]:
        """Return the 64 bits of the id of each group."""
        return self._bits.keys[: self._bits.count]

    def bits(self, group: int) -> int:
        """Return the 64 bits of a group's id."""
        return int(self._bits.keys[group])

    def find(self, bits: int) -> int:
        """Return the number of a group, -1 when there never was one."""
        return self._bits.find(bits)

    def rename(self, names: Mapping[int, int]) -> None:
        """Give groups, by the 64 bits of their ids, other ids."""
        renamed = Interner()
        for bits in self._bits.keys[: self._bits.count].tolist():
            renamed.intern_one(names.get(bits, bits))
        self._bits = renamed

    def join(self, bits: int, slot: int, original: int, group_of: NDArray[np.int32]) -> None:
        """Put a copy into the group of its original, which is founded where there is none."""
        known = self._bits.count
        group = self._bits.intern_one(bits)
        if group == known:
            self._sizes.append(np.zeros(1, dtype=np.int32))
            self._founders.append(np.array([original], dtype=np.int32))
        for member in (original, slot):
            if group_of[member] < 0:
                group_of[member] = group
                self._sizes.cells[group] += 1

    def leave(self, slot: int, group_of: NDArray[np.int32]) -> None:
        """Take an article out of its group, if it has one."""
        group = int(group_of[slot])
        if group < 0:
            return
        group_of[slot] = -1
        self._sizes.cells[group] -= 1
        if self._sizes.cells[group] == 1:
            group_of[_one_of(group, group_of, int(self._founders.cells[group]))] = -1
            self._sizes.cells[group] = 0


@kernel
def _one_of(group: int, group_of: NDArray[np.int32], founder: int) -> int:
    """Return the first member of a group that has one; nearly always it came after the founder, and soon."""
    for slot in range(founder, len(group_of)):
        if group_of[slot] == group:
            return slot
    for slot in range(founder):
        if group_of[slot] == group:
            return slot
    return -1
