"""From tokens to the weighted terms an article is compared by.

A term is a token, or a pair of neighbouring characters in scripts without spaces. Its weight is
(1 + ln tf) · idf (Salton & Buckley 1988), the title counted several times; the heaviest terms
stay, scaled to unit length and kept as 15-bit integers, so that sums over them are exact in any
order. The 16th bit marks names: terms with a digit, or never seen in lower case.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedupe.kernel import kernel

MAX_TERMS: Final = 64
MAX_TITLE_TERMS: Final = 16
BODY_TOKENS: Final = 600
TITLE_WEIGHT: Final = 3.0
UNIT: Final = 32767
NAME_BIT: Final = 0x8000
WEIGHT_MASK: Final = 0x7FFF

HAS_DIGIT: Final = 1
CAPITALISED: Final = 2
UNSPACED: Final = 4

_SPREAD: Final = np.uint64(0x9E3779B97F4A7C15)
_MIX: Final = np.uint64(0xD6E8FEB86659FD93)


class Terms(NamedTuple):
    """The distinct terms of one article: hash, how often in the body, how often in the title, whether a name."""

    hashes: NDArray[np.uint64]
    body: NDArray[np.int32]
    title: NDArray[np.int32]
    names: NDArray[np.bool_]
    first: NDArray[np.int32]


@kernel
def count_terms(
    hashes: NDArray[np.uint64], flags: NDArray[np.uint8], title_tokens: int, language: int
) -> tuple[NDArray[np.uint64], NDArray[np.int32], NDArray[np.int32], NDArray[np.bool_], NDArray[np.int32]]:
    """Count the distinct terms of an article whose first ``title_tokens`` tokens are its title.

    Only the first `BODY_TOKENS` tokens of the body count: news says what it is about at its top.
    Returns hashes, counts in the body, counts in the title, names, and each term's first token.
    """
    n = min(len(hashes), title_tokens + BODY_TOKENS)
    size = 16
    while size < 2 * n + 2:
        size *= 2
    slots = np.full(size, -1, dtype=np.int32)
    found = np.empty(n, dtype=np.uint64)
    body = np.zeros(n, dtype=np.int32)
    title = np.zeros(n, dtype=np.int32)
    lower = np.zeros(n, dtype=np.int32)
    digit = np.zeros(n, dtype=np.bool_)
    first = np.zeros(n, dtype=np.int32)
    salt = np.uint64(language + 1) * _SPREAD
    mask = np.uint64(size - 1)
    count = 0
    for i in range(n):
        h = hashes[i]
        if flags[i] & UNSPACED and i + 1 < n and i + 1 != title_tokens and flags[i + 1] & UNSPACED:
            h = (h * _MIX) ^ hashes[i + 1]
        h = (h ^ salt) * _MIX
        h ^= h >> np.uint64(32)
        at = (h * _SPREAD >> np.uint64(20)) & mask
        while slots[at] >= 0 and found[slots[at]] != h:
            at = (at + np.uint64(1)) & mask
        if slots[at] < 0:
            slots[at] = count
            found[count] = h
            first[count] = i
            count += 1
        k = slots[at]
        if i < title_tokens:
            title[k] += 1
        else:
            body[k] += 1
            if not flags[i] & CAPITALISED:
                lower[k] += 1
        if flags[i] & HAS_DIGIT:
            digit[k] = True
    names = digit[:count] | ((lower[:count] == 0) & (body[:count] > 0))
    return found[:count], body[:count], title[:count], names, first[:count]


@kernel
def weigh(
    numbers: NDArray[np.int32],
    body: NDArray[np.int32],
    title: NDArray[np.int32],
    names: NDArray[np.bool_],
    frozen: NDArray[np.float32],
    articles: float,
    title_weight: float,
    max_terms: int,
) -> tuple[NDArray[np.int32], NDArray[np.uint16]]:
    """Return the heaviest terms, by number ascending, and their weights as integers of unit length."""
    weights = np.empty(len(numbers), dtype=np.float64)
    for i in range(len(numbers)):
        tf = body[i] + title_weight * title[i]
        idf = np.log((articles + 1.0) / (frozen[numbers[i]] + 0.5))
        weights[i] = (1.0 + np.log(tf)) * idf if tf > 0 and idf > 0 else 0.0
    kept = np.argsort(-weights, kind="mergesort")[:max_terms]
    length = 0.0
    for i in kept:
        length += weights[i] * weights[i]
    kept = kept[weights[kept] > 0]
    kept = kept[np.argsort(numbers[kept])]
    scale = UNIT / np.sqrt(length) if length > 0 else 0.0
    integers = np.empty(len(kept), dtype=np.uint16)
    for j in range(len(kept)):
        i = kept[j]
        integers[j] = max(np.uint16(weights[i] * scale), np.uint16(1)) | np.uint16(NAME_BIT if names[i] else 0)
    return numbers[kept], integers
