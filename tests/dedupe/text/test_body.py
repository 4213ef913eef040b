"""The stretch of a page that is the article: found on pages, left alone where there is doubt."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedupe.text.body import find_body
from dedupe.text.edges import Edges, find_short
from dedupe.text.page import read_page
from dedupe.text.shapes import shapes
from dedupe.text.tokens import tokenise

SENTENCE = "The council of Umbra voted on Tuesday to close the old bridge after cracks were found. "
PARAGRAPH = SENTENCE * 3
MENU = ["Home", "World", "Sign in"]
TEASERS = ["Ferry adds a sailing", SENTENCE * 2, "Museum opens late", SENTENCE * 2]
ABSATZ = "市議会は火曜日、橋脚に亀裂が見つかったことを受け、古い橋を閉鎖することを決めた。" * 3


def body(*written: str) -> list[str]:
    assert all(len(tokenise(line).hashes) for line in written)
    numbers = read_page("", "\n".join(written)).lines.numbers
    return [written[number] for number in numbers]


def short(written: list[str], weights: list[int]) -> np.ndarray:
    ends = np.cumsum([len(line) for line in written])
    edges = Edges(ends - [len(line) for line in written], ends)
    codes = np.array([ord(character) for line in written for character in line], np.uint32)
    return find_short(np.array(weights, np.uint32), edges, codes, shapes())


@pytest.mark.parametrize("paragraph", [PARAGRAPH, ABSATZ])
def test_a_page_is_cut_to_its_article(paragraph: str) -> None:
    article = [paragraph] * 4
    assert body(*MENU, *article, "Read more", "Related", "Most popular") == article


def test_teasers_behind_an_article_are_not_its_own() -> None:
    article = [PARAGRAPH] * 5
    assert body(*article, "Read more", "Related articles", *TEASERS, "Contact") == article


@pytest.mark.parametrize(
    "written",
    [
        [PARAGRAPH] * 5,
        ["A title of some words", *[PARAGRAPH] * 3],
        [PARAGRAPH, "A heading", PARAGRAPH, "Another heading", PARAGRAPH],
        [PARAGRAPH, "Read more", "Related"],
        [PARAGRAPH, "What he said:", "One", "Two", "Three", PARAGRAPH, PARAGRAPH],
        ["Profit 12 cts vs 19", "Net 1.2 mln vs 3.4", "Revenue 15.4 mln", "Year"],
        ["Short"],
    ],
    ids=["plain", "titled", "headings", "little", "list", "table", "word"],
)
def test_an_article_is_left_whole(written: list[str]) -> None:
    assert body(*written) == written


def test_a_text_wrapped_at_a_margin_is_left_whole() -> None:
    words = (PARAGRAPH * 4).split()
    wrapped = [" ".join(words[at : at + 11]) for at in range(0, len(words), 11)]
    wide = [" ".join(words[at : at + 22]) for at in range(0, len(words), 22)]
    assert body(*wrapped) == wrapped
    assert body(*wide) == wide


def test_lines_that_go_on_in_small_letters_are_not_short() -> None:
    assert short(["The council", "voted to close", "Home"], [4, 6, 2]).tolist() == [False, True, True]
    assert short(["“It will close.”", "(It will close!)", "閉鎖する。"], [6, 6, 5]).tolist() == [False, False, False]


@pytest.mark.parametrize("separator", ["\n", "\r\n", "\r", " \n\n"])
def test_it_makes_no_difference_how_lines_are_ended(separator: str) -> None:
    page = [*MENU, *[PARAGRAPH] * 4, "Read more", "Related", "Most popular"]
    kept = read_page("", separator.join(page)).kept
    assert kept.tolist() == read_page("", "\n".join(page)).kept.tolist()
    assert not kept.all()


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(["Home", "Sign in", PARAGRAPH, SENTENCE, "A heading of words"]), min_size=1, max_size=30)
)
def test_at_least_a_third_is_always_kept(written: list[str]) -> None:
    weights = [2 * len(line.split()) for line in written]
    first, last = find_body(np.array(weights, np.uint32), short(written, weights))
    assert 0 <= first < last <= len(written)
    assert sum(weights[first:last]) * 3 >= sum(weights)
