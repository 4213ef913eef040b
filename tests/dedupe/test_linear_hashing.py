from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dedupe.linear_hashing import mask_of, parent_of, row_of


def row(key: np.uint64, rows: int) -> int:
    return int(row_of(key, rows, mask_of(rows)))


KEYS = st.lists(st.integers(0, 2**64 - 1), max_size=60)


@given(KEYS, st.integers(1, 300))
def test_a_row_more_takes_keys_of_its_parent_and_of_no_other(keys: list[int], rows: int) -> None:
    for key in map(np.uint64, keys):
        before, after = row(key, rows), row(key, rows + 1)
        assert 0 <= before < rows
        assert after == before or (after == rows and before == parent_of(rows))


def test_keys_are_spread_over_all_rows() -> None:
    for rows in (1, 2, 3, 7, 8, 9, 100):
        assert {row(np.uint64(key), rows) for key in range(256)} == set(range(rows))


def test_a_power_of_two_takes_the_lowest_bits() -> None:
    for key in (0, 5, 2**40 + 12_345, 2**64 - 1):
        assert row(np.uint64(key), 1 << 12) == key % (1 << 12)
        assert row(np.uint64(key), 1 << 40) == key % (1 << 40)
