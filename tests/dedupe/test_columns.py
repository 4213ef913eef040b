from __future__ import annotations

from typing import NamedTuple

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from dedupe.columns import Arena, grow, new_columns


class Columns(NamedTuple):
    number: NDArray[np.int32]
    share: NDArray[np.float64]


def test_columns_have_their_types_and_hold_zeros() -> None:
    columns = new_columns(Columns, 3, np.int32, np.float64)

    assert columns.number.dtype == np.int32
    assert columns.share.dtype == np.float64
    assert columns.number.tolist() == columns.share.tolist() == [0, 0, 0]


def test_what_has_room_is_left_alone() -> None:
    columns = new_columns(Columns, 4, np.int32, np.float64)

    assert grow(columns, 4) is columns


def test_growing_keeps_values_and_doubles() -> None:
    columns = new_columns(Columns, 2, np.int32, np.float64)
    columns.number[:] = (7, 8)
    grown = grow(columns, 3)

    assert isinstance(grown, Columns)
    assert grown.number.tolist() == [7, 8, 0, 0]
    assert len(grown.share) == 4
    assert len(grow(grown, 100).number) == 100


def test_tables_grow_by_rows() -> None:
    class Table(NamedTuple):
        cells: NDArray[np.int32]

    grown = grow(Table(np.ones((2, 3), np.int32)), 3)

    assert grown.cells.tolist() == [[1, 1, 1], [1, 1, 1], [0, 0, 0], [0, 0, 0]]


@given(st.lists(st.lists(st.integers(-9, 9), max_size=9), max_size=30))
def test_an_arena_gives_back_what_was_put_in(slices: list[list[int]]) -> None:
    arena = Arena(np.int32, capacity=1)
    starts = [arena.append(np.array(values, np.int32)) for values in slices]

    assert arena.length == sum(map(len, slices))
    for start, values in zip(starts, slices, strict=True):
        assert arena.cells[start : start + len(values)].tolist() == values
