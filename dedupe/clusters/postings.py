"""Which live articles share a term, newest first, and how much of a text they share.

A posting list is a chain of small blocks with the newest article in front, so that reading stops
by itself at the first article that is too old. A block is one cache line of eight 64-bit cells:
a header (the number of the following block + 1, then 8 bits of fill) and seven postings (article,
then 16 bits of weight).
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedupe.clusters.terms import WEIGHT_MASK, Vector
from dedupe.kernel import kernel

ROOM: Final = 7
LEADING: Final = 32
_FILL_BITS: Final = 8
_FILL_MASK: Final = 0xFF
_WEIGHT_BITS: Final = 16

Blocks = NDArray[np.int64]


class Reach(NamedTuple):
    """How far lists are read: not past slot ``oldest``, and of each only the newest ``cap`` articles."""

    oldest: int
    cap: int


class Postings:
    """Posting lists of all terms; their heads stand in the vocabulary, -1 for none."""

    def __init__(self) -> None:
        self.count = 0
        self.blocks: Blocks = np.zeros((4096, ROOM + 1), dtype=np.int64)

    def add(self, heads: NDArray[np.int32], vector: Vector, slot: int) -> None:
        """Enter article ``slot`` under each of its terms; slots must come in ascending order."""
        if self.count + len(vector.terms) > len(self.blocks):
            grown = np.zeros((2 * len(self.blocks) + len(vector.terms), ROOM + 1), dtype=np.int64)
            grown[: self.count] = self.blocks[: self.count]
            self.blocks = grown
        self.count = _enter(self.blocks, heads, vector, slot, self.count)

    def remove(self, heads: NDArray[np.int32], terms: NDArray[np.int32], slot: int) -> None:
        """Take article ``slot`` out of the list of each of its terms."""
        _strike(self.blocks, heads, terms, slot)


@kernel
def _enter(blocks: Blocks, heads: NDArray[np.int32], vector: Vector, slot: int, count: int) -> int:
    for i in range(len(vector.terms)):
        term = vector.terms[i]
        block = int(heads[term])
        if block < 0 or (blocks[block, 0] & _FILL_MASK) == ROOM:
            blocks[count, 0] = (block + 1) << _FILL_BITS
            block = count
            heads[term] = block
            count += 1
        blocks[block, 0] += 1
        blocks[block, blocks[block, 0] & _FILL_MASK] = (slot << _WEIGHT_BITS) | int(vector.weights[i])
    return count


@kernel
def _strike(blocks: Blocks, heads: NDArray[np.int32], terms: NDArray[np.int32], slot: int) -> None:
    for term in terms:
        block = int(heads[term])
        while block >= 0:
            fill = blocks[block, 0] & _FILL_MASK
            for at in range(1, fill + 1):
                if blocks[block, at] >> _WEIGHT_BITS == slot:
                    blocks[block, at:fill] = blocks[block, at + 1 : fill + 1].copy()
                    blocks[block, fill] = 0
                    blocks[block, 0] -= 1
                    break
            block = (blocks[block, 0] >> _FILL_BITS) - 1


@kernel
def accumulate(
    blocks: Blocks,
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
    heaviest_first = np.argsort(-(vector.weights & np.uint16(WEIGHT_MASK)).astype(np.int32), kind="mergesort")
    for rank in range(len(heaviest_first)):
        i = heaviest_first[rank]
        weight = int(vector.weights[i]) & WEIGHT_MASK
        block = int(heads[vector.terms[i]])
        left = reach.cap
        while block >= 0 and left > 0:
            header = blocks[block, 0]
            for at in range(header & _FILL_MASK, 0, -1):
                slot = blocks[block, at] >> _WEIGHT_BITS
                if slot < reach.oldest or left == 0:
                    left = 0
                    break
                left -= 1
                if dots[slot] == 0:
                    if rank >= LEADING:
                        continue
                    touched[count] = slot
                    count += 1
                dots[slot] += weight * (blocks[block, at] & WEIGHT_MASK)
            block = (header >> _FILL_BITS) - 1
    return count


@kernel
def clear(dots: NDArray[np.int32], touched: NDArray[np.int32]) -> None:
    """Set the products at the slots listed in ``touched`` to zero again."""
    for slot in touched:
        dots[slot] = 0
