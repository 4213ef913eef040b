"""Tokens, turned into lines: what a page is made of before anyone knows what is article."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from dedupe.kernel import kernel
from dedupe.text.tokens import IS_SOLO, STARTS_LINE, Tokens

WORD: Final = 2
"""Weight of a word; a character of a script without spaces weighs half as much."""

_MULTIPLIER: Final = np.uint64(0x9E3779B97F4A7C15)


class Lines(NamedTuple):
    """The lines that hold tokens: line ``numbers[i]`` of the text has tokens ``firsts[i]`` to before ``lasts[i]``.

    Lines with the same tokens have the same hash, t1·m^(n-1) + … + tn modulo 2^64 with
    m = 0x9E3779B97F4A7C15, however they are written.
    """

    hashes: npt.NDArray[np.uint64]
    firsts: npt.NDArray[np.uint32]
    lasts: npt.NDArray[np.uint32]
    weights: npt.NDArray[np.uint32]
    numbers: npt.NDArray[np.uint32]


@kernel
def split_lines(tokens: Tokens) -> Lines:
    """Return the lines of a text."""
    words, flags, _, _, rows = tokens
    count = 0
    for each in flags:
        count += (each & STARTS_LINE) > 0
    hashes = np.zeros(count, np.uint64)
    firsts = np.empty(count, np.uint32)
    lasts = np.empty(count, np.uint32)
    weights = np.zeros(count, np.uint32)
    numbers = np.empty(count, np.uint32)
    line = -1
    for i in range(len(words)):
        if flags[i] & STARTS_LINE:
            line += 1
            firsts[line], numbers[line] = i, rows[i]
        hashes[line] = hashes[line] * _MULTIPLIER + words[i]
        weights[line] += 1 if flags[i] & IS_SOLO else WORD
        lasts[line] = i + 1
    return Lines(hashes, firsts, lasts, weights, numbers)
