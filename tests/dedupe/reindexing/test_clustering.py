"""Overlaps, agreement and survivors, held against their definitions."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score

from dedupe.reindexing.clustering import Overlap, survivors
from dedupe.reindexing.comparison import adjusted_rand_index

Labels = list[tuple[int, int]]
labels = st.lists(st.tuples(st.integers(-1, 4), st.integers(-1, 4)), max_size=40)


def overlap_of(pairs: Labels) -> Overlap:
    left, right = (np.array([pair[side] for pair in pairs], dtype=np.int32) for side in (0, 1))
    return Overlap.between(left, right)


@given(labels)
def test_an_overlap_counts_pairs_of_labels(pairs: Labels) -> None:
    counted = Counter(pair for pair in pairs if min(pair) >= 0)
    found = overlap_of(pairs)
    rows = zip(found.left.tolist(), found.right.tolist(), strict=True)
    assert dict(zip(rows, found.counts.tolist(), strict=True)) == counted


@given(labels)
def test_the_largest_part_is_the_largest_and_the_lowest_among_equals(pairs: Labels) -> None:
    counted = Counter(pair for pair in pairs if min(pair) >= 0)
    found = overlap_of(pairs)
    for largest, side in ((found.largest(), 0), (found.largest(of_right=True), 1)):
        assert largest.keys() == {pair[side] for pair in counted}
        for label, (other, count) in largest.items():
            parts = {pair[1 - side]: number for pair, number in counted.items() if pair[side] == label}
            assert count == max(parts.values())
            assert other == min(part for part, number in parts.items() if number == count)


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=2, max_size=60))
def test_agreement_is_the_adjusted_rand_index(pairs: Labels) -> None:
    ours = adjusted_rand_index(overlap_of(pairs))
    theirs = adjusted_rand_score([left for left, _ in pairs], [right for _, right in pairs])
    assert ours == pytest.approx(theirs, abs=1e-9)


def test_nothing_agrees_with_nothing() -> None:
    assert adjusted_rand_index(overlap_of([])) == 1.0


@given(st.data())
def test_survivors_are_found_however_long_the_chain(data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 30))
    merged = [data.draw(st.integers(-1, number - 1)) for number in range(count)]
    found = survivors(np.array(merged, dtype=np.int32)).tolist()
    for number in range(count):
        end = number
        while merged[end] >= 0:
            end = merged[end]
        assert found[number] == end
