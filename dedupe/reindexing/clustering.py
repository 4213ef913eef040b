"""A clustering as arrays, and two of them side by side: which articles of which cluster are now in which."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedupe.index import Index


class Clustering(NamedTuple):
    """The live articles of an index in the order of their ids, and the number of each one's cluster and group.

    ``originals`` are the bits of the article that each is a copy of, 0 for none, its own for a round-up.
    """

    bits: NDArray[np.uint64]
    slots: NDArray[np.int64]
    clusters: NDArray[np.int32]
    groups: NDArray[np.int32]
    originals: NDArray[np.uint64]

    @classmethod
    def of(cls, index: Index) -> Clustering:
        """Return the present clustering of an index, in arrays of its own."""
        columns = index.clusters
        membership = columns.space.membership[: columns.slots]
        live = np.flatnonzero(membership >= 0)
        live = live[np.argsort(columns.articles.bits[live], kind="stable")]
        groups = columns.articles.group[live]
        originals = columns.articles.original[live]
        is_round_up = originals == live
        has_original = is_round_up | (groups >= 0) & (originals >= 0)
        return cls(
            bits=columns.articles.bits[live],
            slots=live,
            clusters=survivors_of(index)[membership[live]],
            groups=groups,
            originals=np.where(has_original, columns.articles.bits[np.maximum(originals, 0)], np.uint64(0)),
        )


@dataclass(frozen=True, slots=True)
class Side:
    """An index and its clustering at one moment."""

    index: Index
    clustering: Clustering

    @classmethod
    def of(cls, index: Index) -> Side:
        """Return an index with its present clustering."""
        return cls(index, Clustering.of(index))

    def without(self, left_out: NDArray[np.uint64]) -> Side:
        """Return the same without the articles whose ids have these bits."""
        bits, slots, clusters, groups, originals = self.clustering
        kept = ~np.isin(bits, left_out)
        rest = Clustering(bits[kept], slots[kept], clusters[kept], groups[kept], originals[kept])
        return Side(self.index, rest)


class Overlap(NamedTuple):
    """How many articles of a ``left`` cluster are in a ``right`` one: a row for each pair that shares any."""

    left: NDArray[np.int64]
    right: NDArray[np.int64]
    counts: NDArray[np.int64]

    @classmethod
    def between(cls, left: NDArray[np.int32], right: NDArray[np.int32]) -> Overlap:
        """Return the overlap of two labellings of the same articles; -1 is no label."""
        both = (left >= 0) & (right >= 0)
        keys = left[both].astype(np.int64) << 32 | right[both].astype(np.int64)
        pairs, counts = np.unique(keys, return_counts=True)
        return cls(pairs >> 32, pairs & 0xFFFFFFFF, counts.astype(np.int64))

    def largest(self, *, of_right: bool = False) -> dict[int, tuple[int, int]]:
        """Return, for each left label, the right one that holds most of it, the lowest among equals, and how much."""
        mine, other = (self.right, self.left) if of_right else (self.left, self.right)
        order = np.lexsort((other, -self.counts, mine))
        mine, other, counts = mine[order], other[order], self.counts[order]
        first = np.flatnonzero(np.diff(mine, prepend=-1))
        rows = zip(mine[first].tolist(), other[first].tolist(), counts[first].tolist(), strict=True)
        return {label: (largest, count) for label, largest, count in rows}


def survivors(merged: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return, for each cluster, the one that it was merged into in the end; itself where it was not.

    >>> survivors(np.array([-1, 0, 1, -1], dtype=np.int32)).tolist()
    [0, 0, 0, 3]
    """
    target = np.where(merged >= 0, merged, np.arange(len(merged), dtype=np.int32)).astype(np.int32)
    while not np.array_equal(following := target[target], target):
        target = following
    return target


def ids_of(index: Index) -> NDArray[np.uint64]:
    """Return the bits of the id of each cluster, by number."""
    return index.clusters.clusters.bits[: index.clusters.count]


def survivors_of(index: Index) -> NDArray[np.int32]:
    """Return, for each cluster of an index, the one that it was merged into in the end."""
    return survivors(index.clusters.clusters.merged[: index.clusters.count])


def aligned(left: Clustering, right: Clustering) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the rows of the articles that are in both, of the left and of the right clustering."""
    if not len(right.bits):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    at = np.minimum(np.searchsorted(right.bits, left.bits), len(right.bits) - 1)
    found = right.bits[at] == left.bits
    return np.flatnonzero(found), at[found]
