"""The verdict on a candidate: is it the same text, cut, topped and tailed, or lightly edited?

Containment |A ∩ B| / min(|A|, |B|) of the shingle sets (Broder 1997), because news copy is cut:
Jaccard similarity alone misses most of it. A text with the skeleton of another but other numbers,
on another day, is a template and not a copy.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedupe.clusters.features import ArticleColumns, VectorColumns, shared_count
from dedupe.kernel import kernel

SHORT: Final = 40
"""Texts of fewer tokens say too little to be cut: they are copies only when nearly all is the same."""
SHORT_JACCARD: Final = 0.75
TEMPLATE_GAP: Final = 8 * 3600.0
"""Two texts of one hour with other numbers are a correction; hours apart they are two notices."""
TEMPLATE_NUMBERS: Final = 0.5


class Text(NamedTuple):
    """What a verdict compares."""

    shingles: NDArray[np.uint32]
    numbers: NDArray[np.uint32]
    tokens: int
    time: float


class Rule(NamedTuple):
    """From which containment and length ratio on a candidate is a copy."""

    containment: float
    length_ratio: float


def containment(left: NDArray[np.uint32], right: NDArray[np.uint32]) -> float:
    """Return the share of the smaller of two sorted sets that the larger one holds; 0 when one is empty."""
    fewer = min(len(left), len(right))
    return shared_count(left, right) / fewer if fewer else 0.0


@kernel
def best_copy(
    text: Text,
    candidates: NDArray[np.int32],
    articles: ArticleColumns,
    vectors: VectorColumns,
    rule: Rule,
) -> tuple[int, float, float]:
    """Return the candidate slot that ``text`` is a copy of, its Jaccard similarity and containment; slot -1 for none.

    Of several, the one with the highest containment, the closest length and the earliest slot.
    """
    best, best_jaccard, best_containment = -1, 0.0, 0.0
    for slot in candidates:
        start = articles.shingle_start[slot]
        theirs = vectors.shingles[start : start + articles.shingle_count[slot]]
        fewer, more = min(len(theirs), len(text.shingles)), max(len(theirs), len(text.shingles))
        if fewer == 0 or fewer < rule.length_ratio * more:
            continue
        shared = shared_count(text.shingles, theirs)
        containment = shared / fewer
        jaccard = shared / (len(theirs) + len(text.shingles) - shared)
        if containment < rule.containment or containment < best_containment:
            continue
        if containment == best_containment and jaccard <= best_jaccard:
            continue
        if min(text.tokens, articles.tokens[slot]) < SHORT and jaccard < SHORT_JACCARD:
            continue
        first = articles.number_start[slot]
        if containment < 1.0 and _is_template(
            text, articles.time[slot], vectors.numbers[first : first + articles.number_count[slot]]
        ):
            continue
        best, best_jaccard, best_containment = slot, jaccard, containment
    return best, best_jaccard, best_containment


@kernel
def _is_template(text: Text, time: float, numbers: NDArray[np.uint32]) -> bool:
    fewer = min(len(numbers), len(text.numbers))
    if fewer == 0 or not abs(time - text.time) > TEMPLATE_GAP:
        return False
    return shared_count(text.numbers, numbers) < TEMPLATE_NUMBERS * fewer
