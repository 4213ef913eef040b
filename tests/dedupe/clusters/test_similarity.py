from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe.clusters.similarity import (
    UNIT_SQUARED,
    dot,
    numbers_of,
    shared_count,
    shingles_of,
    title_of,
    vector_of,
)
from dedupe.clusters.terms import Vector
from tests.dedupe.clusters.scene import Scene, product

SETS = st.sets(st.integers(0, 2**32 - 1) | st.integers(0, 30), max_size=40)
NOTHING = Vector(np.empty(0, np.int32), np.empty(0, np.uint16))


@given(SETS, SETS)
def test_shared_values_are_those_of_the_intersection(left: set[int], right: set[int]) -> None:
    arrays = (np.array(sorted(values), np.uint32) for values in (left, right))

    assert shared_count(*arrays) == len(left & right)


@pytest.mark.parametrize("seed", range(60))
def test_products_are_those_of_the_terms_they_share(seed: int) -> None:
    scene = Scene(seed, terms=15)
    left, right = scene.vector(), scene.vector()

    assert dot(left, right) == dot(right, left) == product(left, right)


def test_a_vector_is_as_similar_to_itself_as_can_be() -> None:
    vector = Scene(1).vector()

    assert dot(vector, vector) / UNIT_SQUARED == pytest.approx(1, abs=1e-3)
    assert dot(vector, NOTHING) == dot(NOTHING, NOTHING) == 0


def test_slots_give_back_what_was_kept() -> None:
    scene = Scene(2)
    scene.populate(3, 20)
    numbers = np.array([3, 5], np.uint32)
    last = scene.index.new_slot(99, 0.0, 0.0)
    scene.index.keep_copy_evidence(last, (np.empty(0, np.uint32), numbers, 7))

    space = scene.index.space
    for slot, member in scene.placed.items():
        for kept, put in ((vector_of(slot, space), member.vector), (title_of(slot, space), member.title)):
            assert np.array_equal(kept.terms, put.terms)
            assert np.array_equal(kept.weights, put.weights)
        assert np.array_equal(shingles_of(slot, space), member.shingles)
        assert len(numbers_of(slot, space)) == 0
    assert np.array_equal(numbers_of(last, space), numbers)
    assert len(vector_of(last, space).terms) == 0
