"""The verdict on a candidate: the same text, cut, topped and tailed or lightly edited, or another one.

Containment is the share of the smaller set of shingles that the larger one holds (Broder 1997),
because news copy is cut: Jaccard similarity alone misses most of it. A text with the skeleton of
another but other numbers, on another day, is a template and not a copy.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedupe.clusters.similarity import numbers_of, shared_count, shingles_of
from dedupe.clusters.space import Space
from dedupe.kernel import kernel

SHORT: Final = 40
"""Texts of fewer tokens say too little to be cut: they are copies only when nearly all is the same."""
SHORT_JACCARD: Final = 0.75
TEMPLATE_GAP: Final = 8 * 3600.0
"""Two texts of one morning with other numbers are a correction; hours apart they are two notices."""
TEMPLATE_NUMBERS: Final = 0.5
RESENT_JACCARD: Final = 0.9


class Text(NamedTuple):
    """What a verdict compares."""

    shingles: NDArray[np.uint32]
    numbers: NDArray[np.uint32]
    tokens: int
    time: float


class Rule(NamedTuple):
    """From which containment and length ratio on a candidate is a copy, and how many seconds later at most.

    Beyond that only a text that is nearly the whole of the other is: an old text, sent again.
    """

    containment: float
    length_ratio: float
    window: float


def containment(left: NDArray[np.uint32], right: NDArray[np.uint32]) -> float:
    """Return the share of the smaller of two sorted sets that the larger one holds; 0 when one is empty."""
    fewer = min(len(left), len(right))
    return shared_count(left, right) / fewer if fewer else 0.0


@kernel
def best_copy(text: Text, candidates: NDArray[np.int32], space: Space, rule: Rule) -> tuple[int, float, float]:
    """Return the slot that ``text`` is a copy of, its Jaccard similarity and containment; slot -1 for none.

    Of several, the one with the highest containment, then the highest similarity, then the first.
    """
    best, best_jaccard, best_containment = -1, 0.0, 0.0
    for slot in candidates:
        jaccard, contained = _overlap(text.shingles, shingles_of(slot, space), rule.length_ratio)
        if contained < rule.containment or (contained, jaccard) <= (best_containment, best_jaccard):
            continue
        if min(text.tokens, space.articles.tokens[slot]) < SHORT and jaccard < SHORT_JACCARD:
            continue
        gap = abs(space.articles.time[slot] - text.time)
        if gap > rule.window and jaccard < RESENT_JACCARD:
            continue
        if contained < 1.0 and gap > TEMPLATE_GAP and _other_numbers(text.numbers, numbers_of(slot, space)):
            continue
        best, best_jaccard, best_containment = slot, jaccard, contained
    return best, best_jaccard, best_containment


@kernel
def _overlap(left: NDArray[np.uint32], right: NDArray[np.uint32], length_ratio: float) -> tuple[float, float]:
    """Return Jaccard similarity and containment, zeros where the lengths differ too much."""
    fewer, more = min(len(left), len(right)), max(len(left), len(right))
    if fewer == 0 or fewer < length_ratio * more:
        return 0.0, 0.0
    shared = shared_count(left, right)
    return shared / (fewer + more - shared), shared / fewer


@kernel
def _other_numbers(left: NDArray[np.uint32], right: NDArray[np.uint32]) -> bool:
    fewer = min(len(left), len(right))
    return fewer > 0 and shared_count(left, right) < TEMPLATE_NUMBERS * fewer
