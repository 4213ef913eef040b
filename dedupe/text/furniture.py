"""A text as scraped, turned into the tokens that are compared, and what stood around them.

What is compared leaves out the furniture of the page, lines that come again, the wire's dateline
and its credits. The dateline and the credits are kept: they say where a text comes from.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from dedupe.text.body import PARAGRAPH, find_body, find_short
from dedupe.text.dateline import credits_of, dateline_length
from dedupe.text.lines import WORD, Lines, split_lines
from dedupe.text.tokens import Tokens, tokenise

TITLE_WEIGHTS: Final = range(3 * WORD, 20 * WORD + 1)
BESIDE: Final = 3
"""A title that is there twice may stand a few lines into the text."""

Mask = npt.NDArray[np.bool_]


class Stripped(NamedTuple):
    """``kept`` tells for each token of a text whether it is compared; never is none.

    ``first`` and ``last`` bound the ``lines`` of the article; ``dateline`` and ``credits`` are what
    the first began and the last ended with.
    """

    kept: Mask
    lines: Lines
    first: int
    last: int
    dateline: str
    credits: str


def strip(text: str, tokens: Tokens) -> Stripped:
    """Tell the article in a scraped text from the furniture around it, in time linear in its length."""
    lines = split_lines(tokens)
    kept = np.zeros(len(tokens.hashes), np.bool_)
    if not len(kept):
        return Stripped(kept, lines, 0, 0, "", "")
    written = _written(text, lines)
    first, last = find_body(written, lines.weights.tolist())
    dateline, ending = written[first][: dateline_length(written[first])], credits_of(written[last - 1])
    begin = int(lines.firsts[first]) + _count(dateline)
    end = int(lines.lasts[last - 1]) - _count(ending)
    # A text of nothing but a dateline or credits is compared as it is.
    kept[begin if begin < end else 0 : end if begin < end else None] = True
    _drop_repeated(kept, lines, first, last)
    return Stripped(kept, lines, first, last, dateline.rstrip(" .-—–―").strip(), ending)


def guess_title(text: str, stripped: Stripped) -> str:
    """Return the line that looks like the title of a page, the empty string where none does.

    It stands before the first paragraph, and is there twice, or is the longest that is not too long for one.
    """
    lines = stripped.lines
    if lines.weights.max(initial=0) < PARAGRAPH:
        return ""
    written, weights, hashes = _written(text, lines), lines.weights.tolist(), lines.hashes.tolist()
    short = find_short(written, weights)
    opening = next((line for line in range(stripped.first, len(short)) if not short[line]), 0)
    fitting = [line for line in range(min(opening + BESIDE, len(short))) if weights[line] in TITLE_WEIGHTS]
    twice = [line for line in fitting if hashes.count(hashes[line]) > 1]
    before = [line for line in fitting if short[line] and line < opening]
    best = max(twice or before, key=weights.__getitem__, default=None)
    return "" if best is None else written[best].strip()


def _written(text: str, lines: Lines) -> list[str]:
    """Return the lines as they are written."""
    every = text.splitlines()
    return [every[number] for number in lines.numbers.tolist()]


def _count(part: str) -> int:
    return len(tokenise(part).hashes) if part else 0


def _drop_repeated(kept: Mask, lines: Lines, first: int, last: int) -> None:
    hashes = lines.hashes.tolist()
    # Where no line is a paragraph, lines are wrapped or rows of a table, and may well be equal.
    if len(set(hashes)) == len(hashes) or lines.weights.max() < PARAGRAPH:
        return
    seen = set(hashes[:first])
    for line in range(first, last):
        if hashes[line] in seen:
            kept[lines.firsts[line] : lines.lasts[line]] = False
        seen.add(hashes[line])
