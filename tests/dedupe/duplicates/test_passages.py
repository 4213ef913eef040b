from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dedupe.duplicates.passages import LONGEST_CHANGE, Passages, Text, first_places, shared_passages
from dedupe.duplicates.signature import shingles, windows
from tests.dedupe.passages import covered_places

SIZE = 3
NUMBER = 1_000
"""Tokens from here on have a digit."""
TEXTS = st.lists(st.integers(0, 5) | st.integers(NUMBER, NUMBER + 2), max_size=40)


def text(tokens: list[int]) -> Text:
    hashes = np.array(tokens, np.uint64)
    numbered = hashes >= NUMBER
    return Text(
        shingles(hashes, SIZE), windows(hashes, SIZE), numbered, np.unique(hashes[numbered]).astype(np.uint32), 0.0, 0
    )


def shared(ours: list[int], theirs: list[int]) -> Passages:
    one = text(ours)
    return Passages(*shared_passages(one, first_places(one), text(theirs).shingles))


@settings(deadline=None)
@given(TEXTS.filter(bool), TEXTS)
def test_a_token_is_covered_by_a_shared_shingle_around_it(ours: list[int], theirs: list[int]) -> None:
    one, other = text(ours), set(text(theirs).shingles.tolist())
    width = min(SIZE, len(ours))
    covered = covered_places(one.windows.tolist(), other, width)

    assert shared(ours, theirs).covered == len(covered)


@settings(deadline=None)
@given(TEXTS.filter(bool), TEXTS)
def test_changes_are_the_short_gaps_between_covered_tokens(ours: list[int], theirs: list[int]) -> None:
    one, other = text(ours), set(text(theirs).shingles.tolist())
    covered = covered_places(one.windows.tolist(), other, min(SIZE, len(ours)))
    gaps = [range(left + 1, right) for left, right in pairwise(covered) if right > left + 1]
    changes = [gap for gap in gaps if len(gap) <= LONGEST_CHANGE]
    numbered = [gap for gap in changes if any(ours[place] >= NUMBER for place in gap)]

    assert shared(ours, theirs)[1:] == (len(changes), len(numbered))


@given(TEXTS.filter(bool))
def test_places_are_where_each_shingle_stands_first(ours: list[int]) -> None:
    one = text(ours)

    assert first_places(one).tolist() == [one.windows.tolist().index(word) for word in one.shingles.tolist()]


def test_what_is_said_twice_is_covered_once() -> None:
    assert shared([*range(10), 20, *range(10)], [*range(10)]).covered == 10


def test_a_long_gap_is_no_change() -> None:
    around = list(range(10)), list(range(10, 20))
    changed = [*around[0], *range(50, 50 + LONGEST_CHANGE), *around[1]]
    inserted = [*around[0], *range(50, 51 + LONGEST_CHANGE), *around[1]]
    original = [*around[0], NUMBER, *around[1]]

    assert shared(changed, original) == (20, 1, 0)
    assert shared(inserted, original) == (20, 0, 0)
    assert shared(original, changed) == (20, 1, 1)
