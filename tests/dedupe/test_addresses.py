from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

import numpy as np
import pytest

from dedupe.addresses import RANGE, Addresses, FileAddresses, set_aside
from dedupe.columns import LARGE, grow

SIZE = 1 << 20


def refuse(*_: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("in_file", [False, True])
def test_a_range_is_wide_and_holds_zeros(in_file: bool, tmp_path: Path) -> None:
    taken = set_aside(SIZE, tmp_path if in_file else None)

    assert isinstance(taken, FileAddresses if in_file else Addresses)
    assert len(taken) == RANGE
    assert taken[:SIZE] == bytes(SIZE)
    assert taken.has_room(3 * SIZE)
    assert not taken.has_room(RANGE + 1)


def test_the_file_has_no_name_and_is_let_go_of(tmp_path: Path) -> None:
    taken = set_aside(SIZE, tmp_path)
    assert isinstance(taken, FileAddresses)
    descriptor = taken._descriptor
    taken[:4] = b"abcd"
    assert os.pread(descriptor, 4, 0) == b"abcd"
    assert list(tmp_path.iterdir()) == []

    del taken
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(descriptor)


def test_room_is_taken_from_the_disk_before_it_is_written_to(tmp_path: Path) -> None:
    taken = set_aside(SIZE, tmp_path)
    assert isinstance(taken, FileAddresses)
    for size in (SIZE, 40 * SIZE):
        assert taken.has_room(size)
        assert 512 * os.fstat(taken._descriptor).st_blocks >= size


def test_a_disk_without_room_leaves_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (large,) = grow((np.ones(LARGE, np.uint32),), LARGE + 1, tmp_path)
    begun = large.base
    monkeypatch.setattr(os, "posix_fallocate", refuse)
    (larger,) = grow((large,), 20 * LARGE, tmp_path)

    assert larger.base is not begun
    assert len(larger) >= 20 * LARGE
    assert larger[:LARGE].all()
    assert not larger[LARGE:].any()
    assert isinstance(set_aside(SIZE, tmp_path), Addresses)


def test_a_folder_that_is_not_there_leaves_memory(tmp_path: Path) -> None:
    assert isinstance(set_aside(SIZE, tmp_path / "nowhere"), Addresses)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_what_lies_in_a_file_is_no_memory_of_the_process(tmp_path: Path) -> None:
    def anonymous() -> int:
        lines = Path("/proc/self/status").read_text().splitlines()
        return next(1024 * int(line.split()[1]) for line in lines if line.startswith("RssAnon"))

    (large,) = grow((np.zeros(LARGE, np.uint32),), 8 * LARGE, tmp_path)
    before = anonymous()
    large[:] = 1
    assert anonymous() - before < 16 << 20, "of 128 MiB"
