"""How alike two articles are: products of sorted vectors, sizes of shared sets."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from dedupe.clusters.space import Space
from dedupe.clusters.terms import UNIT, Vector
from dedupe.kernel import kernel

UNIT_SQUARED: Final = float(UNIT) * UNIT


@kernel
def dot(left: Vector, right: Vector) -> int:
    """Return the product of two vectors, in units of `UNIT_SQUARED`."""
    i, j, product = 0, 0, 0
    while i < len(left.terms) and j < len(right.terms):
        ours, theirs = left.terms[i], right.terms[j]
        if ours == theirs:
            product += int(left.weights[i]) * int(right.weights[j])
        # Sums in place of branches, which nobody can predict here.
        i += ours <= theirs
        j += theirs <= ours
    return product


@kernel
def evidence(left: Vector, rarities: NDArray[np.float32], right: Vector) -> tuple[float, float]:
    """Return over how many terms the product of two vectors is spread, and how much of it rare terms make up.

    The first is the inverse Simpson index of their shares: one topic has a few telling words in common,
    one event many. ``rarities`` are those of the terms on the left.
    """
    i, j, total, squares, rare = 0, 0, 0.0, 0.0, 0.0
    while i < len(left.terms) and j < len(right.terms):
        ours, theirs = left.terms[i], right.terms[j]
        if ours == theirs:
            product = float(left.weights[i]) * float(right.weights[j])
            total += product
            squares += product * product
            rare += product * rarities[i]
        i += ours <= theirs
        j += theirs <= ours
    return total * total / squares if squares > 0.0 else 0.0, rare / UNIT_SQUARED


@kernel
def shared_count(left: NDArray[np.uint32], right: NDArray[np.uint32]) -> int:
    """Return how many values two sorted sets share."""
    i, j, shared = 0, 0, 0
    while i < len(left) and j < len(right):
        ours, theirs = left[i], right[j]
        shared += ours == theirs
        i += ours <= theirs
        j += theirs <= ours
    return shared


@kernel
def vector_of(slot: int, space: Space) -> Vector:
    """Return the weighted terms of an article."""
    start = space.articles.vector_start[slot]
    end = start + space.articles.vector_length[slot]
    return Vector(space.texts.terms[start:end], space.texts.weights[start:end])


@kernel
def title_of(slot: int, space: Space) -> Vector:
    """Return the weighted terms of an article's title."""
    start = space.articles.title_start[slot]
    end = start + space.articles.title_length[slot]
    return Vector(space.texts.title_terms[start:end], space.texts.title_weights[start:end])


@kernel
def shingles_of(slot: int, space: Space) -> NDArray[np.uint32]:
    """Return the sorted shingles of an article."""
    start = space.articles.shingle_start[slot]
    return space.texts.shingles[start : start + space.articles.shingle_count[slot]]


@kernel
def numbers_of(slot: int, space: Space) -> NDArray[np.uint32]:
    """Return the sorted hashes of an article's numbers."""
    start = space.articles.number_start[slot]
    return space.texts.numbers[start : start + space.articles.number_count[slot]]
