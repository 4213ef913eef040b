from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe.interner import Interner

KEYS = st.integers(0, 2**64 - 1)


@given(st.lists(st.lists(KEYS, max_size=20), max_size=20))
def test_numbers_are_those_a_dict_would_give(batches: list[list[int]]) -> None:
    interner = Interner()
    expected: dict[int, int] = {}
    for batch in batches:
        numbers = interner.intern(np.array(batch, np.uint64)).tolist()
        assert numbers == [expected.setdefault(key, len(expected)) for key in batch]

    assert interner.count == len(expected)
    assert interner.keys[: interner.count].tolist() == list(expected)
    for key, number in expected.items():
        assert interner.find(key) == number


@given(KEYS, KEYS)
def test_an_unknown_key_is_not_found(known: int, other: int) -> None:
    interner = Interner()
    assert interner.intern_one(known) == 0

    assert interner.find(other) == (0 if other == known else -1)


def test_keys_are_found_after_the_table_was_laid_out_anew() -> None:
    interner = Interner()
    keys = np.arange(5_000, dtype=np.uint64)
    for part in np.array_split(keys, 3):
        interner.intern(part)

    assert [interner.find(key) for key in (0, 1_666, 4_999, 5_000)] == [0, 1_666, 4_999, -1]


@pytest.mark.compiled
def test_numbers_last_through_growth() -> None:
    rng = np.random.default_rng(1)
    # Keys that differ only above bit 24 or below share homes: chains get long.
    keys = np.unique(rng.integers(0, 2**63, 40_000, dtype=np.uint64) << np.uint64(1))
    interner = Interner()
    for part in np.array_split(keys, 13):
        interner.intern(part)

    assert interner.count == len(keys)
    assert np.array_equal(interner.intern(keys), np.arange(len(keys)))
    assert interner.find(int(keys[-1]) + 1) == -1


@pytest.mark.compiled
@pytest.mark.parametrize("count", [10, 4_096, 4_097, 30_000])
def test_a_table_made_again_finds_all_keys(count: int) -> None:
    keys = np.random.default_rng(2).permutation(count).astype(np.uint64)
    interner, other = Interner(), Interner()
    interner.intern(keys)
    other.count, other._table = count, other._table._replace(keys=keys.copy())
    other.rebuild()

    assert np.array_equal(other.find_all(keys), np.arange(count))
    assert other.intern_one(count + 7) == count == interner.intern_one(count + 7)
    assert np.array_equal(other.find_all(keys), interner.find_all(keys))
