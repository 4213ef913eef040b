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
    MAX_TITLE_TERMS,
    TITLE_WEIGHT,
    UNIT,
    Terms,
    count_terms,
    named,
    rarities_of,
    weigh,
)
from dedupe.language_code import language_code
from dedupe.text.tokens import FOLLOWS, HAS_DIGIT, IS_CAPITALISED, IS_SOLO, tokenise

ENGLISH = language_code("en")
TOKENS = st.lists(
    st.tuples(st.integers(1, 12), st.sampled_from([0, HAS_DIGIT, IS_CAPITALISED, HAS_DIGIT | IS_CAPITALISED])),
    max_size=60,
)


def counted(tokens: list[tuple[int, int]], title: int, language: int = ENGLISH, heading: int = 0) -> Terms:
    hashes = np.array([token for token, _ in tokens], np.uint64)
    return count_terms(hashes, np.array([flags for _, flags in tokens], np.uint8), title, heading or title, language)


@given(TOKENS, st.integers(0, 10))
def test_counts_are_those_of_each_token(tokens: list[tuple[int, int]], title: int) -> None:
    title = min(title, len(tokens))
    terms = counted(tokens, title)
    in_title, in_body = Counter(token for token, _ in tokens[:title]), Counter(token for token, _ in tokens[title:])

    distinct = list(dict.fromkeys(token for token, _ in tokens))
    assert len(set(terms.hashes.tolist())) == len(distinct)
    assert terms.first.tolist() == [next(i for i, (t, _) in enumerate(tokens) if t == token) for token in distinct]
    assert terms.body.tolist() == [in_body[token] for token in distinct]
    assert terms.title.tolist() == [in_title[token] for token in distinct]
    assert terms.heading.tolist() == terms.title.tolist()


def test_the_lead_may_stand_for_the_title() -> None:
    terms = counted([(5, 0), (6, 0), (5, 0), (7, 0)], 0, heading=3)

    assert terms.heading.tolist() == [2, 1, 0]
    assert terms.title.tolist() == [0, 0, 0]


def test_a_term_is_the_same_in_title_and_body_and_another_in_another_language() -> None:
    one, other = counted([(5, 0), (5, 0)], 1), counted([(5, 0)], 0)

    assert one.hashes.tolist() == other.hashes.tolist()
    assert counted([(5, 0)], 0, language_code("fr")).hashes.tolist() != other.hashes.tolist()


def test_only_the_top_of_a_long_body_counts() -> None:
    tokens = [(1, 0)] * 3 + [(2, 0)] * BODY_TOKENS + [(3, 0)] * 50
    terms = counted(tokens, 3)

    assert (terms.title.tolist(), terms.body.tolist()) == ([3, 0], [0, BODY_TOKENS])


def test_scripts_without_spaces_are_compared_by_pairs_of_characters() -> None:
    tokens = [(1, IS_SOLO), *[(number, IS_SOLO | FOLLOWS) for number in (2, 3)]]
    pairs = [counted(tokens[i : i + 2], 0).hashes[0] for i in (0, 1)]

    assert counted(tokens, 0).hashes.tolist() == pairs
    assert counted([(2, IS_SOLO), (1, IS_SOLO | FOLLOWS)], 0).hashes[0] not in pairs, "the order of a pair matters"
    assert len(counted(tokens[:2], 1).hashes) == 2, "no pair spans title and body"
    assert counted(tokens[:2], 1).hashes[0] == counted(tokens[:1], 0).hashes[0]


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("東京電力", 3),
        ("東京、電力", 2),
        ("東京\n電力", 2),
        ("東京 2026年", 3),
        ("東京、電力、東京", 2),
        ("水", 1),
        ("", 0),
    ],
)
def test_pairs_lie_between_signs(text: str, terms: int) -> None:
    tokens = tokenise(text)

    assert len(count_terms(tokens.hashes, tokens.flags, 0, 0, language_code("ja")).hashes) == terms


def weighed(terms: Terms, idf: NDArray[np.float32]) -> tuple[dict[int, int], ...]:
    """Return the weights of the article and of its title, by term number; the terms are numbered backwards."""
    numbers = np.arange(len(terms.hashes), dtype=np.int32)[::-1].copy()
    whole, title, _ = named(weigh(numbers, (*terms,), idf))
    assert all((np.diff(vector.terms) > 0).all() for vector in (whole, title)), "sorted by term number"
    return tuple(dict(zip(part.terms.tolist(), part.weights.tolist(), strict=True)) for part in (whole, title))


def expected(frequencies: dict[int, float], idf: NDArray[np.float32], most: int) -> dict[int, float]:
    """Return the weights of the heaviest ``most`` terms, from how often each number stands there."""
    plain = {number: (1 + math.log(tf)) * float(idf[number]) for number, tf in frequencies.items() if tf}
    kept = sorted(plain, key=lambda number: -plain[number])[:most]
    length = math.sqrt(sum(plain[number] ** 2 for number in kept))
    return {number: plain[number] / length * UNIT for number in kept}


@given(TOKENS, st.integers(0, 30), st.integers(0, 10**6))
def test_weights_follow_the_formula(tokens: list[tuple[int, int]], title: int, seed: int) -> None:
    terms = counted(
        [(token + 20 * (at % 5), flags) for at, (token, flags) in enumerate(tokens)], min(title, len(tokens))
    )
    n = len(terms.hashes)
    idf = np.random.default_rng(seed).uniform(0.1, 8, n).astype(np.float32)
    counts = zip(terms.body.tolist(), terms.title.tolist(), strict=True)
    frequencies = {n - 1 - i: body + TITLE_WEIGHT * headed for i, (body, headed) in enumerate(counts)}
    titles = {n - 1 - i: float(headed) for i, headed in enumerate(terms.heading.tolist())}
    whole, heading = weighed(terms, idf)

    assert whole == pytest.approx(expected(frequencies, idf, MAX_TERMS), abs=1)
    assert heading == pytest.approx(expected(titles, idf, MAX_TITLE_TERMS), abs=1)


def test_terms_that_say_nothing_are_left_out() -> None:
    terms = counted([(1, 0), (2, 0), (3, 0)], 0)

    assert weighed(terms, np.array([0.0, -0.4, 2.0], np.float32)) == ({2: UNIT}, {})
    assert weighed(terms, np.zeros(3, np.float32)) == ({}, {})
    assert weighed(counted([], 0), np.zeros(0, np.float32)) == ({}, {})


def test_no_weight_is_lost_to_rounding() -> None:
    tokens = [(number, 0) for number in range(1, MAX_TERMS + 1)]
    idf = np.full(MAX_TERMS, 1e-4, np.float32)
    idf[0] = 9.0

    assert min(weighed(counted(tokens, 0), idf)[0].values()) == 1


def test_unit_vectors_stay_within_32_bits() -> None:
    terms = counted([(number, 0) for number in range(1, MAX_TERMS + 1)], 0)
    weights = weighed(terms, np.ones(MAX_TERMS, np.float32))[0].values()

    assert sum(weight**2 for weight in weights) <= UNIT**2 < 2**31


def test_rarity_is_told_beside_the_rarest_term() -> None:
    idf = np.array([8.0, 4.0, 4.4, 5.4, 6.4], np.float32)
    rarities = rarities_of(np.arange(5, dtype=np.int32), idf)

    assert rarities.tolist() == pytest.approx([1.0, 0.0, 0.0, 0.5, 1.0], abs=1e-6)
    assert rarities_of(np.zeros(1, np.int32), np.zeros(1, np.float32)).tolist() == [0.0]
