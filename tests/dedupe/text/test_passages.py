from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dedupe.text.passages import Run, shared_runs
from dedupe.text.tokens import tokenise

SIZE = 3
texts = st.lists(st.integers(0, 3), max_size=40)


def runs_of(left: Sequence[int], right: Sequence[int], size: int = SIZE) -> list[Run]:
    return shared_runs(np.array(left, np.uint64), np.array(right, np.uint64), size)


def words(left: str, right: str, size: int = SIZE) -> list[str]:
    ours, theirs = tokenise(left), tokenise(right)
    return [
        left[ours.starts[run.left] : ours.ends[run.left + run.tokens - 1]]
        for run in shared_runs(ours.hashes, theirs.hashes, size)
    ]


def longest_common(left: Sequence[int], right: Sequence[int]) -> int:
    """Return the length of the longest run that two texts share, by looking at every pair of places."""
    longest = 0
    for i in range(len(left)):
        for j in range(len(right)):
            length = 0
            while i + length < len(left) and j + length < len(right) and left[i + length] == right[j + length] != 0:
                length += 1
            longest = max(longest, length)
    return longest


@given(texts, texts)
@example([1, 1, 1, 1, 1, 1, 1], [1, 1, 1, 1])
@example([1, 2, 1, 2, 1, 2, 3], [2, 1, 2, 1, 2, 1, 2, 3, 3])
@example([1, 2, 3, 0, 1, 2, 3], [1, 2, 3, 1, 2, 3])
def test_runs_are_shared_whole_and_apart(left: list[int], right: list[int]) -> None:
    found = runs_of(left, right)
    ours, theirs = list(left), list(right)
    for run in found:
        part = ours[run.left : run.left + run.tokens]
        assert part == theirs[run.right : run.right + run.tokens]
        assert len(part) == run.tokens >= SIZE
        assert 0 not in part
        ours[run.left : run.left + run.tokens] = [0] * run.tokens  # taken: a second run over it would fail above
        theirs[run.right : run.right + run.tokens] = [0] * run.tokens
    assert longest_common(ours, theirs) < SIZE, "something shared was left over"
    assert max((run.tokens for run in found), default=0) == longest_common(left, right) * (
        longest_common(left, right) >= SIZE
    )
    for run in found:
        before, behind = (run.left - 1, run.right - 1), (run.left + run.tokens, run.right + run.tokens)
        for i, j in (before, behind):
            inside = 0 <= i < len(left) and 0 <= j < len(right)
            assert not (inside and ours[i] == theirs[j] != 0), "a run could be longer"


def test_marks_case_and_curly_quotes_do_not_matter() -> None:
    left = "He said: “We mortgaged our efforts—to a group like the Taliban. But it is true.”"
    right = "WE MORTGAGED our 'efforts' to a group like the Taliban, but it's a fact"
    assert words(left, right) == ["We mortgaged our efforts—to a group like the Taliban. But it"]


def test_the_longest_of_several_wins_and_what_is_left_is_found_too() -> None:
    left = [1, 2, 3, 4, 5, 6, 7, 8]
    right = [1, 2, 3, 4, 5, 20, 3, 4, 5, 6, 7, 8]
    assert runs_of(left, right) == [Run(2, 6, 6)]
    assert runs_of(left, right, 2) == [Run(0, 0, 2), Run(2, 6, 6)]


def test_the_order_of_passages_may_differ() -> None:
    assert runs_of([1, 2, 3, 4, 5, 6], [4, 5, 6, 1, 2, 3]) == [Run(0, 3, 3), Run(3, 0, 3)]


@pytest.mark.parametrize(("left", "right"), [([], []), ([], [1, 2, 3]), ([1, 2, 3], []), ([1, 2], [1, 2])])
def test_nothing_is_shared_by_too_little(left: list[int], right: list[int]) -> None:
    assert runs_of(left, right) == []


@pytest.mark.compiled
@pytest.mark.parametrize(
    ("left", "right"),
    [
        (np.ones(500_000), np.ones(500_000)),
        (np.arange(500_000) % 7 + 1, np.arange(480_000) % 8 + 1),
        (np.arange(200_000) % 1_000 + 1, np.arange(200_000) % 1_000 + 1),
    ],
    ids=["one word", "two rhythms", "a thousand words again and again"],
)
def test_a_megabyte_that_repeats_itself_is_read_in_one_go(left: np.ndarray, right: np.ndarray) -> None:
    found = shared_runs(left.astype(np.uint64), right.astype(np.uint64), 5)
    assert found
    for run in found:
        assert np.array_equal(left[run.left : run.left + run.tokens], right[run.right : run.right + run.tokens])
    if np.array_equal(left, right):
        assert found == [Run(0, 0, len(left))]
