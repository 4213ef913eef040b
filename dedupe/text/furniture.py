"""The lines of a text as scraped, turned into which of its tokens are compared, and which line is its title.

What is compared leaves out the furniture of the page, lines that come again, the wire's dateline
and its credits.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from dedupe.kernel import kernel
from dedupe.text.body import PARAGRAPH, Short
from dedupe.text.lines import WORD, Lines

LEAST_TITLE: Final = 3 * WORD
MOST_TITLE: Final = 20 * WORD
BESIDE: Final = 3
"""A title that is there twice may stand a few lines into the text."""

_SPREAD: Final = np.uint64(0x9E3779B97F4A7C15)

Mask = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.int64]


class Repeats(NamedTuple):
    """For each line the first that has the same words, and for each first how many have."""

    firsts: Numbers
    counts: Numbers


@kernel
def keep(kept: Mask, lines: Lines, article: tuple[int, int], begin: int, end: int) -> None:
    """Mark the tokens of a text that are compared; never none.

    The ``article`` is from one line to before another; ``begin`` and ``end`` bound its tokens without dateline and
    credits.
    """
    _keep_between(kept, begin, end)
    # Where no line is a paragraph, lines are wrapped or rows of a table, and may well be equal.
    if len(lines.hashes) < 2 or np.max(lines.weights) < PARAGRAPH:
        return
    firsts = find_repeats(lines.hashes).firsts
    for line in range(article[0], article[1]):
        if firsts[line] < line:
            kept[lines.firsts[line] : lines.lasts[line]] = False
    if not np.any(kept):  # it says nothing that does not stand around it as well
        _keep_between(kept, begin, end)


@kernel
def _keep_between(kept: Mask, begin: int, end: int) -> None:
    kept[:] = begin >= end  # a text of nothing but a dateline or credits is compared as it is
    kept[begin:end] = True


@kernel
def guess_title(lines: Lines, short: Short, first: int) -> int:
    """Return the line that looks like the title of a page, -1 where none does; the article begins at ``first``.

    It stands before the first paragraph, and is there twice, or is the longest that is not too long for one.
    """
    weights = lines.weights
    if np.max(weights) < PARAGRAPH:
        return -1
    opening = 0
    for line in range(len(short) - 1, first - 1, -1):
        if not short[line]:
            opening = line
    repeats = find_repeats(lines.hashes)
    best, is_twice = -1, False
    for line in range(min(opening + BESIDE, len(short))):
        if not LEAST_TITLE <= weights[line] <= MOST_TITLE:
            continue
        twice = repeats.counts[repeats.firsts[line]] > 1
        if not twice and (is_twice or not short[line] or line >= opening):
            continue
        if best < 0 or twice > is_twice or weights[line] > weights[best]:
            best, is_twice = line, twice
    return best


@kernel
def find_repeats(hashes: npt.NDArray[np.uint64]) -> Repeats:
    """Return which lines have the same words."""
    size = 4
    while size < 2 * len(hashes):
        size *= 2
    mask = np.uint64(size - 1)
    table = np.full(size, -1, np.int64)
    firsts, counts = np.empty(len(hashes), np.int64), np.zeros(len(hashes), np.int64)
    for line in range(len(hashes)):
        place = (hashes[line] * _SPREAD >> np.uint64(32)) & mask
        while table[place] >= 0 and hashes[table[place]] != hashes[line]:
            place = (place + np.uint64(1)) & mask
        if table[place] < 0:
            table[place] = line
        firsts[line] = table[place]
        counts[table[place]] += 1
    return Repeats(firsts, counts)
