"""How rare each term is: document frequencies of a language, learned from the stream over a prior.

A term's weight comes from a frozen snapshot, taken anew whenever the stream has grown by a
quarter, so that a vector can be computed again later exactly as it was. Inverse document
frequency: Spärck Jones 1972, smoothed as ln((N + 1) / (df + 1/2)).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedupe.clusters.terms import Terms, Vector, Weighed, named, weigh
from dedupe.columns import grow, new_columns
from dedupe.interner import Arrays, Interner, intern_all
from dedupe.kernel import kernel

PRIOR_WEIGHT: Final = 2_000.0
"""How many articles of the stream the prior counts for."""
FIRST_SNAPSHOT: Final = 4
SNAPSHOT_GROWTH: Final = 1.25
LONGEST_INTERVAL: Final = 20_000
CHUNK: Final = 1 << 14
"""So many terms that came one after the other are recorded by their hashes: which came together, nobody shall read."""
_FEW: Final = 1 << 10


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


_Columns = tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float32]]
_PriorArrays = tuple[NDArray[np.uint64], NDArray[np.float32]]
_Numbered = tuple[Arrays, _Columns, _PriorArrays, tuple[int, int, int]]
"""The table of terms, their first three columns, the prior; how many terms there are, language, and articles frozen."""

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
        self._order = np.empty(0, np.int32)

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
        numbers, self._interner.count = _number(*self._room_for(len(hashes), language), hashes)
        return numbers

    def weigh(self, terms: Terms, language: int) -> tuple[NDArray[np.int32], Vector, Vector, NDArray[np.float32]]:
        """Return the number of each term of an article, as `intern` does, and what they weigh as of now."""
        numbers, self._interner.count, weighed = _weigh_terms(*self._room_for(len(terms.hashes), language), (*terms,))
        return numbers, *named(weighed)

    def _room_for(self, more: int, language: int) -> _Numbered:
        """Make room for so many new terms of a language; return what compiled code needs to number them."""
        table, room = self._interner.room_for(more), len(self.terms.heads)
        self.terms = grow(self.terms, self.count + more)
        if len(self.terms.heads) > room:
            self.terms.heads[room:] = -1
        prior = self._priors.get(language, NO_PRIOR)
        return (
            table,
            self.terms[:3],
            (prior.hashes, prior.shares),
            (self.count, language, self._frozen_articles.get(language, 0)),
        )

    def add(self, terms: NDArray[np.int32], language: int, sign: int = 1) -> None:
        """Count an article's distinct ``terms`` once each; take it back with ``sign=-1``."""
        _count(self.terms.counts, terms, sign)
        self.articles[language] = self.articles.get(language, 0) + sign

    def snapshot_due(self, language: int) -> bool:
        """Return whether the stream has grown enough for new weights."""
        return self.articles.get(language, 0) >= self._due.get(language, FIRST_SNAPSHOT)

    def freeze(self, language: int) -> tuple[int, NDArray[np.uint64], NDArray[np.uint32]]:
        """Make today's counts the weights; return articles counted, term hashes by `CHUNK`, and their counts."""
        self._put_in_order()
        articles = self.articles.get(language, 0)
        hashes, counts = _counted(self._order, self.hashes, self.terms.languages, self.terms.counts, language)
        self._weigh(language, articles)
        return articles, hashes, counts

    def thaw(self, language: int, articles: int, hashes: NDArray[np.uint64], counts: NDArray[np.uint32]) -> None:
        """Take a recorded snapshot as the weights and as the counts so far."""
        numbers = self.intern(hashes, language)
        self.terms.counts[: self.count][self.terms.languages[: self.count] == language] = 0
        self.terms.counts[numbers] = counts
        self.articles[language] = articles
        self._weigh(language, articles)

    def rebuild(self) -> None:
        """Put the terms in order again after the arrays were put in the place of others."""
        self._order = self._order[:0]
        self._put_in_order()

    def _put_in_order(self) -> None:
        """Sort each `CHUNK` of terms by hash, but for those that were full the last time."""
        full = len(self._order) - len(self._order) % CHUNK
        keys = self.hashes[: self.count]
        fresh = [at + np.argsort(keys[at : at + CHUNK]) for at in range(full, len(keys), CHUNK)]
        self._order = np.concatenate((self._order[:full], *fresh), dtype=np.int32, casting="same_kind")

    def _weigh(self, language: int, articles: int) -> None:
        """Weigh all terms of a language by their present counts, and so many articles."""
        self._frozen_articles[language] = articles
        self._due[language] = min(articles * SNAPSHOT_GROWTH, articles + LONGEST_INTERVAL) + 1
        prior = self._priors.get(language, NO_PRIOR)
        languages, counts = self.terms.languages[: self.count], self.terms.counts[: self.count]
        _weigh_uncommon(languages, counts, self.terms.idf, language, _articles(articles, len(prior.hashes)))
        terms = self._interner.find_all(prior.hashes)
        terms = terms[(terms >= 0) & (self.terms.languages[terms] == language)]
        self.terms.idf[terms] = self._idf(self.hashes[terms], counts[terms], language)

    def _idf(self, hashes: NDArray[np.uint64], counts: NDArray[np.int32], language: int) -> NDArray[np.float32]:
        prior = self._priors.get(language, NO_PRIOR)
        return _idf(hashes, counts, self._frozen_articles.get(language, 0), prior.hashes, prior.shares)


@kernel
def _number(
    table: Arrays, columns: _Columns, prior: _PriorArrays, known: tuple[int, int, int], keys: NDArray[np.uint64]
) -> tuple[NDArray[np.int32], int]:
    """Return the number of each key, and how many terms there are then; new ones get their language and weight."""
    languages, counts, idf = columns
    count, language, frozen = known
    numbers, after = intern_all(table, count, keys)
    if after > count:
        fresh = slice(count, after)
        languages[fresh] = language
        idf[fresh] = _idf(table[0][fresh], counts[fresh], frozen, prior[0], prior[1])
    return numbers, after


@kernel
def _weigh_terms(
    table: Arrays, columns: _Columns, prior: _PriorArrays, known: tuple[int, int, int], terms: tuple[Any, ...]
) -> tuple[NDArray[np.int32], int, Weighed]:
    numbers, count = _number(table, columns, prior, known, terms[0])
    return numbers, count, weigh(numbers, terms, columns[2])


@kernel
def _count(counts: NDArray[np.int32], terms: NDArray[np.int32], sign: int) -> None:
    for term in terms:
        counts[term] += sign


@kernel
def _articles(frozen: int, known: int) -> float:
    """Return how many articles count, with those of a prior of so many terms."""
    return frozen + (PRIOR_WEIGHT if known else 0.0) + 1.0


@kernel
def _weigh_uncommon(
    languages: NDArray[np.int32], counts: NDArray[np.int32], idf: NDArray[np.float32], language: int, articles: float
) -> None:
    """Weigh the terms of a language as if there were no prior; most have one of a few counts."""
    by_count = np.empty(_FEW, np.float32)
    for count in range(_FEW):
        by_count[count] = np.log(articles / (count + 0.5))
    for term in range(len(counts)):
        if languages[term] == language:
            count = counts[term]
            idf[term] = by_count[count] if 0 <= count < _FEW else np.float32(np.log(articles / (count + 0.5)))


@kernel
def _counted(
    order: NDArray[np.int32],
    keys: NDArray[np.uint64],
    languages: NDArray[np.int32],
    counts: NDArray[np.int32],
    language: int,
) -> tuple[NDArray[np.uint64], NDArray[np.uint32]]:
    """Return the hashes and the counts of the terms of a language that are in any article, in an order."""
    hashes, held = np.empty(len(order), np.uint64), np.empty(len(order), np.uint32)
    found = 0
    for term in order:
        if languages[term] == language and counts[term] > 0:
            hashes[found], held[found] = keys[term], counts[term]
            found += 1
    return hashes[:found], held[:found]


@kernel
def _idf(
    hashes: NDArray[np.uint64],
    counts: NDArray[np.int32],
    frozen: int,
    known: NDArray[np.uint64],
    shares: NDArray[np.float32],
) -> NDArray[np.float32]:
    """Return how rare terms are by the last snapshot over the prior, whose sorted terms are ``known``."""
    articles = _articles(frozen, len(known))
    idf = np.empty(len(hashes), dtype=np.float32)
    for i in range(len(hashes)):
        holding = counts[i] + 0.5
        at = np.searchsorted(known, hashes[i])
        if at < len(known) and known[at] == hashes[i]:
            holding += PRIOR_WEIGHT * float(shares[at])
        idf[i] = np.log(articles / holding)
    return idf
