from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from dedupe.clusters.terms import (
    BODY_TOKENS,
    MAX_TERMS,
    NAME_BIT,
    UNIT,
    WEIGHT_MASK,
    Terms,
    count_terms,
    weigh,
)
from dedupe.language_code import language_code
from dedupe.text.tokens import HAS_DIGIT, IS_CAPITALISED, IS_SOLO, tokenise

ENGLISH = language_code("en")
TOKENS = st.lists(
    st.tuples(st.integers(1, 12), st.sampled_from([0, HAS_DIGIT, IS_CAPITALISED, HAS_DIGIT | IS_CAPITALISED])),
    max_size=60,
)


def counted(tokens: list[tuple[int, int]], title: int, language: int = ENGLISH) -> Terms:
    hashes = np.array([token for token, _ in tokens], np.uint64)
    return count_terms(hashes, np.array([flags for _, flags in tokens], np.uint8), title, language)


@given(TOKENS, st.integers(0, 10))
def test_counts_are_those_of_each_token(tokens: list[tuple[int, int]], title: int) -> None:
    title = min(title, len(tokens))
    terms = counted(tokens, title)
    in_title, in_body = Counter(token for token, _ in tokens[:title]), Counter(token for token, _ in tokens[title:])
    lower = Counter(token for token, flags in tokens[title:] if not flags & IS_CAPITALISED)

    distinct = list(dict.fromkeys(token for token, _ in tokens))
    assert len(set(terms.hashes.tolist())) == len(distinct)
    assert terms.first.tolist() == [next(i for i, (t, _) in enumerate(tokens) if t == token) for token in distinct]
    assert terms.body.tolist() == [in_body[token] for token in distinct]
    assert terms.title.tolist() == [in_title[token] for token in distinct]
    assert terms.lower.tolist() == [lower[token] for token in distinct]
    assert terms.digit.tolist() == [any(f & HAS_DIGIT for t, f in tokens if t == token) for token in distinct]


def test_a_term_is_the_same_in_title_and_body_and_another_in_another_language() -> None:
    one, other = counted([(5, 0), (5, 0)], 1), counted([(5, 0)], 0)

    assert one.hashes.tolist() == other.hashes.tolist()
    assert counted([(5, 0)], 0, language_code("fr")).hashes.tolist() != other.hashes.tolist()


def test_only_the_top_of_a_long_body_counts() -> None:
    tokens = [(1, 0)] * 3 + [(2, 0)] * BODY_TOKENS + [(3, 0)] * 50
    terms = counted(tokens, 3)

    assert (terms.title.tolist(), terms.body.tolist()) == ([3, 0], [0, BODY_TOKENS])


def test_scripts_without_spaces_are_compared_by_pairs_of_characters() -> None:
    tokens = [(number, IS_SOLO) for number in (1, 2, 3)]
    pairs = {counted(tokens[i : i + 2], 0).hashes[0] for i in (0, 1)}
    terms = counted(tokens, 0)

    assert set(terms.hashes.tolist()) == {*pairs, counted(tokens[2:], 0).hashes[0]}
    assert counted([(2, IS_SOLO), (1, IS_SOLO)], 0).hashes[0] not in pairs, "the order of a pair matters"
    assert len(counted(tokens[:2], 1).hashes) == 2, "no pair spans title and body"
    assert counted(tokens[:2], 1).hashes[0] == counted(tokens[:1], 0).hashes[0]


def test_a_text_of_japanese_has_pairs() -> None:
    tokens = tokenise("東京電力")
    terms = count_terms(tokens.hashes, tokens.flags, 0, language_code("ja"))

    assert len(tokens.hashes) == len(terms.hashes) == 4


def weighed(terms: Terms, idf: NDArray[np.float32], title_weight: float = 3.0, most: int = 8) -> dict[int, int]:
    numbers = np.arange(len(terms.hashes), dtype=np.int32)[::-1].copy()
    vector = weigh(numbers, terms, idf, title_weight, most)
    assert (np.diff(vector.terms) > 0).all(), "sorted by term number"
    return dict(zip(vector.terms.tolist(), vector.weights.tolist(), strict=True))


@given(TOKENS, st.integers(0, 10), st.integers(0, 10**6))
def test_weights_follow_the_formula(tokens: list[tuple[int, int]], title: int, seed: int) -> None:
    terms = counted(tokens, min(title, len(tokens)))
    n = len(terms.hashes)
    idf = np.random.default_rng(seed).uniform(0.1, 8, n).astype(np.float32)
    plain = {}
    for i in range(n):
        number = n - 1 - i
        tf = int(terms.body[i]) + 3.0 * int(terms.title[i])
        plain[number] = (1 + math.log(tf)) * float(idf[number])
    kept = sorted(plain, key=lambda number: -plain[number])[:8]
    length = math.sqrt(sum(plain[number] ** 2 for number in kept))
    got = weighed(terms, idf)

    assert got.keys() == set(kept)
    for number, weight in got.items():
        assert weight & WEIGHT_MASK == pytest.approx(plain[number] / length * UNIT, abs=1)
        i = n - 1 - number
        is_name = terms.digit[i] or (terms.body[i] > 0 and terms.lower[i] == 0)
        assert bool(weight & NAME_BIT) == is_name


def test_terms_that_say_nothing_are_left_out() -> None:
    terms = counted([(1, 0), (2, 0), (3, 0)], 0)

    assert weighed(terms, np.array([0.0, -0.4, 2.0], np.float32)) == {2: UNIT}
    assert weighed(terms, np.zeros(3, np.float32)) == {}
    assert weighed(counted([], 0), np.zeros(0, np.float32)) == {}


def test_no_weight_is_lost_to_rounding() -> None:
    tokens = [(number, 0) for number in range(1, MAX_TERMS + 1)]
    idf = np.full(MAX_TERMS, 1e-4, np.float32)
    idf[0] = 9.0

    assert min(weighed(counted(tokens, 0), idf, most=MAX_TERMS).values()) == 1


def test_unit_vectors_stay_within_32_bits() -> None:
    terms = counted([(number, 0) for number in range(1, MAX_TERMS + 1)], 0)
    weights = weighed(terms, np.ones(MAX_TERMS, np.float32), most=MAX_TERMS).values()

    assert sum(weight**2 for weight in weights) <= UNIT**2 < 2**31
