"""Made-up news: the same every time, of the shape that it promises, with copies of which it is known whose they are."""

from __future__ import annotations

from itertools import combinations, pairwise

import pytest
from news import WORDS, Report, reports, texts
from peers import shingles
from rows.grouping import alike

COUNT = 300


@pytest.fixture(scope="module")
def stream() -> list[Report]:
    return list(reports(COUNT))


def likeness(ours: set[str], theirs: set[str]) -> float:
    return len(ours & theirs) / len(ours | theirs)


def test_a_longer_stream_begins_like_a_shorter_one(stream: list[Report]) -> None:
    assert list(reports(50)) == stream[:50]
    assert list(reports(50, seed=2)) != stream[:50]


def test_articles_have_the_promised_size_and_letters(stream: list[Report]) -> None:
    originals = [report for report in stream if report.original == report.number]
    assert {len(report.text.split()) for report in originals} == {WORDS}
    assert 0.7 < sum(report.text.isascii() for report in originals) / len(originals) < 0.8
    assert 0.1 < 1 - len(originals) / COUNT < 0.3
    assert all(report.title for report in stream)


def test_other_scripts_are_other_scripts() -> None:
    six = texts(6, any_script=True)
    letters = [{character for character in text if character.isalpha()} for text in six]
    assert not any(text.isascii() for text in six)
    assert all(not left & right for left, right in pairwise(letters))


def test_a_copy_is_alike_and_another_report_is_not(stream: list[Report]) -> None:
    for report in stream:
        if report.original != report.number:
            assert likeness(shingles(report.text), shingles(stream[report.original].text)) > 0.2
    strangers = [shingles(report.text) for report in stream if report.original == report.number][:30]
    assert max(likeness(left, right) for left, right in combinations(strangers, 2)) < 0.05


def test_pairs_that_are_alike_are_those_that_brute_force_finds(stream: list[Report]) -> None:
    shingled = [shingles(report.text) for report in stream]
    found = {
        (left, right)
        for left, right in combinations(range(COUNT), 2)
        if likeness(shingled[left], shingled[right]) >= 0.5
    }
    assert alike(stream) == found
    assert len(found) > 20
