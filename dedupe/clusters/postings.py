"""Which live articles share a term, newest first, and how much of a text they share.

A posting list is a chain of blocks with the newest article in front, so that reading stops by itself
at the first article that is too old. Each block has room for twice as many postings as the one
before it: a rare term takes little memory, and a common one is read in long runs. The first of a
block's 64-bit cells is its header (where the following block starts + 1, then 16 bits each of
room and fill), the others are postings (article, then 16 bits of weight).
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedupe.clusters.terms import Vector
from dedupe.kernel import kernel

SMALLEST: Final = 3
LARGEST: Final = 1023
LEADING: Final = 16
_FOLLOWING_SHIFT: Final = 32
_ROOM_SHIFT: Final = 16
_FIELD: Final = 0xFFFF
_WEIGHT_BITS: Final = 16

Cells = NDArray[np.int64]


class Lists(NamedTuple):
    """The cells, where in them the newest block of each term starts, and how many are filled."""

    cells: Cells
    heads: NDArray[np.int32]
    filled: int


class Reach(NamedTuple):
    """How far lists are read: not past slot ``oldest``, and of each only the newest ``cap`` articles."""

    oldest: int
    cap: int


class Postings:
    """Posting lists of all terms; where their newest blocks start stands in the vocabulary, -1 for none."""

    def __init__(self) -> None:
        self.count = 0
        self.cells: Cells = np.zeros(1 << 16, dtype=np.int64)

    def make_room(self, terms: int) -> None:
        """Make sure that an article with so many terms can be entered."""
        most = self.count + terms * (LARGEST + 1)
        if most > len(self.cells):
            grown = np.zeros(max(2 * len(self.cells), most), dtype=np.int64)
            grown[: self.count] = self.cells[: self.count]
            self.cells = grown

    def remove(self, heads: NDArray[np.int32], terms: NDArray[np.int32], slot: int) -> None:
        """Take article ``slot`` out of the list of each of its terms."""
        _strike(self.cells, heads, terms, slot)

    def cut_off(self, heads: NDArray[np.int32], slot: int) -> None:
        """Take out what was entered, or half entered, from article ``slot`` on."""
        _cut_off(self.cells, heads, slot)


@kernel
def enter(lists: Lists, vector: Vector, slot: int) -> int:
    """Enter article ``slot`` under each of its terms; return how many cells are in use now.

    Slots must come in ascending order, and `Postings.make_room` before.
    """
    cells, heads, count = lists
    for i in range(len(vector.terms)):
        term = vector.terms[i]
        block = int(heads[term])
        room = cells[block] >> _ROOM_SHIFT & _FIELD if block >= 0 else 0
        if block < 0 or cells[block] & _FIELD == room:
            room = min(max(2 * room + 1, SMALLEST), LARGEST)
            cells[count] = (block + 1) << _FOLLOWING_SHIFT | room << _ROOM_SHIFT
            block = count
            heads[term] = block
            count += 1 + room
        cells[block] += 1
        cells[block + (cells[block] & _FIELD)] = (slot << _WEIGHT_BITS) | int(vector.weights[i])
    return count


@kernel
def _strike(cells: Cells, heads: NDArray[np.int32], terms: NDArray[np.int32], slot: int) -> None:
    for term in terms:
        block = int(heads[term])
        while block >= 0:
            last = block + (cells[block] & _FIELD)
            for at in range(block + 1, last + 1):
                if cells[at] >> _WEIGHT_BITS == slot:
                    cells[at:last] = cells[at + 1 : last + 1].copy()
                    cells[last] = 0
                    cells[block] -= 1
                    break
            block = (cells[block] >> _FOLLOWING_SHIFT) - 1


@kernel
def _cut_off(cells: Cells, heads: NDArray[np.int32], slot: int) -> None:
    for head in heads:
        if head < 0:
            continue
        last = int(head) + (cells[head] >> _ROOM_SHIFT & _FIELD)
        filled = int(head) + (cells[head] & _FIELD)
        while filled > head and (cells[filled] == 0 or cells[filled] >> _WEIGHT_BITS >= slot):
            filled -= 1
        cells[head] += filled - int(head) - (cells[head] & _FIELD)
        cells[filled + 1 : last + 1] = 0


@kernel
def accumulate(
    cells: Cells,
    heads: NDArray[np.int32],
    vector: Vector,
    reach: Reach,
    dots: NDArray[np.int32],
    touched: NDArray[np.int32],
) -> int:
    """Add up the dot product with the articles within ``reach``; return how many there are.

    An article counts that shares one of the `LEADING` heaviest terms: what shares only common words
    is about something else. ``dots`` must hold zeros, and holds the products at the slots listed
    in ``touched``.
    """
    count = 0
    heaviest_first = np.argsort(-vector.weights.astype(np.int32), kind="mergesort")
    for rank in range(len(heaviest_first)):
        i = heaviest_first[rank]
        weight = int(vector.weights[i])
        block = int(heads[vector.terms[i]])
        left = reach.cap
        while block >= 0 and left > 0:
            first = block + 1 + max((cells[block] & _FIELD) - left, 0)
            for at in range(block + (cells[block] & _FIELD), first - 1, -1):
                slot = cells[at] >> _WEIGHT_BITS
                if slot < reach.oldest:
                    left = 0
                    break
                if dots[slot] == 0:
                    if rank >= LEADING:
                        continue
                    touched[count] = slot
                    count += 1
                dots[slot] += weight * (cells[at] & _FIELD)
            left -= cells[block] & _FIELD
            block = (cells[block] >> _FOLLOWING_SHIFT) - 1
    return count
