"""The lines of a scraped page, turned into the stretch that is the article.

Told from shape alone, in any language: menus, dates and lists of other headlines are runs of short
lines without an end of sentence. Every line scores its weight, a short unfinished one less a
penalty; the article lies between the lowest point of the running total near the beginning and the
highest point after that (maximum subsequence segmentation, Pasternack and Roth 2009, on the
shallow features of Kohlschütter et al. 2010). A beginning or end is only cut off where several
such lines stand together, and a text without one long line, as when it is wrapped at a fixed
width, is left alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from dedupe.text.lines import WORD

PARAGRAPH: Final = 20 * WORD
"""A line this long is a paragraph, finished or not."""
HEAD_PENALTY: Final = 30 * WORD
TAIL_PENALTY: Final = 50 * WORD
"""Captions and highlights before an article are its own; the teasers behind it are another's, and longer."""
FEWEST_SHORT: Final = 3
TOGETHER: Final = 2
MOST_OF_HEAD: Final = 1 / 3
LEAST_KEPT: Final = 1 / 3

_ENDS: Final = frozenset(".!?…。．！？｡؟۔।॥။។։")
_CLOSERS: Final = " \t\u00a0\"'”’»›)]}」』）】〉》*"


def find_body(lines: Sequence[str], weights: Sequence[int]) -> tuple[int, int]:
    """Return the first line of the article and the one after its last.

    >>> menu, paragraph = ["Home", "Sport", "Sign in"], "The council voted to close the bridge. " * 5
    >>> find_body([*menu, paragraph, *menu], [2, 2, 4, 70, 2, 2, 4])
    (3, 4)
    """
    if max(weights) < PARAGRAPH or len(weights) <= FEWEST_SHORT:
        return 0, len(lines)
    short = find_short(lines, weights)
    first = _end_of_head(weights, short)
    return first, _start_of_tail(weights, short, first)


def find_short(lines: Sequence[str], weights: Sequence[int]) -> list[bool]:
    """Return for each line whether it is short and does not end a sentence."""
    # A line that goes on in small letters was broken off by a margin.
    goes_on = [line.lstrip()[:1].islower() for line in lines[1:]]
    return [
        weight < PARAGRAPH and not continued and line.rstrip(_CLOSERS)[-1:] not in _ENDS
        for line, weight, continued in zip(lines, weights, [*goes_on, False], strict=True)
    ]


def _end_of_head(weights: Sequence[int], short: Sequence[bool]) -> int:
    limit = sum(weights) * MOST_OF_HEAD
    first = passed = running = lowest = 0
    for line, weight in enumerate(weights):
        passed += weight
        running += weight - HEAD_PENALTY * short[line]
        if passed > limit:
            break
        if running < lowest:
            lowest, first = running, line + 1
    return first if _is_menu(short[:first], short[first - TOGETHER : first]) else 0


def _start_of_tail(weights: Sequence[int], short: Sequence[bool], first: int) -> int:
    running = highest = last = 0
    for line in range(first, len(weights)):
        running += weights[line] - TAIL_PENALTY * short[line]
        if running >= highest:
            highest, last = running, line + 1
    is_cut = (
        _is_menu(short[last:], short[last : last + TOGETHER]) and sum(weights[first:last]) >= sum(weights) * LEAST_KEPT
    )
    return last if is_cut else len(weights)


def _is_menu(cut_off: Sequence[bool], border: Sequence[bool]) -> bool:
    """Return whether what is cut off holds enough short lines, some of them right at the cut."""
    return sum(cut_off) >= FEWEST_SHORT and all(border)
