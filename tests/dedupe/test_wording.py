from __future__ import annotations

from datetime import UTC, datetime

from dedupe.article import Article
from dedupe.reading import Reading, read
from dedupe.settings import EngineSettings
from dedupe.wording import Span, wording

AT = datetime(2026, 3, 2, tzinfo=UTC)


def reading_of(dropped: tuple[int, ...] = (), **fields: str) -> Reading:
    return read(Article(**fields), "en", AT, EngineSettings(), dropped)  # type: ignore[arg-type]  # any field


def test_tokens_are_found_in_title_and_text_as_given() -> None:
    reading = reading_of(title="“Ferry” aground", text="All 212\npeople are safe.")
    words = wording(reading)
    assert words.counted == 7
    assert words.span(0, 2) == Span(field="title", start=1, end=15)
    assert words.span(0, 2).within(reading) == "Ferry” aground"
    assert words.span(3, 6).within(reading) == "All 212\npeople"


def test_a_dateline_and_dropped_lines_are_not_compared() -> None:
    text = "SANDHOLM (AP) — The ferry ran aground.\nSign up for our letter.\nNobody was hurt."
    reading = reading_of(dropped=(1,), text=text)
    words = wording(reading)
    stretches = [words.span(first, last).within(reading) for first, last in words.without([])]
    assert stretches == ["The ferry ran aground", "Nobody was hurt"]
    assert words.without([(first, last) for first, last in words.without([])]) == []


def test_a_guessed_title_counts_where_it_stands() -> None:
    headline = "Ferry runs aground off Sandholm after storm"
    reading = reading_of(
        text=f"Home\nNews\n{headline}\n{headline}\n\n" + "The ferry ran aground at dawn on Monday. " * 9
    )
    assert reading.page.title == headline
    words = wording(reading)
    assert words.gap == 0
    assert all(words.span(first, last).field == "text" for first, last in words.without([]))


def test_an_article_of_a_title_alone() -> None:
    reading = reading_of(title="Ferry aground")
    assert wording(reading).without([]) == [(0, 2)]
