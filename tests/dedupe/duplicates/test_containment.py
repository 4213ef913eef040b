from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from dedupe.clusters.index import ClusterIndex
from dedupe.duplicates.containment import (
    DAYS_APART,
    EXCERPT_RATIO,
    RESENT_JACCARD,
    SHORT,
    SHORT_JACCARD,
    Copy,
    Rule,
    best_copy,
    containment,
)
from dedupe.duplicates.passages import Text
from dedupe.duplicates.signature import shingles, windows
from dedupe.settings import EngineSettings
from tests.dedupe.passages import covered_places

MONTH = 30 * 86_400.0
RULE = Rule(EngineSettings().coverage, EngineSettings().length_ratio, MONTH)
SIZE = 5
NUMBER = 1_000
"""Tokens from here on have a digit."""
HERALD, COURIER, UNKNOWN = 7, 8, 0
SETS = st.sets(st.integers(0, 40), max_size=30)
NOBODY: NDArray[np.int32] = np.full(1, -1, np.int32)


def array(values: set[int]) -> NDArray[np.uint32]:
    return np.array(sorted(values), np.uint32)


def text(tokens: Sequence[int], time: float = math.nan, source: int = UNKNOWN) -> Text:
    hashes = np.array(tokens, np.uint64)
    numbered = hashes >= NUMBER
    numbers = np.unique(hashes[numbered]).astype(np.uint32)
    return Text(shingles(hashes, SIZE), windows(hashes, SIZE), numbered, numbers, time, source)


def known_to(index: ClusterIndex, known: Text) -> int:
    slot = index.new_slot(index.slots + 1, known.time, 0.0)
    index.keep_copy_evidence(slot, (known.shingles, known.numbers, len(known.numbered)))
    index.articles.source[slot] = known.source
    return slot


def copied(probe: Text, *known: Text, rule: Rule = RULE) -> Copy:
    """Look for the original of ``probe`` among ``known``."""
    index = ClusterIndex({}, 64)
    slots = [known_to(index, one) for one in known]
    return best_copy(probe, np.array(slots, np.int32), NOBODY, index.space, rule)


def edited(tokens: Sequence[int], every: int, first: int = 500) -> list[int]:
    """Replace one token in so many."""
    return [first + at if at % every == every // 2 else token for at, token in enumerate(tokens)]


def is_copy(probe: Text, known: Text, rule: Rule = RULE) -> bool:
    return copied(probe, known, rule=rule).slot == 0


@given(SETS, SETS)
def test_containment_is_the_share_of_the_smaller_set(left: set[int], right: set[int]) -> None:
    fewer = min(len(left), len(right))

    assert containment(array(left), array(right)) == (len(left & right) / fewer if fewer else 0.0)


@settings(deadline=None)
@given(st.integers(0, 120), st.integers(40, 120), st.integers(6, 60))
def test_a_copy_is_covered_and_long_enough(start: int, length: int, every: int) -> None:
    original, probe = text(range(120)), text(edited(range(start, start + length), every))
    ours, theirs = set(probe.shingles.tolist()), set(original.shingles.tolist())
    shared, (fewer, more) = len(ours & theirs), sorted((len(ours), len(theirs)))
    coverage = len(covered_places(probe.windows.tolist(), theirs, SIZE)) / length
    expected = fewer >= RULE.length_ratio * more and shared >= 0.25 * fewer and coverage >= RULE.coverage
    found = copied(probe, original)

    assert (found.slot == 0) == expected
    if expected:
        assert found[1:4] == (shared / len(ours | theirs), shared / fewer, coverage)


def test_empty_texts_are_nobodys_copy() -> None:
    assert not is_copy(text([]), text([]))
    assert not is_copy(text(range(60)), text([]))
    assert not is_copy(text([]), text(range(60)))


def test_words_changed_all_over_a_text_leave_it_a_copy() -> None:
    found = copied(text(edited(range(200), every=9)), text(range(200)))

    assert found.slot == 0
    assert found.containment < 0.5
    assert found.coverage > 0.85


def test_a_rewrite_that_keeps_a_quotation_is_none() -> None:
    rewritten = [*range(500, 600), *range(50, 90), *range(600, 660)]

    assert not is_copy(text(rewritten), text(range(200)))


def test_of_several_the_most_similar_then_the_first() -> None:
    probe = text(range(100))
    brief, cut, longer = text(range(40, 80)), text(range(10, 100)), text(range(150))

    assert copied(probe, brief, longer, cut, cut).slot == 2
    assert copied(probe, brief, longer).slot == 1
    assert copied(probe, cut, text(range(100)), text(range(100))).slot == 1


def test_topped_tailed_and_cut_it_is_a_copy_and_a_small_part_is_an_excerpt() -> None:
    original = text(range(200))
    topped_and_tailed = copied(text([*range(500, 530), *range(200), *range(600, 630)]), original)
    cut, excerpt = copied(text(range(100)), original), copied(text(range(50, 110)), original)
    embedding = copied(text([*range(500, 700), *range(200), *range(700, 900)]), original)

    assert [found.slot for found in (topped_and_tailed, cut, excerpt, embedding)] == [0, 0, 0, 0]
    assert [found.kind for found in (topped_and_tailed, cut)] == ["copy", "copy"]
    assert [found.kind for found in (excerpt, embedding)] == ["excerpt", "excerpt"]
    assert (60 - SIZE + 1) / (200 - SIZE + 1) < EXCERPT_RATIO


def test_a_sentence_of_a_text_is_nothing() -> None:
    assert not is_copy(text(range(40)), text(range(400)))


def test_short_texts_are_copies_only_when_nearly_all_is_the_same() -> None:
    short = range(SHORT - 1)
    alike, nearly = text([*short[6:], *range(500, 506)]), text([*short[2:], *range(500, 502)])

    assert not is_copy(text(short), alike)
    assert is_copy(text(range(SHORT)), text([*range(5, SHORT), *range(500, 505)]))
    assert copied(text(short), nearly).jaccard >= SHORT_JACCARD
    assert not is_copy(text(range(80)), text(short)), "one short text is enough"


@pytest.mark.parametrize(("gap", "same"), [(DAYS_APART, True), (DAYS_APART + 1, False), (math.nan, True)])
def test_a_few_words_that_come_again_days_later_are_no_copy(gap: float, same: bool) -> None:
    headline = range(SHORT - 1)

    assert is_copy(text(headline, time=gap), text(headline, time=0.0)) == same


NOTICE = [NUMBER + at if at % 15 == 7 else at for at in range(90)]
"""A market notice: a number in every line."""
NEXT = [token + 50 if token >= NUMBER else token for token in NOTICE]
"""The same notice with the numbers of another day."""
REWORDED = edited(range(90), every=15)


@pytest.mark.parametrize("gap", [DAYS_APART + 1, -DAYS_APART - 1])
@pytest.mark.parametrize("source", [HERALD, COURIER, UNKNOWN])
def test_a_skeleton_with_other_numbers_days_apart_is_a_template(gap: float, source: int) -> None:
    assert not is_copy(text(NEXT, gap, source), text(NOTICE, 0.0, HERALD))


@pytest.mark.parametrize("gap", [DAYS_APART, 0.0, math.nan])
def test_the_same_day_or_undated_it_is_a_correction(gap: float) -> None:
    assert is_copy(text(NEXT, gap, HERALD), text(NOTICE, 0.0, HERALD))


def test_other_words_days_apart_are_a_template_of_the_same_source_only() -> None:
    original = text(range(90), 0.0, HERALD)

    assert not is_copy(text(REWORDED, 1e6, HERALD), original)
    assert is_copy(text(REWORDED, 1e6, COURIER), original)
    assert is_copy(text(REWORDED, 1e6, UNKNOWN), original)
    assert is_copy(text(REWORDED, 1e6, UNKNOWN), text(range(90), 0.0, UNKNOWN)), "two unknown sources are not one"


def test_the_same_text_sent_again_is_a_copy_whoever_sends_it() -> None:
    with_a_date = [*NOTICE, 500]

    assert is_copy(text(NOTICE, 1e6, HERALD), text(NOTICE, 0.0, HERALD))
    assert is_copy(text(with_a_date, 1e6, HERALD), text(NOTICE, 0.0, HERALD))
    assert not is_copy(text([*NOTICE, NUMBER + 99], 1e6, HERALD), text(NOTICE, 0.0, HERALD))


@pytest.mark.parametrize("gap", [MONTH + 1, -MONTH - 1])
def test_after_the_window_only_the_whole_text_is_a_copy(gap: float) -> None:
    cut, resent = text(range(80), time=gap), text(range(98), time=gap)
    original = text(range(100), time=0.0)

    assert not is_copy(cut, original)
    assert is_copy(cut._replace(time=MONTH), original)
    assert is_copy(cut._replace(time=math.nan), original)
    assert copied(resent, original).jaccard >= RESENT_JACCARD


def test_the_rule_is_a_setting() -> None:
    probe, original = text(range(100)), text(range(20, 120))

    assert is_copy(probe, original)
    assert not is_copy(probe, original, Rule(0.9, 0.2, MONTH))
    assert not is_copy(text(range(60)), original, Rule(0.65, 0.7, MONTH))


def test_a_group_does_not_wander_from_text_to_text() -> None:
    """Each is three quarters of the one before; the third holds half of the first."""
    index = ClusterIndex({}, 64)
    steps = [text(range(at, at + 100)) for at in (0, 25, 50)]
    slots = np.array([known_to(index, step) for step in steps[:2]], np.int32)
    founders = np.zeros(1, np.int32)
    assert best_copy(steps[2], slots, founders, index.space, RULE).slot == 1

    index.articles.group[:2] = 0
    assert best_copy(steps[2], slots, founders, index.space, RULE).slot == -1
    assert best_copy(text(range(20, 120)), slots, founders, index.space, RULE).slot == 1

    index.erase(0)
    assert best_copy(steps[2], slots[1:], founders, index.space, RULE).slot == 1, "there is no founder to hold against"
