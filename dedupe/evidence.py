"""Tokens of titles and texts, turned into what articles are compared by."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedupe.clusters.terms import Terms, count_terms
from dedupe.duplicates.containment import SHORT
from dedupe.duplicates.signature import PERMUTATIONS, Permutations, permutations, shingle_set, sign, windows
from dedupe.kernel import kernel
from dedupe.text.tokens import HAS_DIGIT

LEAD_TOKENS: Final = 25
"""How much of the beginning stands in for a title that is missing."""


class Evidence(NamedTuple):
    """What an article is compared by.

    ``windows`` are the shingles in the order of the text, and ``numbered`` tells for each token behind them
    whether it has a digit; ``numbers`` are the 32-bit hashes of those that have, sorted. ``places`` tells for
    each token compared where it stands: in the title for the first tokens, then in the text.
    """

    tokens: int
    shingles: NDArray[np.uint32]
    windows: NDArray[np.uint32]
    numbered: NDArray[np.bool_]
    signature: NDArray[np.uint32]
    numbers: NDArray[np.uint32]
    terms: Terms
    places: NDArray[np.int32]

    @property
    def shingle_tokens(self) -> int:
        """Return how many tokens are behind the shingles: all, or those of the body."""
        return len(self.numbered)


class Compared(NamedTuple):
    """The tokens of titles and of texts, what each counts as among terms, and which of a text are compared.

    ``rows`` tell for each article from where to where its title and its text go, in the first four places.
    """

    hashes: NDArray[np.uint64]
    stems: NDArray[np.uint64]
    flags: NDArray[np.uint8]
    kept: NDArray[np.bool_]
    rows: NDArray[np.int64]


class Joined(NamedTuple):
    """The tokens of one article that are compared, what each counts as, and where in title or text it stands."""

    hashes: NDArray[np.uint64]
    stems: NDArray[np.uint64]
    flags: NDArray[np.uint8]
    places: NDArray[np.int32]


class Gathered(NamedTuple):
    """The evidence in a block, that of one article behind that of another.

    ``words`` are for each article its shingles, windows, numbers and signature; ``counts`` the columns of its terms,
    which belong to ``hashes``, and the places of its tokens. ``ends`` tell for each article where its own end in each
    array: after its shingles, windows, numbers and signature, terms, places, and tokens behind the shingles; before
    the first row stands one of zeros. Few arrays, because handing one over costs as much as reading a sentence.
    """

    words: NDArray[np.uint32]
    hashes: NDArray[np.uint64]
    counts: NDArray[np.int32]
    numbered: NDArray[np.bool_]
    ends: NDArray[np.int64]


def gather(tokens: Compared, languages: Sequence[int], size: int) -> list[Evidence]:
    """Return the evidence in each article of a block, the numbers of whose languages are given.

    What it holds are stretches of arrays that the block shares.
    """
    found = _gather(tokens, np.array(languages, np.int64), size, permutations())
    bounds = found.ends.tolist()
    return [_evidence(found, *pair) for pair in pairwise(bounds)]


def _evidence(found: Gathered, begin: Sequence[int], end: Sequence[int]) -> Evidence:
    words, hashes, counts, numbered, _ = found
    shingles, ordered, numbers, signature, terms, places, tokens = end
    count = terms - begin[4]
    title = begin[5] + count
    heading, first, place = title + count, title + 2 * count, title + 3 * count
    return Evidence(
        places - place,
        words[begin[3] : shingles],
        words[shingles:ordered],
        numbered[begin[6] : tokens],
        words[numbers:signature],
        words[ordered:numbers],
        Terms(
            hashes[begin[4] : terms],
            counts[begin[5] : title],
            counts[title:heading],
            counts[heading:first],
            counts[first:place],
        ),
        counts[place:places],
    )


@kernel
def _gather(tokens: Compared, languages: NDArray[np.int64], size: int, permuted: Permutations) -> Gathered:
    rows, most = tokens.rows, 0
    for article in range(len(rows)):
        most = max(most, rows[article, 1], rows[article, 3])
    out = _room(most, len(languages))
    hashes, stems = np.empty(most, np.uint64), np.empty(most, np.uint64)
    flags, places = np.empty(most, np.uint8), np.empty(most, np.int32)
    for article in range(len(languages)):
        begin, end = out.ends[article], out.ends[article + 1]
        titled, count = _join(tokens, rows[article], Joined(hashes, stems, flags, places))
        # A wire copy runs under another headline: the title is compared only where there is little else.
        start = titled if count - titled >= SHORT else 0
        end[6] = begin[6] + count - start
        numbered = out.numbered[begin[6] : end[6]]
        for at in range(start, count):
            numbered[at - start] = flags[at] & HAS_DIGIT != 0
        ordered = windows(hashes[start:count], size)
        end[0] = _append(out.words, begin[3], shingle_set(ordered))
        end[1] = _append(out.words, end[0], ordered)
        end[2] = _append(out.words, end[1], _numbers(hashes[start:count], numbered))
        end[3] = _append(out.words, end[2], sign(ordered, permuted))
        heading = titled or min(LEAD_TOKENS, count)
        terms = count_terms(stems[:count], flags[:count], titled, heading, languages[article])
        end[4] = _append(out.hashes, begin[4], terms.hashes)
        end[5] = _put(out.counts, begin[5], terms, places[:count])
    return out


@kernel
def _room(most: int, articles: int) -> Gathered:
    """Return room for the evidence in so many articles with so many tokens."""
    return Gathered(
        np.empty(3 * most + articles * PERMUTATIONS, np.uint32),
        np.empty(most, np.uint64),
        np.empty(5 * most, np.int32),
        np.empty(most, np.bool_),
        np.zeros((articles + 1, 7), np.int64),
    )


@kernel
def _join(tokens: Compared, row: NDArray[np.int64], out: Joined) -> tuple[int, int]:
    """Write the tokens of a title and then those of its text that are compared; return how many of both there are."""
    given, counted, marks, kept, _ = tokens
    hashes, stems, flags, places = out
    first, titled = row[0], int(row[1] - row[0])
    for at in range(titled):
        hashes[at], stems[at] = given[first + at], counted[first + at]
        flags[at], places[at] = marks[first + at], at
    count, first = titled, row[2]
    for at in range(row[3] - first):
        hashes[count], stems[count] = given[first + at], counted[first + at]
        flags[count], places[count] = marks[first + at], at
        count += kept[first + at]
    return titled, count


@kernel
def _append(out: NDArray[Any], count: int, column: NDArray[Any]) -> int:
    """Write a column behind what is there; return how much there is then."""
    for at in range(len(column)):
        out[count + at] = column[at]
    return count + len(column)


@kernel
def _put(out: NDArray[np.int32], count: int, terms: Terms, places: NDArray[np.int32]) -> int:
    """Write the columns of terms, and places, behind what is there; return how much there is then."""
    for column in (terms.body, terms.title, terms.heading, terms.first, places):
        count = _append(out, count, column)
    return count


@kernel
def _numbers(hashes: NDArray[np.uint64], numbered: NDArray[np.bool_]) -> NDArray[np.uint32]:
    numbers = np.empty(len(hashes), np.uint32)
    count = 0
    for at in range(len(hashes)):
        numbers[count] = hashes[at] & np.uint64(0xFFFFFFFF)
        count += numbered[at]
    return shingle_set(numbers[:count])
