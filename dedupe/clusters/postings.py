"""Which live articles share a term, newest first, and how much of a text they share.

A posting list is a chain of small blocks with the newest article in front, so that reading stops
by itself at the first article that is too old, and nothing ever has to be deleted in the middle.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedupe.clusters.terms import WEIGHT_MASK, Vector
from dedupe.columns import grow
from dedupe.kernel import kernel

BLOCK: Final = 6


class PostingColumns(NamedTuple):
    """One row a block."""

    articles: NDArray[np.int32]
    weights: NDArray[np.uint16]
    fill: NDArray[np.uint8]
    following: NDArray[np.int32]


class Reach(NamedTuple):
    """How far lists are read: not past slot ``oldest``, and of each only the newest ``cap`` articles."""

    oldest: int
    cap: int


class Postings:
    """Posting lists of all terms; their heads stand in the vocabulary."""

    def __init__(self) -> None:
        self.count = 0
        self.blocks = PostingColumns(
            articles=np.zeros((4096, BLOCK), dtype=np.int32),
            weights=np.zeros((4096, BLOCK), dtype=np.uint16),
            fill=np.zeros(4096, dtype=np.uint8),
            following=np.zeros(4096, dtype=np.int32),
        )

    def add(self, heads: NDArray[np.int32], vector: Vector, slot: int) -> None:
        """Enter article ``slot`` under each of its terms."""
        self.blocks = grow(self.blocks, self.count + len(vector.terms))
        self.count = _enter(self.blocks, heads, vector, slot, self.count)

    def remove(self, heads: NDArray[np.int32], terms: NDArray[np.int32], slot: int) -> None:
        """Take article ``slot`` out of the list of each of its terms."""
        _strike(self.blocks, heads, terms, slot)


@kernel
def _strike(blocks: PostingColumns, heads: NDArray[np.int32], terms: NDArray[np.int32], slot: int) -> None:
    for term in terms:
        block = heads[term]
        while block >= 0:
            fill = blocks.fill[block]
            for at in range(fill):
                if blocks.articles[block, at] == slot:
                    blocks.articles[block, at : fill - 1] = blocks.articles[block, at + 1 : fill].copy()
                    blocks.weights[block, at : fill - 1] = blocks.weights[block, at + 1 : fill].copy()
                    blocks.fill[block] = fill - 1
                    break
            block = blocks.following[block]


@kernel
def _enter(
    blocks: PostingColumns,
    heads: NDArray[np.int32],
    vector: Vector,
    slot: int,
    count: int,
) -> int:
    for i in range(len(vector.terms)):
        term = vector.terms[i]
        block = heads[term]
        if block < 0 or blocks.fill[block] == BLOCK:
            blocks.following[count] = block
            blocks.fill[count] = 0
            heads[term] = block = count
            count += 1
        at = blocks.fill[block]
        blocks.articles[block, at] = slot
        blocks.weights[block, at] = vector.weights[i]
        blocks.fill[block] = at + 1
    return count


@kernel
def accumulate(
    blocks: PostingColumns,
    heads: NDArray[np.int32],
    vector: Vector,
    reach: Reach,
    dots: NDArray[np.int32],
    touched: NDArray[np.int32],
) -> int:
    """Add up the dot product with every article within ``reach``; return how many share a term.

    ``dots`` must hold zeros, and holds the products at the slots listed in ``touched``.
    """
    count = 0
    for i in range(len(vector.terms)):
        weight = np.int32(vector.weights[i] & WEIGHT_MASK)
        block = heads[vector.terms[i]]
        read = 0
        while block >= 0 and read < reach.cap:
            for at in range(int(blocks.fill[block]) - 1, -1, -1):
                slot = blocks.articles[block, at]
                if slot < reach.oldest or read == reach.cap:
                    read = reach.cap
                    break
                read += 1
                if dots[slot] == 0:
                    touched[count] = slot
                    count += 1
                dots[slot] += weight * np.int32(blocks.weights[block, at] & WEIGHT_MASK)
            block = blocks.following[block]
    return count
