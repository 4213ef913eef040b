"""An article as the engine reads it: all that can be computed without knowing any other article."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedupe.article import Article
from dedupe.clusters.terms import Terms, count_terms
from dedupe.duplicates.containment import SHORT
from dedupe.duplicates.signature import signature_of
from dedupe.language_code import language_code
from dedupe.settings import EngineSettings
from dedupe.text.tokens import HAS_DIGIT, tokenise

LEAD_TOKENS = 25
"""How much of the beginning stands in for a title that is missing."""


class Words(NamedTuple):
    """Where the tokens of an article stand: offsets into its title, then, after ``title_count``, into its text."""

    starts: NDArray[np.uint32]
    ends: NDArray[np.uint32]
    title_count: int


@dataclass(frozen=True, slots=True)
class Reading:
    """The shingles, signature and terms of one article.

    ``time`` is when it was published, in whole seconds since 1970, NaN when unknown.
    ``compared`` is the number of tokens behind the shingles; ``numbers`` are the 32-bit hashes of
    its tokens with digits, sorted; ``terms`` cover title and body, ``title`` the title or the lead.
    """

    article: Article
    language: str
    received_at: datetime
    time: float
    tokens: int
    compared: int
    shingles: NDArray[np.uint32]
    signature: NDArray[np.uint32]
    numbers: NDArray[np.uint32]
    terms: Terms
    title: Terms
    words: Words

    @property
    def language_code(self) -> int:
        """Return the number that keeps the terms of different languages apart."""
        return language_code(self.language)

    def word(self, term: int) -> str:
        """Return a term as it was first written; ``term`` is its place in ``terms``."""
        first = int(self.terms.first[term])
        text = self.article.title if first < self.words.title_count else self.article.text
        return text[int(self.words.starts[first]) : int(self.words.ends[first])]


def read(article: Article, language: str, received_at: datetime, settings: EngineSettings) -> Reading:
    """Compute what decisions about an article rest on."""
    published = article.decision_time(received_at)
    title, body = tokenise(article.title), tokenise(article.text)
    hashes = np.concatenate((title.hashes, body.hashes))
    flags = np.concatenate((title.flags, body.flags))
    # A wire copy runs under another headline: the title is compared only where there is little else.
    start = 0 if len(body.hashes) < SHORT else len(title.hashes)
    shingles, signature = signature_of(hashes[start:], settings.shingle_size)
    numbers = np.unique(hashes[start:][(flags[start:] & HAS_DIGIT) > 0].astype(np.uint32))
    code = language_code(language)
    heading = len(title.hashes) or min(LEAD_TOKENS, len(hashes))
    return Reading(
        article=article,
        language=language,
        received_at=received_at,
        time=float(int(published.timestamp())) if published else np.nan,
        tokens=len(hashes),
        compared=len(hashes) - start,
        shingles=shingles,
        signature=signature,
        numbers=numbers,
        terms=count_terms(hashes, flags, len(title.hashes), code),
        title=count_terms(hashes[:heading], flags[:heading], heading, code),
        words=Words(
            np.concatenate((title.starts, body.starts)),
            np.concatenate((title.ends, body.ends)),
            len(title.hashes),
        ),
    )
