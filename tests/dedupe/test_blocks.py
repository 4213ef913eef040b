"""A text is read the same alone and in a block, whatever stands beside it, and however many threads read."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dedupe.reading
from dedupe.article import MAX_TEXT_BYTES, Article
from dedupe.duplicates.signature import sign_all, signature_of
from dedupe.reading import Draft, Reading, blocks, read, read_again, read_ahead, read_all
from dedupe.settings import EngineSettings
from dedupe.text.tokens import tokenise

AT = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SETTINGS = EngineSettings()
SENTENCE = "The council of Umbra voted on {} to close the old bridge after inspectors had found 12 cracks. "
PARAGRAPH = SENTENCE.format("Monday") * 2
LINES = [
    "Home",
    "Sign in",
    "Umbra closes its old bridge",
    PARAGRAPH,
    SENTENCE.format("Friday") * 2,
    f"UMBRA (Agency) — {PARAGRAPH}",
    f"{PARAGRAPH}(Reporting by A. Writer)",
    "(A line in parentheses)",
    "Kommunen stänger bron – åtta sprickor",
    "市議会は火曜日、橋脚に亀裂が見つかったことを受け、橋を閉鎖することを決めた。",
    "a plan 🎉 for 1,000.50 U.S. dollars",
    "",
]

written = st.lists(st.sampled_from(LINES), max_size=8).map("\n".join) | st.text(max_size=40)
texts = written.filter(lambda text: "\0" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text))


def draft(title: str, text: str, dropped: Sequence[int] = ()) -> Draft:
    return Draft(Article(title=title or " .", text=text or "."), "en", AT, dropped)


def untitled(text: str) -> Draft:
    return Draft(Article(text=text), "en", AT)


def said(reading: Reading) -> list[object]:
    page, evidence = reading.page, reading.evidence
    arrays = [*page.head, *page.body, page.kept, *page.lines, *evidence.terms]
    arrays += [evidence.shingles, evidence.windows, evidence.numbered, evidence.signature, evidence.numbers]
    listed = [(array.dtype.name, array.tolist()) for array in [*arrays, evidence.places]]
    return [page.title, page.dateline, page.credits, evidence.tokens, reading.dropped, *listed]


def alone(drafts: Sequence[Draft]) -> list[list[object]]:
    return [said(read(*draft[:3], SETTINGS, draft.dropped)) for draft in drafts]


@pytest.mark.compiled
@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(texts, texts), min_size=1, max_size=12), st.data())
def test_a_block_reads_each_text_as_if_it_were_alone(pairs: list[tuple[str, str]], data: st.DataObject) -> None:
    drafts = [draft(*pair) for pair in pairs] + [untitled(text) for _, text in pairs if text.strip()]
    shuffled = data.draw(st.permutations(drafts))
    assert [said(reading) for reading in read_all(shuffled, SETTINGS)] == alone(shuffled)


def test_lines_are_dropped_from_those_that_they_belong_to() -> None:
    page = "\n".join(["Home", *[SENTENCE.format(day) * 2 for day in ("Monday", "Tuesday", "Friday")]])
    drafts = [draft("A bridge", page), draft("A bridge", page, (0, 2)), untitled(page), draft("A bridge", page, (1,))]
    readings = read_all(drafts, SETTINGS)
    assert [said(reading) for reading in readings] == alone(drafts)
    assert len({reading.evidence.tokens for reading in readings[:2]}) == 2
    again = read_again(readings[0], "en", SETTINGS, (0, 2))
    assert said(again) == said(readings[1])
    assert [len(reading.page.kept) for reading in readings] == [len(tokenise(page).hashes)] * 4


def test_the_title_that_is_guessed_is_read_as_one_that_is_given() -> None:
    page = "\n".join(["10 March", "Umbra closes its old bridge  ", *[PARAGRAPH, SENTENCE.format("Friday") * 2]])
    guessed, given_ = read_all([untitled(page), draft("Umbra closes its old bridge", page)], SETTINGS)
    assert said(guessed) == said(given_)
    assert guessed.page.word(page, 1, 1) == "closes"
    assert guessed.word(0) == "Umbra"


def test_blocks_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dedupe.reading, "BLOCK_ARTICLES", 3)
    monkeypatch.setattr(dedupe.reading, "BLOCK_CHARACTERS", 100)
    drafts = [untitled("x" * size) for size in (10, 10, 10, 10, 95, 4, 2, 300, 300)]
    sizes = [[len(each.article.text) for each in block] for block in blocks(drafts)]
    assert sizes == [[10, 10, 10], [10], [95, 4], [2], [300], [300]]
    assert [said(reading) for reading in read_all(drafts, SETTINGS)] == alone(drafts)
    assert list(blocks([])) == []


@pytest.mark.compiled
def test_the_longest_text_there_is() -> None:
    huge = [untitled(("ferry " * MAX_TEXT_BYTES)[:MAX_TEXT_BYTES]), untitled("火" * (MAX_TEXT_BYTES // 3))]
    assert [reading.evidence.tokens for reading in read_all(huge, SETTINGS)] == [166_667, 333_333]


@pytest.mark.compiled
def test_threads_agree() -> None:
    drafts = [draft(f"Umbra {number}", "\n".join(LINES[number % 5 :])) for number in range(120)]
    expected = alone(drafts)
    with ThreadPoolExecutor(4) as pool:
        for size in (1, 7, 40):
            parts = [drafts[at : at + size] for at in range(0, len(drafts), size)]
            found = pool.map(lambda part: read_all(part, SETTINGS), parts)
            assert [said(reading) for reading in itertools.chain(*found)] == expected


@pytest.mark.parametrize("size", [1, 4, 50])
def test_what_is_read_ahead_comes_in_order(size: int) -> None:
    drafts = [draft(f"Umbra {number}", LINES[number % len(LINES)]) for number in range(10)]
    groups = [(at, drafts[at : at + size]) for at in range(0, len(drafts), size)]
    found = list(read_ahead(iter(groups), SETTINGS))
    assert [name for name, _ in found] == [name for name, _ in groups]
    assert [said(reading) for _, readings in found for reading in readings] == alone(drafts)


def test_an_error_while_reading_ahead_is_raised() -> None:
    def groups() -> itertools.chain[tuple[int, list[Draft]]]:
        yield 1, [untitled("A bridge")]
        raise OSError("the disk")

    ahead = read_ahead(groups(), SETTINGS)
    with pytest.raises(OSError, match="the disk"):
        list(ahead)


@pytest.mark.compiled
def test_more_texts_than_are_signed_at_once() -> None:
    several = [f"{LINES[number % len(LINES)]} {number}" for number in range(600)]
    assert np.array_equal(sign_all(several), np.concatenate([sign_all([text]) for text in several]))


@settings(deadline=None, max_examples=30)
@given(st.lists(texts, max_size=6), st.integers(1, 8))
def test_signatures_of_texts_are_those_of_their_shingles(several: list[str], size: int) -> None:
    rows = sign_all(several, size)
    assert rows.shape == (len(several), 128)
    for row, text in zip(rows, several, strict=True):
        assert np.array_equal(row, signature_of(tokenise(text).hashes, size)[1])
