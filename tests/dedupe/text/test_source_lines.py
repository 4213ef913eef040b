"""Lines counted by source, against a dictionary; what recurs is furniture, what is copied is not."""

from __future__ import annotations

from collections import Counter

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedupe.text.source_lines import SourceLines


def hashes(*values: int) -> npt.NDArray[np.uint64]:
    return np.array(values, np.uint64)


def weights(*values: int) -> npt.NDArray[np.uint32]:
    return np.array(values, np.uint32)


articles = st.lists(st.tuples(st.integers(0, 2), st.lists(st.integers(0, 9), max_size=6)), max_size=30)


@settings(deadline=None)
@given(articles, st.sets(st.integers(0, 29)))
def test_counts_are_those_of_a_dictionary(added: list[tuple[int, list[int]]], removed: set[int]) -> None:
    lines, expected = SourceLines(256), Counter[tuple[int, int]]()
    for source, values in added:
        lines.add(source, hashes(*values))
        expected.update((source, value) for value in set(values))
    for source, values in (added[at] for at in sorted(removed) if at < len(added)):
        lines.remove(source, hashes(*values))
        expected.subtract((source, value) for value in set(values))
    for source in range(3):
        assert lines.count(source, hashes(*range(10))).tolist() == [expected[source, value] for value in range(10)]


def test_a_line_in_three_articles_is_furniture() -> None:
    lines = SourceLines()
    for article in range(3):
        assert not lines.furniture(1, hashes(100 + article, 7, 200 + article), weights(80, 4, 80)).any()
        lines.add(1, hashes(100 + article, 7, 200 + article))
    assert lines.furniture(1, hashes(500, 7, 600), weights(80, 4, 80)).tolist() == [False, True, False]
    assert not lines.furniture(2, hashes(500, 7, 600), weights(80, 4, 80)).any()
    lines.remove(1, hashes(100, 7, 200))
    assert not lines.furniture(1, hashes(500, 7, 600), weights(80, 4, 80)).any()


def test_three_in_a_hundred_articles_are_not_enough() -> None:
    lines = SourceLines()
    for article in range(100):
        lines.add(1, hashes(1_000 + article, *([7] if article < 4 else []), *([8] if article < 5 else [])))
    assert lines.furniture(1, hashes(6, 7, 8, 9), weights(90, 2, 2, 90)).tolist() == [False, False, True, False]


MENU, FOOTER, NOTICE, BACKGROUND = 1, 2, 3, 4


@pytest.mark.parametrize(
    ("page", "long", "furniture"),
    [
        ((MENU, 50, 51, FOOTER), (10, 80, 80, 10), (True, False, False, True)),
        ((MENU, 50, FOOTER, 51, 52), (10, 80, 10, 80, 10), (True, False, False, False, False)),  # between paragraphs
        ((MENU, 50, 51, NOTICE, 52, FOOTER), (10, 80, 80, 40, 10, 10), (True, False, False, True, False, True)),
        ((50, 51, BACKGROUND, FOOTER), (80, 80, 60, 10), (False, False, False, True)),  # a paragraph told before
        ((MENU, NOTICE, 50, FOOTER), (10, 40, 80, 10), (False, False, False, False)),  # an update, half of it new
        ((MENU, 50, 51, FOOTER), (10, 39, 39, 10), (False, False, False, False)),  # no paragraphs at all
    ],
)
def test_around_what_is_new_a_line_that_was_there_once_is_furniture(
    page: tuple[int, ...], long: tuple[int, ...], furniture: tuple[bool, ...]
) -> None:
    lines = SourceLines()
    lines.add(1, hashes(MENU, 30, NOTICE, BACKGROUND, FOOTER))
    assert tuple(lines.furniture(1, hashes(*page), weights(*long)).tolist()) == furniture
    assert not lines.furniture(2, hashes(*page), weights(*long)).any()


def test_an_article_of_nothing_but_known_lines_keeps_them() -> None:
    lines = SourceLines()
    for _ in range(9):
        lines.add(1, hashes(7, 8))
    assert not lines.furniture(1, hashes(7, 8), weights(40, 40)).any()
    assert not lines.furniture(1, hashes(), weights()).any()


def test_memory_is_bounded_and_what_recurs_is_remembered() -> None:
    lines = SourceLines(1 << 10)
    drawn = np.random.default_rng(3).integers(0, 2**64, (2_000, 20), dtype=np.uint64)
    for article, own in enumerate(drawn):
        lines.add(article % 3, np.concatenate((hashes(7), own)))
        assert len(lines) <= 768
    assert lines.count(0, hashes(7)).tolist() == [667]
    assert lines.furniture(0, np.concatenate((hashes(7), drawn[0])), weights(*[4] * 21))[0]


@pytest.mark.parametrize("often", [1, 3, 5_000])
def test_of_full_tables_the_lower_half_is_forgotten(often: int) -> None:
    lines, drawn = SourceLines(1 << 7), np.random.default_rng(9).integers(0, 2**64, 95, dtype=np.uint64)
    lines.add(1, drawn)
    held = lines._counts > 0
    lines._counts[held] *= np.uint32(often)
    most = np.flatnonzero(held)[:50]
    lines._counts[most] += np.arange(1, 51, dtype=np.uint32)
    before = dict(zip(lines._keys.tolist(), lines._counts.tolist(), strict=True))
    floor = sorted(lines._counts.tolist())[64]
    lines._forget()

    kept = {key: count for key, count in before.items() if count > floor}
    after = dict(zip(lines._keys.tolist(), lines._counts.tolist(), strict=True))
    assert {key: count for key, count in after.items() if count} == kept
    assert len(lines) == len(kept) > 0


def test_an_article_of_more_lines_than_there_is_room_does_no_harm() -> None:
    lines = SourceLines(64)
    lines.add(1, np.arange(10_000, dtype=np.uint64))
    assert len(lines) <= 48
    lines.add(1, hashes(7))
    lines.remove(1, np.arange(10_000, dtype=np.uint64))
    assert lines.count(1, np.arange(10_000, dtype=np.uint64)).max() <= 1


@pytest.mark.parametrize("source", [0, 2**63, 2**64 - 1])
def test_any_64_bits_name_a_source(source: int) -> None:
    lines = SourceLines(64)
    lines.add(source, hashes(0))
    assert lines.count(source, hashes(0)).tolist() == [1]


def test_equal_calls_leave_equal_counts() -> None:
    drawn = np.random.default_rng(3).integers(0, 2**64, (500, 20), dtype=np.uint64)
    first, second = SourceLines(256), SourceLines(256)
    for own in drawn:
        first.add(1, own)
        second.add(1, own)
    assert np.array_equal(first.count(1, drawn.ravel()), second.count(1, drawn.ravel()))
