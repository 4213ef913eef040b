"""An article's terms and a recorded snapshot of how rare terms are, turned into weights: the same as at the time.

The engine weighs by the newest snapshot of the language, and every snapshot is in the log. So whatever an
article weighed when it was placed can be computed again from its text, years later.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from dedupe.clusters.prior import shipped_priors
from dedupe.clusters.terms import UNIT
from dedupe.clusters.vocabulary import Vocabulary
from dedupe.interner import Interner
from dedupe.language_code import language_code
from dedupe.reading import Reading
from dedupe.store.records import VocabularySnapshot
from dedupe.text.tokens import IS_SOLO

_UNIT: Final = float(UNIT)


@dataclass(frozen=True, slots=True)
class Weights:
    """The weighted terms of an article by their hashes, of unit length taken together."""

    of_terms: Mapping[int, float]
    reading: Reading

    def words(self) -> dict[int, str]:
        """Return how the article writes each of its terms where it comes first."""
        hashes = self.reading.evidence.terms.hashes.tolist()
        return {term: self._word(place) for place, term in enumerate(hashes) if term in self.of_terms}

    def _word(self, place: int) -> str:
        """Return a term as written; in scripts without spaces it is a pair of neighbours."""
        reading = self.reading
        first = int(reading.evidence.terms.first[place])
        is_title = first < len(reading.page.head.hashes)
        text, tokens = (
            (reading.page.title, reading.page.head) if is_title else (reading.article.text, reading.page.body)
        )
        at = int(reading.evidence.places[first])
        pair = tokens.flags[at : at + 2] & IS_SOLO
        last = at + 1 if len(pair) == 2 and pair.all() and tokens.starts[at + 1] == tokens.ends[at] else at
        return text[int(tokens.starts[at]) : int(tokens.ends[last])]


def weigh_article(reading: Reading, snapshot: VocabularySnapshot | None) -> Weights:
    """Weigh the terms of an article by a snapshot of its language; by the prior alone where there is none."""
    terms, code = reading.evidence.terms, language_code(reading.language)
    vocabulary = Vocabulary(shipped_priors())
    if snapshot is not None:
        # Copied, because kernels are compiled once more for arrays that cannot be written.
        known, counts = np.frombuffer(snapshot.terms, "<u8").astype(np.uint64), np.frombuffer(snapshot.counts, "<u4")
        own = Interner()
        own.intern(terms.hashes)
        mine = np.flatnonzero(own.find_all(known) >= 0)
        vocabulary.thaw(code, snapshot.articles, known[mine], counts[mine].astype(np.uint32))
    _, vector, _, _ = vocabulary.weigh(terms, code)
    hashes = vocabulary.hashes[vector.terms].tolist()
    weights = (vector.weights / _UNIT).tolist()
    return Weights(dict(zip(hashes, weights, strict=True)), reading)


def shared_weights(left: Weights, right: Weights) -> dict[int, float]:
    """Return what each term that two articles share adds to their cosine similarity, the most first."""
    shared = {term: weight * right.of_terms[term] for term, weight in left.of_terms.items() if term in right.of_terms}
    return dict(sorted(shared.items(), key=lambda entry: (-entry[1], entry[0])))


def centroid(articles: Sequence[Weights]) -> dict[int, float]:
    """Return the sum of the articles' weights by term, scaled to unit length."""
    total: dict[int, float] = {}
    for article in articles:
        for term, weight in article.of_terms.items():
            total[term] = total.get(term, 0.0) + weight
    length = math.sqrt(math.fsum(weight * weight for weight in total.values()))
    return {term: weight / length for term, weight in total.items()} if length else {}
