from __future__ import annotations

import random

import numpy as np
import pytest

from dedupe.duplicates.groups import Groups


def test_a_group_is_founded_by_a_copy_and_its_original() -> None:
    groups, group_of = Groups(), np.full(6, -1, np.int32)
    groups.join(77, slot=4, original=1, group_of=group_of)
    groups.join(77, slot=5, original=4, group_of=group_of)

    assert group_of.tolist() == [-1, 0, -1, -1, 0, 0]
    assert groups.bits(0) == 77


def test_a_group_of_one_dissolves() -> None:
    groups, group_of = Groups(), np.full(4, -1, np.int32)
    groups.join(77, 1, 0, group_of)
    groups.join(77, 2, 0, group_of)
    groups.leave(0, group_of)
    assert group_of.tolist() == [-1, 0, 0, -1]

    groups.leave(2, group_of)
    assert group_of.tolist() == [-1, -1, -1, -1]
    groups.leave(1, group_of)
    assert group_of.tolist() == [-1, -1, -1, -1]


def test_a_dissolved_group_can_be_joined_again() -> None:
    groups, group_of = Groups(), np.full(4, -1, np.int32)
    groups.join(77, 1, 0, group_of)
    groups.leave(1, group_of)
    groups.join(77, 2, 0, group_of)
    groups.leave(2, group_of)

    assert (group_of == -1).all()


def test_who_came_before_the_founder_is_found_when_the_group_dissolves() -> None:
    groups, group_of = Groups(), np.full(6, -1, np.int32)
    groups.join(77, 5, 4, group_of)
    groups.join(77, 1, 4, group_of)
    groups.leave(4, group_of)
    groups.leave(5, group_of)

    assert (group_of == -1).all()


@pytest.mark.parametrize("seed", range(20))
def test_no_group_has_fewer_than_two_members(seed: int) -> None:
    draw, groups, group_of = random.Random(seed), Groups(), np.full(200, -1, np.int32)
    expected: dict[int, set[int]] = {}
    for slot in range(1, 120):
        original = draw.randrange(slot)
        known = int(group_of[original])
        bits = groups.bits(known) if known >= 0 else 1_000 + slot
        groups.join(bits, slot, original, group_of)
        expected.setdefault(bits, set()).update((slot, original))
        leaving = draw.randrange(slot)
        groups.leave(leaving, group_of)
        expected = {bits: members - {leaving} for bits, members in expected.items()}
        expected = {bits: members for bits, members in expected.items() if len(members) > 1}

    found: dict[int, set[int]] = {}
    for slot in np.flatnonzero(group_of >= 0):
        found.setdefault(groups.bits(int(group_of[slot])), set()).add(int(slot))
    assert found == expected
