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

from typing import Final

import numpy as np
import numpy.typing as npt

from dedupe.kernel import kernel
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

Weights = npt.NDArray[np.uint32]
Short = npt.NDArray[np.bool_]


@kernel
def find_body(weights: Weights, short: Short) -> tuple[int, int]:
    """Return the first line of the article and the one after its last.

    ``short`` tells for each line whether it is short and does not end a sentence.
    """
    if np.max(weights) < PARAGRAPH or len(weights) <= FEWEST_SHORT:
        return 0, len(weights)
    first = _end_of_head(weights, short)
    return first, _start_of_tail(weights, short, first)


@kernel
def _end_of_head(weights: Weights, short: Short) -> int:
    limit = np.sum(weights) * MOST_OF_HEAD
    first = passed = running = lowest = 0
    for line in range(len(weights)):
        passed += int(weights[line])
        running += int(weights[line]) - HEAD_PENALTY * short[line]
        if passed > limit:
            break
        if running < lowest:
            lowest, first = running, line + 1
    return first if _is_menu(short[:first], short[max(first - TOGETHER, 0) : first]) else 0


@kernel
def _start_of_tail(weights: Weights, short: Short, first: int) -> int:
    running = highest = last = 0
    for line in range(first, len(weights)):
        running += int(weights[line]) - TAIL_PENALTY * short[line]
        if running >= highest:
            highest, last = running, line + 1
    is_menu = _is_menu(short[last:], short[last : last + TOGETHER])
    is_cut = is_menu and np.sum(weights[first:last]) >= np.sum(weights) * LEAST_KEPT
    return last if is_cut else len(weights)


@kernel
def _is_menu(cut_off: Short, border: Short) -> bool:
    """Return whether what is cut off holds enough short lines, some of them right at the cut."""
    return bool(np.sum(cut_off) >= FEWEST_SHORT and np.all(border))
