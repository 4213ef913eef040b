from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from dedupe.clusters.vocabulary import CHUNK, FIRST_SNAPSHOT, LONGEST_INTERVAL, PRIOR_WEIGHT, Prior, Vocabulary

ENGLISH, FRENCH = 1, 2


def hashes(*terms: int) -> NDArray[np.uint64]:
    return np.array(terms, np.uint64)


def teach(vocabulary: Vocabulary, articles: list[list[int]], language: int = ENGLISH) -> None:
    for article in articles:
        vocabulary.add(vocabulary.intern(hashes(*article), language), language)


def idf(vocabulary: Vocabulary, term: int, language: int = ENGLISH) -> float:
    return float(vocabulary.terms.idf[vocabulary.intern(hashes(term), language)[0]])


def test_an_unknown_term_of_an_empty_stream_weighs_little() -> None:
    assert idf(Vocabulary({}), 7) == pytest.approx(math.log(1 / 0.5))


def test_a_prior_counts_for_so_many_articles() -> None:
    prior = Prior(hashes(3, 9), np.array([0.25, 0.01], np.float32))
    vocabulary = Vocabulary({ENGLISH: prior})

    for term, share in ((9, 0.01), (3, 0.25), (4, 0.0), (99, 0.0)):
        assert idf(vocabulary, term) == pytest.approx(
            math.log((PRIOR_WEIGHT + 1) / (PRIOR_WEIGHT * share + 0.5)), rel=1e-6
        )
    assert idf(vocabulary, 1009, FRENCH) == pytest.approx(math.log(2))


def test_weights_stay_until_the_next_snapshot() -> None:
    vocabulary = Vocabulary({})
    teach(vocabulary, [[1, 2], [1]])
    assert idf(vocabulary, 1) == pytest.approx(math.log(2))

    articles, terms, counts = vocabulary.freeze(ENGLISH)
    assert (articles, terms.tolist(), counts.tolist()) == (2, [1, 2], [2, 1])
    assert idf(vocabulary, 1) == pytest.approx(math.log(3 / 2.5))
    assert idf(vocabulary, 2) == pytest.approx(math.log(3 / 1.5))
    assert idf(vocabulary, 3) == pytest.approx(math.log(3 / 0.5)), "a new term is as rare as one never counted"


def test_languages_do_not_weigh_on_each_other() -> None:
    vocabulary = Vocabulary({})
    teach(vocabulary, [[1], [1]])
    teach(vocabulary, [[1001]], FRENCH)
    before = idf(vocabulary, 1001, FRENCH)
    vocabulary.freeze(ENGLISH)

    assert idf(vocabulary, 1001, FRENCH) == before
    assert vocabulary.freeze(FRENCH)[1].tolist() == [1001]


def test_what_is_taken_back_does_not_count() -> None:
    vocabulary = Vocabulary({})
    teach(vocabulary, [[1, 2], [1]])
    vocabulary.add(vocabulary.intern(hashes(1, 2), ENGLISH), ENGLISH, -1)

    assert vocabulary.freeze(ENGLISH)[0] == 1
    assert vocabulary.freeze(ENGLISH)[1].tolist() == [1]


def test_a_thawed_snapshot_gives_the_same_weights_and_counts() -> None:
    first = Vocabulary({})
    teach(first, [[1, 2], [2, 3], [2]])
    snapshot = first.freeze(ENGLISH)
    second = Vocabulary({})
    teach(second, [[8, 9]])
    second.thaw(ENGLISH, *snapshot)

    for term in (1, 2, 3, 4):
        assert idf(second, term) == idf(first, term)
    assert idf(second, 9) == idf(first, 77), "what the snapshot does not count was never counted"
    assert [part.tolist() for part in second.freeze(ENGLISH)[1:]] == [part.tolist() for part in snapshot[1:]]


def test_snapshots_come_when_the_stream_has_grown() -> None:
    vocabulary = Vocabulary({})
    due = []
    for number in range(1, 101):
        vocabulary.add(np.empty(0, np.int32), ENGLISH)
        if vocabulary.snapshot_due(ENGLISH):
            due.append(number)
            vocabulary.freeze(ENGLISH)

    assert due[0] == FIRST_SNAPSHOT
    assert all(1.2 * before < after <= 1.25 * before + 2 for before, after in pairwise(due))
    assert not vocabulary.snapshot_due(FRENCH)


def test_snapshots_of_a_long_stream_come_at_even_intervals() -> None:
    vocabulary = Vocabulary({})
    vocabulary.thaw(ENGLISH, 10**6, hashes(), np.empty(0, np.uint32))
    vocabulary.articles[ENGLISH] += LONGEST_INTERVAL
    assert not vocabulary.snapshot_due(ENGLISH)

    vocabulary.articles[ENGLISH] += 1
    assert vocabulary.snapshot_due(ENGLISH)


def test_terms_are_numbered_as_they_come_and_start_without_postings() -> None:
    vocabulary = Vocabulary({})
    many = np.arange(1, 70_000, dtype=np.uint64)

    assert np.array_equal(vocabulary.intern(many, ENGLISH), np.arange(len(many)))
    assert vocabulary.count == len(many)
    assert (vocabulary.terms.heads == -1).all()
    assert np.array_equal(vocabulary.hashes[: vocabulary.count], many)


def test_which_terms_came_together_is_not_recorded() -> None:
    """Many terms are recorded by their hashes, as many at a time as came over hundreds of articles."""
    rng = np.random.default_rng(1)
    vocabulary, came = Vocabulary({}), np.unique(rng.integers(1, 1 << 63, 3 * CHUNK // 2).astype(np.uint64))
    rng.shuffle(came)
    full, rest = np.sort(came[:CHUNK]), np.sort(came[CHUNK:])
    for part in (came[:100], came[100 : CHUNK + 1_000], came[CHUNK + 1_000 :]):
        vocabulary.add(vocabulary.intern(part, ENGLISH), ENGLISH)
        recorded = vocabulary.freeze(ENGLISH)[1]
        assert set(part.tolist()) <= set(recorded.tolist())

    assert np.array_equal(recorded, np.concatenate((full, rest)))
    vocabulary.rebuild()
    assert np.array_equal(vocabulary.freeze(ENGLISH)[1], recorded)


@pytest.mark.parametrize("seed", range(4))
def test_all_weights_and_snapshots_are_those_of_the_counts(seed: int) -> None:
    """However terms come, are counted and taken back between snapshots: by the formula, term by term."""
    rng = np.random.default_rng(seed)
    known = np.unique(rng.integers(0, 300, 40)).astype(np.uint64)
    prior = Prior(known, rng.random(len(known)).astype(np.float32))
    vocabulary, articles = Vocabulary({ENGLISH: prior}), {ENGLISH: 0, FRENCH: 0}
    counts: dict[int, dict[int, int]] = {ENGLISH: {}, FRENCH: {}}
    for _ in range(30):
        language = int(rng.choice([ENGLISH, FRENCH]))
        terms = np.unique(rng.integers(0, 300, 12)).astype(np.uint64) + np.uint64(1_000 * (language == FRENCH))
        for _ in range(int(rng.choice([1, 3, 700]))):
            vocabulary.add(vocabulary.intern(terms, language), language)
        times = vocabulary.articles[language] - articles[language]
        articles[language] += times
        for term in terms.tolist():
            counts[language][term] = counts[language].get(term, 0) + times
        if rng.random() < 0.3:
            vocabulary.add(vocabulary.intern(terms, language), language, -1)
            articles[language] -= 1
            counts[language] = {term: count - (term in terms) for term, count in counts[language].items()}
        if rng.random() < 0.3:
            vocabulary.rebuild()
        frozen, hashed, counted = vocabulary.freeze(language)
        held = {term: count for term, count in sorted(counts[language].items()) if count}
        assert (frozen, dict(zip(hashed.tolist(), counted.tolist(), strict=True))) == (articles[language], held)
        assert hashed.tolist() == sorted(hashed.tolist()), "as long as they are fewer than a chunk"
        for term, count in counts[language].items():
            share = prior.shares[known == term] if language == ENGLISH else ()
            holding = count + 0.5 + (PRIOR_WEIGHT * float(share[0]) if len(share) else 0.0)
            whole = frozen + (PRIOR_WEIGHT if language == ENGLISH else 0.0) + 1
            assert idf(vocabulary, term, language) == np.float32(math.log(whole / holding))
