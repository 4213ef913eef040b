"""How rare each term is: document frequencies of a language, learned from the stream over a prior.

A term's weight comes from a frozen snapshot, taken anew whenever the stream has grown by a
quarter, so that a vector can be computed again later exactly as it was. Inverse document
frequency: Spärck Jones 1972, smoothed as ln((N + 1) / (df + 1/2)).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedupe.columns import grow, new_columns
from dedupe.interner import Interner
from dedupe.kernel import kernel

PRIOR_WEIGHT: Final = 2_000.0
"""How many articles of the stream the prior counts for."""
FIRST_SNAPSHOT: Final = 4
SNAPSHOT_GROWTH: Final = 1.25
LONGEST_INTERVAL: Final = 20_000


class TermColumns(NamedTuple):
    """One row a term: in how many articles so far, how rare by the last snapshot, its newest posting block."""

    languages: NDArray[np.int32]
    counts: NDArray[np.int32]
    idf: NDArray[np.float32]
    heads: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Prior:
    """Document frequencies counted elsewhere: sorted term hashes and the share of articles that hold each."""

    hashes: NDArray[np.uint64]
    shares: NDArray[np.float32]


NO_PRIOR: Final = Prior(np.empty(0, np.uint64), np.empty(0, np.float32))


class Vocabulary:
    """Every term seen, by number; shared by all languages, whose terms never meet."""

    def __init__(self, priors: Mapping[int, Prior]) -> None:
        self._priors = priors
        self._interner = Interner()
        self.terms = new_columns(TermColumns, 1 << 15, np.int32, np.int32, np.float32, np.int32)
        self.terms.heads[:] = -1
        self.articles: dict[int, int] = {}
        self._frozen_articles: dict[int, int] = {}
        self._due: dict[int, float] = {}

    @property
    def count(self) -> int:
        """Return how many terms there are."""
        return self._interner.count

    @property
    def hashes(self) -> NDArray[np.uint64]:
        """Return the hash of each term."""
        return self._interner.keys

    def intern(self, hashes: NDArray[np.uint64], language: int) -> NDArray[np.int32]:
        """Return the number of each term, giving new terms the next ones."""
        before = self.count
        numbers = self._interner.intern(hashes)
        if self.count > before:
            room = len(self.terms.heads)
            self.terms = grow(self.terms, self.count)
            self.terms.heads[room:] = -1
            fresh = slice(before, self.count)
            self.terms.languages[fresh] = language
            self.terms.idf[fresh] = self._idf(self.hashes[fresh], self.terms.counts[fresh], language)
        return numbers

    def add(self, terms: NDArray[np.int32], language: int, sign: int = 1) -> None:
        """Count an article's distinct ``terms`` once each; take it back with ``sign=-1``."""
        _count(self.terms.counts, terms, sign)
        self.articles[language] = self.articles.get(language, 0) + sign

    def snapshot_due(self, language: int) -> bool:
        """Return whether the stream has grown enough for new weights."""
        return self.articles.get(language, 0) >= self._due.get(language, FIRST_SNAPSHOT)

    def freeze(self, language: int) -> tuple[int, NDArray[np.uint64], NDArray[np.uint32]]:
        """Make today's counts the weights; return articles counted, term hashes and their counts."""
        mine = np.flatnonzero((self.terms.languages[: self.count] == language) & (self.terms.counts[: self.count] > 0))
        hashes = self.hashes[mine]
        order = np.argsort(hashes)
        counted = hashes[order], self.terms.counts[mine][order].astype(np.uint32)
        self.thaw(language, self.articles.get(language, 0), *counted)
        return self.articles.get(language, 0), *counted

    def thaw(self, language: int, articles: int, hashes: NDArray[np.uint64], counts: NDArray[np.uint32]) -> None:
        """Take a recorded snapshot as the weights and as the counts so far."""
        numbers = self.intern(hashes, language)
        mine = np.flatnonzero(self.terms.languages[: self.count] == language)
        self.terms.counts[mine] = 0
        self.terms.counts[numbers] = counts
        self.articles[language] = articles
        self._frozen_articles[language] = articles
        self.terms.idf[mine] = self._idf(self.hashes[mine], self.terms.counts[mine], language)
        self._due[language] = min(articles * SNAPSHOT_GROWTH, articles + LONGEST_INTERVAL) + 1

    def _idf(self, hashes: NDArray[np.uint64], counts: NDArray[np.int32], language: int) -> NDArray[np.float32]:
        prior = self._priors.get(language, NO_PRIOR)
        return _idf(hashes, counts, self._frozen_articles.get(language, 0), prior.hashes, prior.shares)


@kernel
def _count(counts: NDArray[np.int32], terms: NDArray[np.int32], sign: int) -> None:
    for term in terms:
        counts[term] += sign


@kernel
def _idf(
    hashes: NDArray[np.uint64],
    counts: NDArray[np.int32],
    frozen: int,
    known: NDArray[np.uint64],
    shares: NDArray[np.float32],
) -> NDArray[np.float32]:
    """Return how rare terms are by the last snapshot over the prior, whose sorted terms are ``known``."""
    articles = frozen + (PRIOR_WEIGHT if len(known) else 0.0) + 1.0
    idf = np.empty(len(hashes), dtype=np.float32)
    for i in range(len(hashes)):
        holding = counts[i] + 0.5
        at = np.searchsorted(known, hashes[i])
        if at < len(known) and known[at] == hashes[i]:
            holding += PRIOR_WEIGHT * shares[at]
        idf[i] = np.log(articles / holding)
    return idf
