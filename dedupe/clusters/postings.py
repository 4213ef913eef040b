"""Which live articles share a term, newest first, and how much of a text they share.

A posting list is a chain of blocks with the newest article in front, so that reading stops by itself
at the first article that is too old. Each block has room for twice as many postings as the one
before it: a rare term takes little memory, and a common one is read in long runs. A cell is an
article and a weight, six bytes in two arrays. The first cell of a block is its header: which block
follows, and its size and fill; the others are postings.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedupe.clusters.terms import Vector
from dedupe.columns import grow, new_columns
from dedupe.kernel import inlined, kernel

_SMALLEST_SIZE: Final = 2
_LARGEST_SIZE: Final = 10
SMALLEST: Final = (1 << _SMALLEST_SIZE) - 1
LARGEST: Final = (1 << _LARGEST_SIZE) - 1
LEADING: Final = 16
_SIZE_SHIFT: Final = 12
_FILL: Final = 0xFFF
_UNIT: Final = SMALLEST + 1
"""Blocks have 4, 8, 16 … 1,024 cells, so that they begin at multiples of 4: it is these that are numbered."""


class Cells(NamedTuple):
    """Postings (the article's slot + 1, and a weight) and, before those of each block, its header.

    A header has the number of the following block + 1, 0 for none, in the place of an article; in the place of
    a weight the binary logarithm of how many cells there are, and in the lower 12 bits how many postings.
    """

    articles: NDArray[np.int32]
    weights: NDArray[np.uint16]


class Lists(NamedTuple):
    """The cells, the number of the newest block of each term, and how many cells are filled."""

    cells: Cells
    heads: NDArray[np.int32]
    filled: int


class Reach(NamedTuple):
    """How far lists are read: not past slot ``oldest``, and of each only the newest ``cap`` articles."""

    oldest: int
    cap: int


class Postings:
    """Posting lists of all terms; the numbers of their newest blocks stand in the vocabulary, -1 for none."""

    def __init__(self) -> None:
        self.count = 0
        self.cells = new_columns(Cells, 1 << 16, np.int32, np.uint16)

    def make_room(self, terms: int) -> None:
        """Make sure that an article with so many terms can be entered."""
        self.cells = grow(self.cells, self.count + terms * (LARGEST + 1))

    def remove(self, heads: NDArray[np.int32], terms: NDArray[np.int32], slot: int) -> None:
        """Take article ``slot`` out of the list of each of its terms."""
        _strike(self.cells, heads, terms, slot)

    def cut_off(self, heads: NDArray[np.int32], slot: int) -> None:
        """Take out what was entered, or half entered, from article ``slot`` on."""
        _cut_off(self.cells, heads, slot)


@inlined
def _first(number: int) -> int:
    """Return the cell that a block begins with; less than 0 for none."""
    return int(number) * _UNIT


@inlined
def _following(cells: Cells, block: int) -> int:
    return _first(cells.articles[block] - 1)


@inlined
def _last(cells: Cells, block: int) -> int:
    """Return the last cell in use of a block."""
    return block + int(cells.weights[block] & _FILL)


@inlined
def _end(cells: Cells, block: int) -> int:
    """Return the cell behind the last of a block."""
    return block + (1 << int(cells.weights[block] >> _SIZE_SHIFT))


@kernel
def enter(lists: Lists, vector: Vector, slot: int) -> int:
    """Enter article ``slot`` under each of its terms; return how many cells are in use now.

    Slots must come in ascending order, and `Postings.make_room` before.
    """
    cells, heads, count = lists
    for i in range(len(vector.terms)):
        term = vector.terms[i]
        block = _first(heads[term])
        if block < 0 or _last(cells, block) + 1 == _end(cells, block):
            size = min((cells.weights[block] >> _SIZE_SHIFT) + 1, _LARGEST_SIZE) if block >= 0 else _SMALLEST_SIZE
            cells.articles[count], cells.weights[count] = heads[term] + 1, size << _SIZE_SHIFT
            heads[term] = count // _UNIT
            block = count
            count = _end(cells, block)
        cells.weights[block] += np.uint16(1)
        at = _last(cells, block)
        cells.articles[at], cells.weights[at] = slot + 1, vector.weights[i]
    return count


@kernel
def _strike(cells: Cells, heads: NDArray[np.int32], terms: NDArray[np.int32], slot: int) -> None:
    for term in terms:
        block = _first(heads[term])
        while block >= 0:
            last = _last(cells, block)
            for at in range(block + 1, last + 1):
                if cells.articles[at] == slot + 1:
                    _take_out(cells, at, last)
                    cells.weights[block] -= np.uint16(1)
                    break
            block = _following(cells, block)


@kernel
def _take_out(cells: Cells, at: int, last: int) -> None:
    """Take out one posting: those behind it move up, and nothing of it stays."""
    for place in range(at, last):
        cells.articles[place], cells.weights[place] = cells.articles[place + 1], cells.weights[place + 1]
    cells.articles[last] = cells.weights[last] = 0


@kernel
def _cut_off(cells: Cells, heads: NDArray[np.int32], slot: int) -> None:
    for head in heads:
        if head < 0:
            continue
        block = _first(head)
        filled, last, end = _last(cells, block), _last(cells, block), _end(cells, block)
        while filled > block and (cells.articles[filled] == 0 or cells.articles[filled] > slot):
            filled -= 1
        cells.weights[block] -= np.uint16(last - filled)
        cells.articles[filled + 1 : end] = 0
        cells.weights[filled + 1 : end] = 0


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
    in ``touched``, which has room for one more than there are slots.
    """
    count = 0
    heaviest_first = np.argsort(-vector.weights.astype(np.int32), kind="mergesort")
    for rank in range(len(heaviest_first)):
        i = heaviest_first[rank]
        weight = int(vector.weights[i])
        block = _first(heads[vector.terms[i]])
        left = reach.cap
        while block >= 0 and left > 0:
            last = _last(cells, block)
            first = max(block, last - left) + 1
            left -= last - block
            while first <= last and cells.articles[first] <= reach.oldest:
                first += 1
                left = 0
            # Sums in place of branches, which nobody can predict here.
            for at in range(last, first - 1, -1):
                slot = cells.articles[at] - 1
                is_new = dots[slot] == 0
                if rank < LEADING:
                    touched[count] = slot
                    count += is_new
                    dots[slot] += weight * int(cells.weights[at])
                else:
                    dots[slot] += weight * int(cells.weights[at]) * (not is_new)
            block = _following(cells, block)
    return count
