"""From tokens to the weighted terms an article is compared by.

A term is the stem of a word, a number, or a pair of neighbouring characters in scripts without
spaces. Its weight is (1 + ln tf) · idf (Salton & Buckley 1988), the title counted several times;
the heaviest terms stay, scaled to unit length and kept as 15-bit integers, so that sums over them
are exact in any order.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedupe.kernel import kernel
from dedupe.text.tokens import FOLLOWS, IS_SOLO

MAX_TERMS: Final = 48
MAX_TITLE_TERMS: Final = 16
BODY_TOKENS: Final = 600
TITLE_WEIGHT: Final = 4.0
UNIT: Final = 32767
COMMON: Final = 0.55
RARE: Final = 0.8

_SPREAD: Final = np.uint64(0x9E3779B97F4A7C15)
_MIX: Final = np.uint64(0xD6E8FEB86659FD93)


class Terms(NamedTuple):
    """The distinct terms of one article.

    Hash, how often in the body, how often in the title, how often in what stands for the title, and
    the first of its tokens.
    """

    hashes: NDArray[np.uint64]
    body: NDArray[np.int32]
    title: NDArray[np.int32]
    heading: NDArray[np.int32]
    first: NDArray[np.int32]


class Vector(NamedTuple):
    """Weighted terms, by term number ascending."""

    terms: NDArray[np.int32]
    weights: NDArray[np.uint16]


@kernel
def count_terms(
    stems: NDArray[np.uint64], flags: NDArray[np.uint8], title_tokens: int, heading_tokens: int, language: int
) -> Terms:
    """Count the distinct terms of an article whose first ``title_tokens`` tokens are its title.

    ``stems`` are what its tokens count as. The first ``heading_tokens`` stand for the title: they are
    the title where there is one. Only the first `BODY_TOKENS` tokens of the body count: news says what
    it is about at its top.
    """
    n = min(len(stems), title_tokens + BODY_TOKENS)
    slots = np.full(_table_size(n), -1, dtype=np.int32)
    found = np.empty(n, dtype=np.uint64)
    body, title = np.zeros(n, np.int32), np.zeros(n, np.int32)
    heading, first = np.zeros(n, np.int32), np.zeros(n, np.int32)
    count = 0
    for i in range(n):
        paired = i + 1 < n and i + 1 != title_tokens and _is_pair(flags[i], flags[i + 1])
        if not paired and i > 0 and i != title_tokens and _is_pair(flags[i - 1], flags[i]):
            continue  # the latter of a pair, and of no other
        term = _term_hash(stems[i], stems[i + 1] if paired else np.uint64(0), language)
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
        heading[k] += i < heading_tokens
    return Terms(found[:count], body[:count], title[:count], heading[:count], first[:count])


Weighed = tuple[NDArray[np.int32], NDArray[np.uint16], NDArray[np.int32], NDArray[np.uint16], NDArray[np.float32]]
"""What `weigh` returns, as compiled code hands it back."""


def named(weighed: Weighed) -> tuple[Vector, Vector, NDArray[np.float32]]:
    """Return what was weighed with its names."""
    heavy, weights, titled, title_weights, rarities = weighed
    return Vector(heavy, weights), Vector(titled, title_weights), rarities


@kernel
def weigh(numbers: NDArray[np.int32], columns: tuple[Any, ...], idf: NDArray[np.float32]) -> Weighed:
    """Return the vectors of an article and of what stands for its title, and the `rarities_of` the first's terms.

    ``numbers`` are those of the article's terms, ``columns`` its `Terms`; `named` gives back their names.
    """
    terms = Terms(*columns)
    whole = np.zeros(len(numbers), dtype=np.float64)
    heading = np.zeros(len(numbers), dtype=np.float64)
    for i in range(len(numbers)):
        rarity = max(float(idf[numbers[i]]), 0.0)
        whole[i] = (1.0 + np.log(terms.body[i] + TITLE_WEIGHT * terms.title[i])) * rarity
        if terms.heading[i] > 0:
            heading[i] = (1.0 + np.log(float(terms.heading[i]))) * rarity
    vector, title = _vector(numbers, whole, MAX_TERMS), _vector(numbers, heading, MAX_TITLE_TERMS)
    return vector.terms, vector.weights, title.terms, title.weights, rarities_of(vector.terms, idf)


@kernel
def rarities_of(terms: NDArray[np.int32], idf: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return how rare terms are beside the rarest of them: 0 up to `COMMON` of its idf, 1 from `RARE` on."""
    rarest = np.float32(1e-9)
    for term in terms:
        rarest = max(rarest, idf[term])
    rarities = np.empty(len(terms), dtype=np.float32)
    for i in range(len(terms)):
        rarities[i] = min(max((idf[terms[i]] / rarest - COMMON) / (RARE - COMMON), 0.0), 1.0)
    return rarities


@kernel
def _vector(numbers: NDArray[np.int32], weights: NDArray[np.float64], most: int) -> Vector:
    """Keep the ``most`` heaviest terms, as integers of unit length."""
    kept = np.flatnonzero(weights)
    if len(kept) > most:
        kept = kept[np.argsort(-weights[kept], kind="mergesort")[:most]]
    kept = kept[np.argsort(numbers[kept])]
    scale = UNIT / np.sqrt(np.sum(weights[kept] ** 2)) if len(kept) else 0.0
    integers = np.maximum((weights[kept] * scale).astype(np.uint16), np.uint16(1))
    return Vector(numbers[kept], integers)


@kernel
def _is_pair(former: int, latter: int) -> bool:
    """Return whether two neighbouring tokens are characters of one stretch of a script without spaces."""
    return former & latter & IS_SOLO != 0 and latter & FOLLOWS != 0


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
