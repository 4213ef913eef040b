"""Whether articles hold together as one event: they are not much less alike across two halves than within each.

Halves are those of average linkage (Sokal & Michener 1958): the two groups that are most alike, by the mean
similarity of their pairs, become one until two are left. How alike articles of one event are depends on how long
they are and on how much is said of it, so that what is alike across is held against what is alike within.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from dedupe.clusters.search import newest_members
from dedupe.clusters.similarity import dot, vector_of
from dedupe.clusters.space import Arrays, Space, space_of
from dedupe.kernel import kernel

ACROSS: Final = 0.2
"""Articles of one event are at least so alike across two halves of it, as a share of what they are within."""
FEWEST: Final = 2
"""One article alone is alike to nothing within: it says nothing of the kind."""
MOST: Final = 64
COMPARED: Final = 32
"""So many of the newest of each cluster are compared before two merge."""


@kernel
def smaller_half(cluster: int, arrays: Arrays) -> NDArray[np.int32]:
    """Return the smaller half of a cluster that falls apart, newest first; none of one that holds together.

    It must hold no more than `MOST` articles.
    """
    members = newest_members(cluster, MOST, arrays)
    if len(members) < 2 * FEWEST:
        return members[:0]
    products = _products(members, space_of(arrays))
    is_other = _halved(products.copy())
    others, rest = members[is_other], members[~is_other]
    half: NDArray[np.int32] = others if len(others) <= len(rest) else rest
    falls_apart = len(half) >= FEWEST and not _are_alike(products, is_other)
    return half if falls_apart else half[:0]


@kernel
def hold_together(one: int, other: int, arrays: Arrays) -> bool:
    """Return whether the newest members of two clusters are alike across them."""
    ours, theirs = newest_members(one, COMPARED, arrays), newest_members(other, COMPARED, arrays)
    if min(len(ours), len(theirs)) < FEWEST:
        return True
    products = _products(np.concatenate((ours, theirs)), space_of(arrays))
    return _are_alike(products, np.arange(len(products)) >= len(ours))


@kernel
def _are_alike(products: NDArray[np.float64], is_other: NDArray[np.bool_]) -> bool:
    """Return whether two groups of at least `FEWEST` articles are alike across them."""
    sums, pairs = np.zeros(3), np.zeros(3)  # of the one, across, of the other
    for i in range(len(products)):
        for j in range(i):
            where = int(is_other[i]) + int(is_other[j])
            sums[where] += products[i, j]
            pairs[where] += 1
    means = sums / pairs
    return bool(means[1] >= ACROSS * np.sqrt(means[0] * means[2]))


@kernel
def _products(members: NDArray[np.int32], space: Space) -> NDArray[np.float64]:
    """Return how similar each article is to each other: whole numbers, so that no order of adding them matters."""
    products = np.zeros((len(members), len(members)), np.float64)
    for i in range(len(members)):
        for j in range(i):
            products[i, j] = products[j, i] = dot(vector_of(members[i], space), vector_of(members[j], space))
    return products


@kernel
def _halved(products: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which articles are not in the half of the first, by average linkage; ``products`` is used up."""
    count = len(products)
    half, sizes = np.arange(count), np.ones(count)
    for _ in range(count - 2):
        left, right, most = 0, 0, -1.0
        for i in range(count):
            for j in range(i):
                if sizes[i] > 0 and sizes[j] > 0 and products[i, j] > most * sizes[i] * sizes[j]:
                    left, right, most = j, i, products[i, j] / (sizes[i] * sizes[j])
        products[left] += products[right]
        products[:, left] += products[:, right]
        sizes[left], sizes[right] = sizes[left] + sizes[right], 0.0
        half[half == right] = left
    is_other: NDArray[np.bool_] = half != half[0]
    return is_other
