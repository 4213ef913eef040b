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
from dedupe.text.tokens import HAS_DIGIT, IS_CAPITALISED, IS_SOLO

MAX_TERMS: Final = 48
MAX_TITLE_TERMS: Final = 16
BODY_TOKENS: Final = 600
TITLE_WEIGHT: Final = 4.0
UNIT: Final = 32767
NAME_BIT: Final = 0x8000
WEIGHT_MASK: Final = 0x7FFF

_SPREAD: Final = np.uint64(0x9E3779B97F4A7C15)
_MIX: Final = np.uint64(0xD6E8FEB86659FD93)


class Terms(NamedTuple):
    """The distinct terms of one article.

    Hash, how often in the body, how often there in lower case, how often in the title, whether it
    has a digit, and the first of its tokens.
    """

    hashes: NDArray[np.uint64]
    body: NDArray[np.int32]
    lower: NDArray[np.int32]
    title: NDArray[np.int32]
    digit: NDArray[np.bool_]
    first: NDArray[np.int32]


class Vector(NamedTuple):
    """Weighted terms, by term number ascending."""

    terms: NDArray[np.int32]
    weights: NDArray[np.uint16]


@kernel
def count_terms(hashes: NDArray[np.uint64], flags: NDArray[np.uint8], title_tokens: int, language: int) -> Terms:
    """Count the distinct terms of an article whose first ``title_tokens`` tokens are its title.

    Only the first `BODY_TOKENS` tokens of the body count: news says what it is about at its top.
    """
    n = min(len(hashes), title_tokens + BODY_TOKENS)
    slots = np.full(_table_size(n), -1, dtype=np.int32)
    found = np.empty(n, dtype=np.uint64)
    body, lower, title = np.zeros(n, np.int32), np.zeros(n, np.int32), np.zeros(n, np.int32)
    digit, first = np.zeros(n, np.bool_), np.zeros(n, np.int32)
    count = 0
    for i in range(n):
        paired = i + 1 < n and i + 1 != title_tokens and flags[i] & flags[i + 1] & IS_SOLO
        term = _term_hash(hashes[i], hashes[i + 1] if paired else np.uint64(0), language)
        at = _find_slot(slots, found, term)
        if slots[at] < 0:
            slots[at] = count
            found[count] = term
            first[count] = i
            count += 1
        k = slots[at]
        if i < title_tokens:
            title[k] += 1
        else:
            body[k] += 1
            lower[k] += not flags[i] & IS_CAPITALISED
        digit[k] |= (flags[i] & HAS_DIGIT) > 0
    return Terms(found[:count], body[:count], lower[:count], title[:count], digit[:count], first[:count])


@kernel
def weigh(numbers: NDArray[np.int32], terms: Terms, idf: NDArray[np.float32], title_weight: float, most: int) -> Vector:
    """Return the ``most`` heaviest terms and their weights as integers of unit length."""
    weights = np.zeros(len(numbers), dtype=np.float64)
    for i in range(len(numbers)):
        tf = terms.body[i] + title_weight * terms.title[i]
        if tf > 0 and idf[numbers[i]] > 0:
            weights[i] = (1.0 + np.log(tf)) * idf[numbers[i]]
    kept = np.argsort(-weights, kind="mergesort")[:most]
    kept = kept[weights[kept] > 0]
    kept = kept[np.argsort(numbers[kept])]
    scale = UNIT / np.sqrt(np.sum(weights[kept] ** 2)) if len(kept) else 0.0
    integers = np.empty(len(kept), dtype=np.uint16)
    for j in range(len(kept)):
        i = kept[j]
        is_name = terms.digit[i] or (terms.lower[i] == 0 and terms.body[i] > 0)
        integers[j] = max(np.uint16(weights[i] * scale), np.uint16(1)) | np.uint16(NAME_BIT if is_name else 0)
    return Vector(numbers[kept], integers)


@kernel
def _table_size(entries: int) -> int:
    size = 16
    while size < 2 * entries:
        size *= 2
    return size


@kernel
def _term_hash(token: np.uint64, following: np.uint64, language: int) -> np.uint64:
    term = token
    if following:
        term = (token * _MIX) ^ following
    term = (term ^ np.uint64(language + 1) * _SPREAD) * _MIX
    return term ^ (term >> np.uint64(32))


@kernel
def _find_slot(slots: NDArray[np.int32], found: NDArray[np.uint64], term: np.uint64) -> np.uint64:
    mask = np.uint64(len(slots) - 1)
    at = (term * _SPREAD >> np.uint64(20)) & mask
    while slots[at] >= 0 and found[slots[at]] != term:
        at = (at + np.uint64(1)) & mask
    return at
