"""An article as the engine reads it: all that can be computed without knowing any other article."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedupe.article import Article
from dedupe.clusters.terms import Terms, count_terms
from dedupe.duplicates.containment import SHORT
from dedupe.duplicates.signature import Permutations, distinct, permutations, shingle_set, sign, windows
from dedupe.kernel import kernel
from dedupe.language_code import language_code
from dedupe.settings import EngineSettings
from dedupe.text.page import Page, read_page
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


class Reading(NamedTuple):
    """The evidence in one article.

    ``time`` is when it was published, in whole seconds since 1970, NaN when unknown. ``dropped``
    are the lines of the body left out as furniture of the source.
    """

    article: Article
    language: str
    received_at: datetime
    time: float
    page: Page
    dropped: Sequence[int]
    evidence: Evidence

    @property
    def language_code(self) -> int:
        """Return the number that keeps the terms of different languages apart."""
        return language_code(self.language)

    @property
    def source_number(self) -> int | None:
        """Return the number under which the lines of its source are counted, None where no source is named."""
        return _source_number(self.article.source) if self.article.source else None

    @property
    def source_mark(self) -> int:
        """Return 32 bits that tell whether two articles are of one source, 0 where no source is named."""
        return self.source_number & 0xFFFFFFFF | 1 if self.source_number is not None else 0

    def word(self, term: int) -> str:
        """Return a term as it was first written; ``term`` is its place in the evidence."""
        first = int(self.evidence.terms.first[term])
        is_title = first < len(self.page.head.hashes)
        text, tokens = (self.page.title, self.page.head) if is_title else (self.article.text, self.page.body)
        place = self.evidence.places[first]
        return text[int(tokens.starts[place]) : int(tokens.ends[place])]


def read(
    article: Article, language: str, received_at: datetime, settings: EngineSettings, dropped: Sequence[int] = ()
) -> Reading:
    """Compute what decisions about an article rest on, with the lines ``dropped`` left out."""
    published = article.decision_time(received_at)
    page = read_page(article.title, article.text)
    return Reading(
        article=article,
        language=language,
        received_at=received_at,
        time=float(int(published.timestamp())) if published else np.nan,
        page=page,
        dropped=dropped,
        evidence=_evidence(page, language, settings, dropped),
    )


def read_again(reading: Reading, language: str, settings: EngineSettings, dropped: Sequence[int]) -> Reading:
    """Read an article in another language, or without some of its lines."""
    evidence = _evidence(reading.page, language, settings, dropped)
    return Reading(reading.article, language, reading.received_at, reading.time, reading.page, dropped, evidence)


def _evidence(page: Page, language: str, settings: EngineSettings, dropped: Sequence[int]) -> Evidence:
    kept, code = page.without(dropped), language_code(language)
    return _gather(page.head, page.body, kept, code, settings.shingle_size, permutations())


@kernel
def _gather(
    head: Tokens, body: Tokens, kept: NDArray[np.bool_], language: int, size: int, permuted: Permutations
) -> Evidence:
    titled = len(head.hashes)
    count = titled + int(np.sum(kept))
    hashes, flags, places = np.empty(count, np.uint64), np.empty(count, np.uint8), np.empty(count, np.int32)
    for at in range(titled):
        hashes[at], flags[at], places[at] = head.hashes[at], head.flags[at], at
    to = titled
    for at in range(len(kept)):
        if kept[at]:
            hashes[to], flags[to], places[to] = body.hashes[at], body.flags[at], at
            to += 1
    # A wire copy runs under another headline: the title is compared only where there is little else.
    start = titled if count - titled >= SHORT else 0
    ordered = windows(hashes[start:], size)
    shingled = shingle_set(ordered)
    heading = titled or min(LEAD_TOKENS, count)
    terms = count_terms(hashes, flags, titled, heading, language)
    numbered = (flags[start:] & HAS_DIGIT) != 0
    numbers = _numbers(hashes[start:], numbered)
    return Evidence(count, shingled, ordered, numbered, sign(shingled, permuted), numbers, terms, places)


@kernel
def _numbers(hashes: NDArray[np.uint64], numbered: NDArray[np.bool_]) -> NDArray[np.uint32]:
    numbers = np.empty(len(hashes), np.uint32)
    count = 0
    for at in range(len(hashes)):
        if numbered[at]:
            numbers[count] = hashes[at] & np.uint64(0xFFFFFFFF)
            count += 1
    return distinct(np.sort(numbers[:count]))


@lru_cache(maxsize=4096)
def _source_number(source: str) -> int:
    return int.from_bytes(hashlib.blake2b(source.encode(), digest_size=8).digest(), "little")
