from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from dedupe.clusters.index import ClusterIndex
from dedupe.duplicates.containment import (
    RESENT_JACCARD,
    SHORT,
    SHORT_JACCARD,
    TEMPLATE_GAP,
    Rule,
    Text,
    best_copy,
    containment,
)

MONTH = 30 * 86_400.0
RULE = Rule(0.55, 0.35, MONTH)
SETS = st.sets(st.integers(0, 40), max_size=30)


def array(values: set[int] | range) -> NDArray[np.uint32]:
    return np.array(sorted(values), np.uint32)


def text(
    shingles: set[int] | range, numbers: set[int] | None = None, tokens: int = 100, time: float = math.nan
) -> Text:
    return Text(array(shingles), array(numbers or set()), tokens, time)


def copied(probe: Text, *known: Text, rule: Rule = RULE) -> tuple[int, float, float]:
    """Look for the original of ``probe`` among ``known``."""
    index = ClusterIndex({}, 64)
    for number, one in enumerate(known):
        slot = index.new_slot(number, one.time, 0.0)
        index.keep_copy_evidence(slot, one.shingles, one.numbers, one.tokens)
    slot, jaccard, contained = best_copy(probe, np.arange(len(known), dtype=np.int32), index.space, rule)
    return int(slot), jaccard, contained


@given(SETS, SETS)
def test_containment_is_the_share_of_the_smaller_set(left: set[int], right: set[int]) -> None:
    fewer = min(len(left), len(right))

    assert containment(array(left), array(right)) == (len(left & right) / fewer if fewer else 0.0)


@given(SETS, SETS)
def test_a_copy_shares_enough_and_is_long_enough(left: set[int], right: set[int]) -> None:
    fewer, more = sorted((len(left), len(right)))
    shared = len(left & right)
    is_copy = fewer > 0 and fewer >= 0.35 * more and shared / fewer >= 0.55
    slot, jaccard, contained = copied(text(left), text(right))

    assert (slot == 0) == is_copy
    if is_copy:
        assert (jaccard, contained) == (shared / len(left | right), shared / fewer)
    else:
        assert (jaccard, contained) == (0.0, 0.0)


def test_empty_texts_are_nobodys_copy() -> None:
    assert copied(text(set()), text(set()))[0] == -1
    assert copied(text(range(30)))[0] == -1


def test_of_several_the_best_contained_then_the_most_similar_then_the_first() -> None:
    probe = text(range(20))
    half, whole, longer = text(range(4, 24)), text(range(20)), text(range(25))

    assert copied(probe, half, longer, whole)[0] == 2
    assert copied(probe, half, longer)[0] == 1
    assert copied(probe, whole, whole)[0] == 0


def test_what_is_cut_to_half_is_a_copy_and_a_sentence_of_it_is_not() -> None:
    assert copied(text(range(50)), text(range(100)))[0] == 0
    assert copied(text(range(34)), text(range(100)))[0] == -1


def test_short_texts_are_copies_only_when_nearly_all_is_the_same() -> None:
    short = SHORT - 1
    alike = text(range(4, 24), tokens=short)  # 16 of 24
    nearly = text(range(2, 22), tokens=short)  # 18 of 22

    assert copied(text(range(20), tokens=short), alike)[0] == -1
    assert copied(text(range(20), tokens=SHORT), text(range(4, 24), tokens=SHORT))[0] == 0
    assert copied(text(range(20), tokens=short), nearly)[1] >= SHORT_JACCARD
    assert copied(text(range(20), tokens=200), alike)[0] == -1, "one short text is enough"


@pytest.mark.parametrize(
    ("gap", "theirs", "is_copy"),
    [
        (TEMPLATE_GAP + 1, {6, 7, 8, 9}, False),
        (-TEMPLATE_GAP - 1, {6, 7, 8, 9}, False),
        (TEMPLATE_GAP, {6, 7, 8, 9}, True),
        (TEMPLATE_GAP + 1, {1, 2, 8, 9}, True),
        (TEMPLATE_GAP + 1, {1, 7, 8, 9}, False),
        (TEMPLATE_GAP + 1, set(), True),
        (math.nan, {6, 7, 8, 9}, True),
    ],
)
def test_a_skeleton_with_other_numbers_on_another_day_is_no_copy(gap: float, theirs: set[int], is_copy: bool) -> None:
    notice = text(range(5, 45), {1, 2, 3, 4}, time=1e6)
    earlier = text(range(40), theirs, time=1e6 + gap)

    assert (copied(notice, earlier)[0] == 0) == is_copy


def test_the_same_text_again_is_a_copy_whatever_its_numbers() -> None:
    notice = text(range(40), {1, 2}, time=0.0)

    assert copied(notice, text(range(40), {3, 4}, time=1e7))[0] == 0


@pytest.mark.parametrize("gap", [MONTH + 1, -MONTH - 1])
def test_after_the_window_only_the_whole_text_is_a_copy(gap: float) -> None:
    cut, resent = text(range(15), time=gap), text(range(19), time=gap)
    original = text(range(20), time=0.0)

    assert copied(cut, original)[0] == -1
    assert copied(cut._replace(time=MONTH), original)[0] == 0
    assert copied(cut._replace(time=math.nan), original)[0] == 0
    assert copied(resent, original)[1] >= RESENT_JACCARD


def test_the_rule_is_a_setting() -> None:
    assert copied(text(range(20)), text(range(4, 24)), rule=Rule(0.9, 0.35, MONTH))[0] == -1
    assert copied(text(range(20)), text(range(100)), rule=Rule(0.55, 0.1, MONTH))[0] == 0
