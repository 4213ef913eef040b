"""What the index finds among 2,000 articles, against comparing every pair of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from math import sqrt

import numpy as np
import pytest
from datasketch import MinHash
from numpy.typing import NDArray

from dedupe.duplicates.bands import Buckets
from dedupe.duplicates.containment import containment
from dedupe.duplicates.signature import PERMUTATIONS, signature_of
from dedupe.settings import EngineSettings
from dedupe.text.tokens import tokenise

ORIGINALS = 1_000
WORDS = np.array([f"{first}{second}" for first in ("ba", "cor", "da", "fen", "gil") for second in map(str, range(800))])
SETTINGS = EngineSettings()
BINS = ((0.0, 0.2), (0.2, 0.4), (0.4, 0.6), (0.6, 1.01))
"""Ranges of Jaccard similarity; in the first the theory finds few, in the last all."""


@dataclass(frozen=True)
class Signed:
    """A text as the index knows it, with its shingles once more as a set."""

    shingles: NDArray[np.uint32]
    signature: NDArray[np.uint32]
    exact: frozenset[int]


def texts() -> Iterator[list[str]]:
    """Yield originals, each with a copy after it: words replaced, and the end cut off, more or less of both."""
    rng = np.random.default_rng(11)
    for number in range(ORIGINALS):
        original = rng.choice(WORDS, rng.integers(60, 240))
        edited, kept = original.copy(), int(len(original) * rng.uniform(0.4, 1.0))
        replaced = rng.random(len(original)) < 0.25 * number / ORIGINALS
        edited[replaced] = rng.choice(WORDS, replaced.sum())
        yield original.tolist()
        yield edited[:kept].tolist()


@cache
def articles() -> tuple[Signed, ...]:
    signed = (signature_of(tokenise(" ".join(words)).hashes, SETTINGS.shingle_size) for words in texts())
    return tuple(Signed(*pair, frozenset(pair[0].tolist())) for pair in signed)


@cache
def similar_pairs() -> dict[tuple[int, int], float]:
    """Compare every pair; return those that have anything in common, with their Jaccard similarity."""
    exact = [article.exact for article in articles()]
    return {
        (left, right): len(exact[left] & exact[right]) / len(exact[left] | exact[right])
        for left, right in combinations(range(len(exact)), 2)
        if not exact[left].isdisjoint(exact[right])
    }


@cache
def candidate_pairs() -> frozenset[tuple[int, int]]:
    """Return the pairs that the index brings together as the articles come in."""
    buckets, found = Buckets(SETTINGS.bands, SETTINGS.rows, SETTINGS.bucket_cap), set[tuple[int, int]]()
    for slot, article in enumerate(articles()):
        found.update((known, slot) for known in buckets.candidates(article.signature).tolist())
        buckets.add(slot, article.signature)
    return frozenset(found)


def test_the_articles_are_of_every_similarity() -> None:
    assert len(articles()) == 2_000
    assert len(similar_pairs()) >= ORIGINALS * 0.99
    for low, high in BINS:
        assert sum(low <= jaccard < high for jaccard in similar_pairs().values()) >= 50


@pytest.mark.parametrize(("low", "high"), BINS)
def test_candidates_are_found_as_often_as_the_theory_says(low: float, high: float) -> None:
    pairs = {pair: jaccard for pair, jaccard in similar_pairs().items() if low <= jaccard < high}
    chances = [1 - (1 - jaccard**SETTINGS.rows) ** SETTINGS.bands for jaccard in pairs.values()]
    expected, error = sum(chances), sqrt(sum(chance * (1 - chance) for chance in chances))
    found = len(pairs.keys() & candidate_pairs())
    # Each pair is a draw of its own, found or not: four standard errors of their sum, and half a pair of rounding.
    assert abs(found - expected) <= 4 * error + 0.5


def test_hardly_a_candidate_shares_nothing() -> None:
    chance = SETTINGS.bands**2 / 2**32  # that a key of one equals a key of the other, of any band: both have 32 bits
    expected = chance * len(articles()) ** 2 / 2
    assert len(candidate_pairs() - similar_pairs().keys()) <= expected + 4 * sqrt(expected)


def test_containment_is_that_of_the_exact_sets() -> None:
    for left, right in similar_pairs():
        one, other = articles()[left], articles()[right]
        exact = len(one.exact & other.exact) / min(len(one.exact), len(other.exact))
        assert containment(one.shingles, other.shingles) == exact


def test_signatures_are_those_of_datasketch() -> None:
    for article in articles():
        reference = MinHash(num_perm=PERMUTATIONS, scheme="affine32", seed=1, hashfunc=lambda word: word)
        reference.update_batch(article.shingles.tolist())
        assert np.array_equal(article.signature, reference.digest())
