from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from dedupe import addresses
from dedupe.columns import LARGE, Arena, grow, new_columns, zeros_like


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


def address_of(array: NDArray[Any]) -> int:
    return int(array.__array_interface__["data"][0])


def resident_bytes() -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(1024 * int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


@pytest.mark.parametrize("shape", [(LARGE // 4,), (LARGE // 12, 3)])
def test_what_is_large_grows_where_it_is(shape: tuple[int, ...]) -> None:
    (large,) = grow((np.ones(shape, np.int32),), 2 * shape[0])
    (larger,) = grow((large,), len(large) + 1)
    (largest,) = grow((larger,), 50_000_000)

    assert address_of(large) == address_of(larger) == address_of(largest)
    assert len(larger) > len(large)
    assert len(largest) == 50_000_000
    assert (largest[: shape[0]] == 1).all()
    assert not largest[shape[0] :: 4096].any()
    assert largest.flags.c_contiguous


def test_columns_of_different_sizes_stay_parallel() -> None:
    class Uneven(NamedTuple):
        wide: NDArray[np.float64]
        narrow: NDArray[np.int8]

    columns = new_columns(Uneven, LARGE // 8, np.float64, np.int8)
    for rows in range(len(columns.wide), 40 * LARGE, LARGE):
        columns = grow(columns, rows)
        columns.narrow[rows - 1] = 1
        assert len(columns.wide) == len(columns.narrow) >= rows
    assert np.count_nonzero(columns.narrow) == len(range(LARGE // 8, 40 * LARGE, LARGE))


def test_records_grow_where_they_are() -> None:
    records = np.zeros(LARGE, [("a", np.int64), ("b", np.int32)]).view(np.recarray)
    records.b[:3] = (1, 2, 3)
    (grown,) = grow((records,), 2 * LARGE)
    (again,) = grow((grown.view(np.recarray),), 2 * LARGE + 1)

    assert again.view(np.recarray).b[:4].tolist() == [1, 2, 3, 0]
    assert address_of(grown) == address_of(again)


def test_a_system_without_addresses_to_spare_has_large_arrays_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "Addresses", Refusing)
    (large,) = grow((np.ones(LARGE, np.int32),), LARGE + 1)

    assert len(large) == 2 * LARGE
    assert large[:LARGE].all()
    assert not large[LARGE:].any()


class Refusing(addresses.Addresses):
    def __new__(cls, *_: object, **__: object) -> Self:
        raise OSError(12, "Cannot allocate memory")


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_room_takes_no_memory_until_it_is_used() -> None:
    before = resident_bytes()
    room = zeros_like(np.zeros(0, np.int64), 1 << 28)
    assert resident_bytes() - before < 64 << 20, "two gigabytes of room"

    room[: 1 << 24] = 1
    assert resident_bytes() - before >= 128 << 20
