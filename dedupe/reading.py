"""An article as the engine reads it: all that can be computed without knowing any other article."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from dedupe.article import Article
from dedupe.clusters.terms import Terms, count_terms
from dedupe.duplicates.containment import SHORT
from dedupe.duplicates.signature import signature_of
from dedupe.language_code import language_code
from dedupe.settings import EngineSettings
from dedupe.text.compared import Compared, compare_as
from dedupe.text.tokens import HAS_DIGIT


@dataclass(frozen=True, slots=True)
class Reading:
    """The shingles, signature and terms of one article.

    ``time`` is when it was published, in whole seconds since 1970, NaN when unknown. ``dropped``
    are the lines of the body left out as furniture of the source. ``shingle_tokens`` is the
    number of tokens behind the shingles; ``numbers`` are the 32-bit hashes of those with digits,
    sorted. ``terms`` cover title and body, ``title`` the title or the lead.
    """

    article: Article
    language: str
    received_at: datetime
    time: float
    compared: Compared
    dropped: Sequence[int]
    shingle_tokens: int
    shingles: NDArray[np.uint32]
    signature: NDArray[np.uint32]
    numbers: NDArray[np.uint32]
    terms: Terms
    title: Terms

    @property
    def tokens(self) -> int:
        """Return how many tokens are compared."""
        return len(self.compared.hashes)

    @property
    def language_code(self) -> int:
        """Return the number that keeps the terms of different languages apart."""
        return language_code(self.language)

    @property
    def source_number(self) -> int | None:
        """Return the number under which the lines of its source are counted, None where no source is named."""
        if not self.article.source:
            return None
        return int.from_bytes(hashlib.blake2b(self.article.source.encode(), digest_size=8).digest(), "little")

    def word(self, term: int) -> str:
        """Return a term as it was first written; ``term`` is its place in ``terms``."""
        first = int(self.terms.first[term])
        text = self.compared.title if first < self.compared.title_count else self.article.text
        return text[int(self.compared.starts[first]) : int(self.compared.ends[first])]


def read(
    article: Article, language: str, received_at: datetime, settings: EngineSettings, dropped: Sequence[int] = ()
) -> Reading:
    """Compute what decisions about an article rest on, with the lines ``dropped`` left out."""
    published = article.decision_time(received_at)
    text = compare_as(article.title, article.text, dropped)
    # A wire copy runs under another headline: the title is compared only where there is little else.
    start = text.title_count if len(text.hashes) - text.title_count >= SHORT else 0
    shingles, signature = signature_of(text.hashes[start:], settings.shingle_size)
    numbers = np.unique(text.hashes[start:][(text.flags[start:] & HAS_DIGIT) > 0].astype(np.uint32))
    code, heading = language_code(language), text.heading_count
    return Reading(
        article=article,
        language=language,
        received_at=received_at,
        time=float(int(published.timestamp())) if published else np.nan,
        compared=text,
        dropped=dropped,
        shingle_tokens=len(text.hashes) - start,
        shingles=shingles,
        signature=signature,
        numbers=numbers,
        terms=count_terms(text.hashes, text.flags, text.title_count, code),
        title=count_terms(text.hashes[:heading], text.flags[:heading], heading, code),
    )
