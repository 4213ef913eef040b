"""What of a scraped text is compared, what is kept as provenance, and the title it seems to have."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedupe.text.lines import split_lines
from dedupe.text.page import read_page
from dedupe.text.tokens import tokenise

SENTENCE = "The council of Umbra voted on {} to close the old bridge after inspectors had found cracks. "
TITLE = "Umbra closes its old bridge"
SHARED = Path(__file__).parents[4] / "shared"


def paragraph(day: str) -> str:
    return SENTENCE.format(day) * 2


ARTICLE = "\n\n".join(paragraph(day) for day in ("Monday", "Tuesday", "Friday"))
PAGE = f"Home\nWorld\nSign in\n{TITLE}\n\n{ARTICLE}\n\nRead more\nMost popular\nFerry adds a sailing\n"


def compared(text: str) -> list[str]:
    tokens = tokenise(text)
    kept = read_page("", text).kept
    return [text[start:end] for start, end in zip(tokens.starts[kept], tokens.ends[kept], strict=True)]


def words(text: str) -> list[str]:
    tokens = tokenise(text)
    return [text[start:end] for start, end in zip(tokens.starts, tokens.ends, strict=True)]


def test_a_page_is_cut_to_its_article() -> None:
    assert compared(PAGE) == words(ARTICLE)


def test_repeated_lines_count_once() -> None:
    assert compared(f"{PAGE}\n{TITLE}") == words(ARTICLE)
    assert compared(f"{ARTICLE}\n\n{paragraph('Tuesday')}") == words(ARTICLE)


def test_rows_of_a_table_may_be_equal() -> None:
    table = "Year\nNet 12 mln\nYear\nNet 12 mln"
    assert compared(table) == words(table)


def test_the_dateline_and_the_credits_are_kept_apart() -> None:
    text = f"UMBRA, March 3 (Agency) - {ARTICLE} (Reporting by A. Writer)"
    found = read_page("", text)
    assert found.dateline == "UMBRA, March 3 (Agency)"
    assert found.credits == "(Reporting by A. Writer)"
    assert compared(text) == words(ARTICLE)


@pytest.mark.parametrize(
    "text", ["(Reporting by A. Writer)", "UMBRA (Agency) — (Reporting by A. Writer)", "Fire", "火"]
)
def test_something_is_always_compared(text: str) -> None:
    assert compared(text)


def test_nothing_comes_of_nothing() -> None:
    found = read_page("", "\n…\n")
    assert (len(found.kept), len(found.lines.hashes), found.dateline, found.credits, found.title) == (0, 0, "", "", "")


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(["Home", "Sign in", paragraph("Monday"), "(A line in parentheses)", "UMBRA —", "", "日本"])
    )
)
def test_any_page_keeps_something_in_order(lines: list[str]) -> None:
    text = "\n".join(lines)
    tokens = tokenise(text)
    found = read_page("", text)
    assert len(found.kept) == len(tokens.hashes)
    assert found.kept.any() == bool(len(tokens.hashes))


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (PAGE, TITLE),
        (f"{TITLE}\n\n{ARTICLE}", TITLE),
        (f"10 March\n{TITLE}\n2 min read\n{ARTICLE}", TITLE),
        (f"Umbra Today\nSaturday\nNews\n{paragraph('Monday')}\n{TITLE}.\n{TITLE}.\n{ARTICLE}", f"{TITLE}."),
        (ARTICLE, ""),
        ("Fire", ""),
        ("Net 12 mln vs 13\nYear 14 mln vs 15", ""),
    ],
)
def test_guess_title(text: str, title: str) -> None:
    found = read_page("", text)
    assert found.title == title
    alone = tokenise(title)
    assert [column.tolist() for column in found.head] == [column.tolist() for column in alone]


def test_a_title_that_is_given_is_the_title() -> None:
    assert read_page("A bridge", PAGE).title == "A bridge"
    assert read_page(" ", PAGE).title == " "


@pytest.mark.skipif(not (SHARED / "seeds").is_dir(), reason="the seeds are not here")
@pytest.mark.parametrize(
    ("seed", "body", "tokens", "title"),
    [
        ("000", (3, 24), 484, 4),
        ("001", (0, 13), 475, None),
        ("002", (7, 15), 297, 6),
        ("003", (4, 30), 983, 2),
        ("004", (4, 19), 372, 3),
    ],
)
def test_seeds(seed: str, body: tuple[int, int], tokens: int, title: int | None) -> None:
    (path,) = (SHARED / "seeds").glob(f"{seed}_*.txt")
    text = path.read_text(encoding="utf-8")
    read, found = tokenise(text), read_page("", text)
    lines = split_lines(read)
    assert found.lines.numbers.tolist() == lines.numbers[slice(*body)].tolist()
    assert int(found.kept.sum()) == tokens
    expected = [] if title is None else read.hashes[lines.firsts[title] : lines.lasts[title]].tolist()
    assert found.head.hashes.tolist() == tokenise(found.title).hashes.tolist() == expected


@pytest.mark.compiled
@pytest.mark.skipif(not (SHARED / "datasets").is_dir(), reason="the data sets are not here")
@pytest.mark.parametrize("name", ["giveme5w", "ecbplus", "gedikli"])
def test_clean_articles_lose_next_to_nothing(name: str) -> None:
    lost = []
    with gzip.open(SHARED / "datasets" / name / "docs.jsonl.gz", "rt", encoding="utf-8") as rows:
        for row in map(json.loads, rows):
            kept = read_page("", row["text"]).kept
            lost.append(1 - kept.mean() if len(kept) else 0.0)
    assert np.mean(lost) < 0.012
    assert max(lost) < 2 / 3


def test_an_article_that_stands_around_itself_is_compared_all_the_same() -> None:
    again = paragraph("Monday")
    assert compared(f"(A line in parentheses)\n{again}\n日本\nUMBRA —\n{again}\n{again}\n{again}")
