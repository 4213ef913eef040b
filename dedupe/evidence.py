"""Tokens of titles and texts, turned into what articles are compared by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedupe.clusters.terms import Terms, count_terms
from dedupe.duplicates.containment import SHORT
from dedupe.duplicates.signature import PERMUTATIONS, Permutations, permutations, shingle_set, sign, windows
from dedupe.kernel import kernel
from dedupe.text.tokens import HAS_DIGIT, Tokens

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
    """The tokens of titles and of texts, and which of a text are compared.

    ``rows`` tell for each article from where to where its title and its text go, in the first four places.
    """

    heads: NDArray[np.uint64]
    head_flags: NDArray[np.uint8]
    bodies: NDArray[np.uint64]
    body_flags: NDArray[np.uint8]
    kept: NDArray[np.bool_]
    rows: NDArray[np.int64]


class Gathered(NamedTuple):
    """The evidence in a block, that of one article behind that of another.

    ``ends`` tell for each of them where its shingles end, its windows, its tokens behind those, its numbers, its
    places and its terms; before the first row stands one of zeros.
    """

    shingles: NDArray[np.uint32]
    windows: NDArray[np.uint32]
    numbered: NDArray[np.bool_]
    numbers: NDArray[np.uint32]
    places: NDArray[np.int32]
    terms: Terms
    signatures: NDArray[np.uint32]
    ends: NDArray[np.int64]


def compared(heads: Tokens, bodies: Tokens, kept: NDArray[np.bool_], rows: NDArray[np.int64]) -> Compared:
    """Return what of the tokens of a block counts."""
    return Compared(heads.hashes, heads.flags, bodies.hashes, bodies.flags, kept, rows)


def gather(tokens: Compared, languages: Sequence[int], size: int) -> list[Evidence]:
    """Return the evidence in each article of a block, the numbers of whose languages are given.

    What it holds are stretches of arrays that the block shares.
    """
    found = _gather(tokens, np.array(languages, np.int64), size, permutations())
    bounds = found.ends.tolist()
    return [
        _evidence(found, article, begin, end)
        for article, (begin, end) in enumerate(zip(bounds[:-1], bounds[1:], strict=True))
    ]


def _evidence(found: Gathered, article: int, begin: Sequence[int], end: Sequence[int]) -> Evidence:
    shingles, ordered, numbered, numbers, places, terms = map(slice, begin, end)
    hashes, body, title, heading, first = found.terms
    return Evidence(
        places.stop - places.start,
        found.shingles[shingles],
        found.windows[ordered],
        found.numbered[numbered],
        found.signatures[article],
        found.numbers[numbers],
        Terms(hashes[terms], body[terms], title[terms], heading[terms], first[terms]),
        found.places[places],
    )


@kernel
def _gather(tokens: Compared, languages: NDArray[np.int64], size: int, permuted: Permutations) -> Gathered:
    most = len(tokens.heads) + len(tokens.bodies)
    out = _room(most, len(languages))
    hashes, flags = np.empty(most, np.uint64), np.empty(most, np.uint8)
    for article in range(len(languages)):
        begin, end = out.ends[article], out.ends[article + 1]
        titled, count = _join(tokens, tokens.rows[article], hashes, flags, out.places[begin[4] :])
        end[4] = begin[4] + count
        # A wire copy runs under another headline: the title is compared only where there is little else.
        start = titled if count - titled >= SHORT else 0
        ordered = windows(hashes[start:count], size)
        end[0] = _append(out.shingles, begin[0], shingle_set(ordered))
        end[1] = _append(out.windows, begin[1], ordered)
        end[2] = begin[2] + count - start
        numbered = out.numbered[begin[2] : end[2]]
        numbered[:] = (flags[start:count] & HAS_DIGIT) != 0
        end[3] = _append(out.numbers, begin[3], _numbers(hashes[start:count], numbered))
        out.signatures[article] = sign(ordered, permuted)
        heading = titled or min(LEAD_TOKENS, count)
        terms = count_terms(hashes[:count], flags[:count], titled, heading, languages[article])
        end[5] = _put_terms(out.terms, begin[5], terms)
    return out


@kernel
def _room(most: int, articles: int) -> Gathered:
    """Return room for the evidence in so many articles with so many tokens."""
    return Gathered(
        np.empty(most, np.uint32),
        np.empty(most, np.uint32),
        np.empty(most, np.bool_),
        np.empty(most, np.uint32),
        np.empty(most, np.int32),
        Terms(
            np.empty(most, np.uint64),
            np.empty(most, np.int32),
            np.empty(most, np.int32),
            np.empty(most, np.int32),
            np.empty(most, np.int32),
        ),
        np.empty((articles, PERMUTATIONS), np.uint32),
        np.zeros((articles + 1, 6), np.int64),
    )


@kernel
def _join(
    tokens: Compared,
    row: NDArray[np.int64],
    hashes: NDArray[np.uint64],
    flags: NDArray[np.uint8],
    places: NDArray[np.int32],
) -> tuple[int, int]:
    """Write the tokens of a title and then those of its text that are compared; return how many of both there are."""
    heads, head_flags, bodies, body_flags, kept, _ = tokens
    first, titled = row[0], int(row[1] - row[0])
    for at in range(titled):
        hashes[at], flags[at], places[at] = heads[first + at], head_flags[first + at], at
    count, first = titled, row[2]
    for at in range(row[3] - first):
        hashes[count], flags[count], places[count] = bodies[first + at], body_flags[first + at], at
        count += kept[first + at]
    return titled, count


@kernel
def _append(out: NDArray[np.uint32], count: int, words: NDArray[np.uint32]) -> int:
    """Write words behind those that are there; return how many there are then."""
    out[count : count + len(words)] = words
    return count + len(words)


@kernel
def _put_terms(out: Terms, count: int, terms: Terms) -> int:
    end = count + len(terms.hashes)
    out.hashes[count:end] = terms.hashes
    out.body[count:end] = terms.body
    out.title[count:end] = terms.title
    out.heading[count:end] = terms.heading
    out.first[count:end] = terms.first
    return end


@kernel
def _numbers(hashes: NDArray[np.uint64], numbered: NDArray[np.bool_]) -> NDArray[np.uint32]:
    numbers = np.empty(len(hashes), np.uint32)
    count = 0
    for at in range(len(hashes)):
        numbers[count] = hashes[at] & np.uint64(0xFFFFFFFF)
        count += numbered[at]
    return shingle_set(numbers[:count])
