"""Which passages of a text another one has too, and what stands between them.

A token is covered when a shingle around it is shared. Where single words were changed all over a text, most
shingles are lost and most tokens are still covered: coverage says how much of a text was taken, containment
only how much of it was left untouched.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedupe.kernel import kernel

LONGEST_CHANGE: Final = 8
"""What differs between two shared passages is a change when it is short, another passage when it is long."""


class Text(NamedTuple):
    """What a verdict compares.

    ``windows`` are the shingles in the order of the text, ``shingles`` the same sorted, each once. ``numbered``
    tells for each token whether it has a digit, ``numbers`` are the hashes of those that have. ``time`` is NaN
    and ``source`` 0 where it is unknown.
    """

    shingles: NDArray[np.uint32]
    windows: NDArray[np.uint32]
    numbered: NDArray[np.bool_]
    numbers: NDArray[np.uint32]
    time: float
    source: int


class Passages(NamedTuple):
    """How many tokens are covered; how many changes lie between them, and how many of those hold a number."""

    covered: int
    changes: int
    numbered_changes: int


@kernel
def first_places(text: Text) -> NDArray[np.int64]:
    """Return where in the text each of its sorted shingles stands first."""
    order = np.argsort(text.windows, kind="mergesort")
    places = np.empty(len(text.shingles), np.int64)
    count = 0
    for at in order:
        if count == 0 or text.windows[at] != text.shingles[count - 1]:
            places[count] = at
            count += 1
    return places


@kernel
def shared_passages(text: Text, places: NDArray[np.int64], theirs: NDArray[np.uint32]) -> Passages:
    """Return what a text shares with the sorted shingles of another; ``places`` are its `first_places`.

    A shingle counts where it stands first only: what a text says twice it has not taken twice.
    """
    shared = _shared(text.shingles, places, theirs)
    width = len(text.numbered) - len(text.windows) + 1
    covered = changes = numbered = end = 0
    for at in range(len(shared)):
        if not shared[at]:
            continue
        if covered and 0 < at - end <= LONGEST_CHANGE:
            changes += 1
            numbered += int(np.any(text.numbered[end:at]))
        covered += at + width - max(at, end)
        end = at + width
    return Passages(covered, changes, numbered)


@kernel
def _shared(ours: NDArray[np.uint32], places: NDArray[np.int64], theirs: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """Return for each place of a text whether a shared shingle begins there."""
    shared = np.zeros(np.max(places) + 1, np.bool_)
    i, j = 0, 0
    while i < len(ours) and j < len(theirs):
        left, right = ours[i], theirs[j]
        if left == right:
            shared[places[i]] = True
        i += left <= right
        j += right <= left
    return shared
