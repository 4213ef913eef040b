"""The verdict on a candidate: the same text, cut, topped and tailed or lightly edited, or another one.

What decides is coverage: how much of the shorter text stands in the longer one. News copy is cut, so that
Jaccard similarity misses most of it; and it is edited word by word, so that containment, the share of the
shingles (Broder 1997), misses some. A text with the skeleton of another, days apart, is a template.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedupe.clusters.similarity import numbers_of, shared_count, shingles_of
from dedupe.clusters.space import Arrays, Space, space_of
from dedupe.duplicates.passages import Passages, Text, first_places, shared_passages
from dedupe.kernel import kernel

WORTH_A_LOOK: Final = 0.25
"""Passages are only looked for in texts with this containment: four fifths of the shingles may be lost to edits."""
SHORT: Final = 40
"""Texts of fewer tokens say too little to be cut: they are copies only when nearly all is the same."""
SHORT_JACCARD: Final = 0.75
EXCERPT_RATIO: Final = 0.4
"""A text this much shorter than the other is an excerpt."""
DAYS_APART: Final = 36 * 3600.0
"""Wire copy runs the same day or the next; what is much the same later is a template, or was sent again."""
SAME_AGAIN: Final = 0.95
"""A source that sends a text again sends this much of it; with less it fills its template anew."""
TEMPLATE_CHANGES: Final = 0.15
"""An editor changes words, a template numbers: from this share of all changes on."""
RESENT_JACCARD: Final = 0.9


class Rule(NamedTuple):
    """From which coverage and length ratio on a candidate is a copy, and how many seconds later at most.

    Beyond that only a text that is nearly the whole of the other is: an old text, sent again.
    """

    coverage: float
    length_ratio: float
    window: float


class Copy(NamedTuple):
    """The slot a text was copied from, -1 for none, and how much of it.

    Similarity and containment are those of the shingles, coverage counts the tokens of the shorter text.
    """

    slot: int
    jaccard: float
    containment: float
    coverage: float
    is_excerpt: bool

    @property
    def kind(self) -> str:
        """Return what sort of duplicate it is: a copy, or one of the two is a part of the other."""
        return "excerpt" if self.is_excerpt else "copy"


NO_COPY: Final = Copy(-1, 0.0, 0.0, 0.0, is_excerpt=False)


def containment(left: NDArray[np.uint32], right: NDArray[np.uint32]) -> float:
    """Return the share of the smaller of two sorted sets that the larger one holds; 0 when one is empty."""
    fewer = min(len(left), len(right))
    return shared_count(left, right) / fewer if fewer else 0.0


def best_copy(text: Text, candidates: NDArray[np.int32], founders: NDArray[np.int32], space: Space, rule: Rule) -> Copy:
    """Return what ``text`` is a copy of: of several, the most similar, then the first.

    ``founders`` are the first articles of the duplicate groups. Who copies a member must hold against the
    founder too: else a group would wander from one text to another, edit by edit.
    """
    return Copy(*_best_copy((*text,), candidates, founders, space.arrays, (*rule,)))


@kernel
def _best_copy(
    plain: Arrays, candidates: NDArray[np.int32], founders: NDArray[np.int32], arrays: Arrays, limits: Arrays
) -> tuple[int, float, float, float, bool]:
    text, space, rule = Text(*plain), space_of(arrays), Rule(*limits)
    best = NO_COPY
    places = np.empty(0, np.int64)
    for slot in candidates.astype(np.int64):
        theirs = shingles_of(slot, space)
        jaccard, contained = _overlap(text.shingles, theirs, rule.length_ratio)
        if contained < WORTH_A_LOOK or (jaccard, -slot) <= (best.jaccard, -best.slot):
            continue
        if len(places) == 0:
            places = first_places(text)
        passages = shared_passages(text, places, theirs)
        coverage = _coverage(passages, text, theirs)
        if coverage < rule.coverage or _is_another(text, slot, jaccard, passages, space, rule):
            continue
        group = space.articles.group[slot]
        if group >= 0 and not _holds(text, places, founders[group], space, rule):
            continue
        is_excerpt = min(len(text.shingles), len(theirs)) < EXCERPT_RATIO * max(len(text.shingles), len(theirs))
        best = Copy(slot, jaccard, contained, coverage, is_excerpt)
    return best.slot, best.jaccard, best.containment, best.coverage, best.is_excerpt


@kernel
def _overlap(left: NDArray[np.uint32], right: NDArray[np.uint32], length_ratio: float) -> tuple[float, float]:
    """Return Jaccard similarity and containment, zeros where the lengths differ too much."""
    fewer, more = min(len(left), len(right)), max(len(left), len(right))
    if fewer == 0 or fewer < length_ratio * more:
        return 0.0, 0.0
    shared = shared_count(left, right)
    return shared / (fewer + more - shared), shared / fewer


@kernel
def _coverage(passages: Passages, text: Text, theirs: NDArray[np.uint32]) -> float:
    """Return how much of the shorter of two texts is covered."""
    return float(min(1.0, passages.covered / min(_said(text, text.shingles), _said(text, theirs))))


@kernel
def _said(text: Text, shingles: NDArray[np.uint32]) -> int:
    """Return how many tokens these shingles span, not counting what is said again."""
    return len(shingles) + len(text.numbered) - len(text.windows)


@kernel
def _is_another(text: Text, slot: int, jaccard: float, passages: Passages, space: Space, rule: Rule) -> bool:
    """Return whether a text that is covered is still no copy: too short to tell, too late, or a template."""
    gap = abs(space.articles.time[slot] - text.time)  # NaN, where a date is missing, is more than nothing
    if min(len(text.numbered), space.articles.tokens[slot]) < SHORT:
        return jaccard < SHORT_JACCARD or gap > DAYS_APART
    if gap > rule.window and jaccard < RESENT_JACCARD:
        return True
    return gap > DAYS_APART and _is_template(text, slot, passages, space)


@kernel
def _is_template(text: Text, slot: int, passages: Passages, space: Space) -> bool:
    """Return whether two texts, days apart, are one skeleton, filled twice."""
    longer = max(_said(text, text.shingles), _said(text, shingles_of(slot, space)))
    if text.source != 0 and text.source == space.articles.source[slot]:
        return passages.covered < SAME_AGAIN * longer or not _same(text.numbers, numbers_of(slot, space))
    return passages.numbered_changes > TEMPLATE_CHANGES * passages.changes


@kernel
def _same(left: NDArray[np.uint32], right: NDArray[np.uint32]) -> bool:
    return len(left) == len(right) and shared_count(left, right) == len(left)


@kernel
def _holds(text: Text, places: NDArray[np.int64], founder: int, space: Space, rule: Rule) -> bool:
    """Return whether a text is covered by the first of a group as well, if that is still there."""
    theirs = shingles_of(founder, space)
    if len(theirs) == 0:
        return True
    return _coverage(shared_passages(text, places, theirs), text, theirs) >= rule.coverage
