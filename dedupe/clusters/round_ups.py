"""Telling a round-up: an article that tells of several events, one after the other.

A report on one event shares words with reports on others, too, but these words stand all over its text. In
a morning briefing or a week in five stories, what is shared with each event stands in a part of its own.
Where words stand tells the two apart in any language, and whatever the model makes of the likeness.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedupe.clusters.features import Probe, probe_of
from dedupe.clusters.similarity import UNIT_SQUARED, dot, vector_of
from dedupe.clusters.space import Arrays, space_of
from dedupe.clusters.terms import Vector
from dedupe.kernel import kernel

FITS: Final = 0.15
"""An event counts when the article belongs to it with this probability: it has only a part of the text."""
FEWEST: Final = 3
"""So many events make a round-up: two are often one event told twice, or what it led to."""
CORE: Final = 0.7
"""So much of what is shared with an event, the middle of it, stands apart from what is shared with the others."""
BREADTH: Final = 3.0
"""A part shares so many words with its event at least: one or two are a name that occurs in both."""
ALIKE: Final = 0.15
"""Events whose articles are more alike than this are one."""


class Part(NamedTuple):
    """Where in a text the `CORE` of what it shares with another begins and ends; over how many words it is spread."""

    begin: int
    end: int
    breadth: float


@kernel
def parts_of(article: Arrays, first: NDArray[np.int32], slots: NDArray[np.int32], arrays: Arrays) -> NDArray[np.int64]:
    """Return those of ``slots``, by place, of which a text tells in parts of their own, in the order of the text.

    Where two overlap, the earlier slot counts. ``first`` is where each of the article's terms stands first, in the
    order of its terms; the others are a `Probe` and a `Space` without their names.
    """
    probe, space = probe_of(article), space_of(arrays)
    places = _places(probe, first)
    found, count = np.empty(len(slots), np.int64), 0
    begins, ends = np.empty(len(slots), np.int64), np.empty(len(slots), np.int64)
    for at in range(len(slots)):
        vector = vector_of(slots[at], space)
        part = _part(probe.vector, places, vector)
        is_apart = part.breadth >= BREADTH
        for k in range(count):
            likeness = dot(vector, vector_of(slots[found[k]], space)) / UNIT_SQUARED
            is_apart &= likeness < ALIKE and (part.begin > ends[k] or part.end < begins[k])
        if is_apart:
            found[count], begins[count], ends[count] = at, part.begin, part.end
            count += 1
    return found[np.argsort(begins[:count])]


@kernel
def _places(probe: Probe, first: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return where each term of the article's vector stands first."""
    order = np.argsort(probe.terms)
    return first[order[np.searchsorted(probe.terms[order], probe.vector.terms)]]


@kernel
def _part(ours: Vector, places: NDArray[np.int32], theirs: Vector) -> Part:
    """Return where the terms stand that two vectors share, each counted by what it adds to their product."""
    at, products = np.empty(len(places), np.int64), np.empty(len(places))
    i, j, count = 0, 0, 0
    while i < len(ours.terms) and j < len(theirs.terms):
        left, right = ours.terms[i], theirs.terms[j]
        if left == right:
            at[count], products[count] = places[i], float(ours.weights[i]) * float(theirs.weights[j])
            count += 1
        i += left <= right
        j += right <= left
    if count == 0:
        return Part(0, 0, 0.0)
    order = np.argsort(at[:count])
    at, products = at[order], products[order]
    so_far = np.cumsum(products)
    total = so_far[-1]
    edge = (1.0 - CORE) / 2.0 * total
    begin, end = at[np.searchsorted(so_far, edge)], at[np.searchsorted(so_far, total - edge)]
    return Part(begin, end, total * total / np.sum(products * products))
