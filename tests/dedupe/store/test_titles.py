"""Searching titles: words as people type them."""

from __future__ import annotations

import pytest

from dedupe.store.titles import matches, title_words


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("", []),
        ("—…! ", []),
        ("O'Neill's 4-day TOUR", ["o", "neill", "s", "4", "day", "tour"]),
        ("Straße ÉCOLE ﬁre", ["strasse", "ecole", "fire"]),
        ("東京で選挙", list("東京て選挙")),
        ("हिन्दी", ["हिनदी"]),
        ("Ὀδυσσεύς", ["οδυσσευσ"]),
        ("snake_case", ["snake", "case"]),
        ("a\u200db", ["ab"]),
        ("²", ["2"]),
    ],
)
def test_words(title: str, words: list[str]) -> None:
    assert title_words(title) == words


@pytest.mark.parametrize(
    ("query", "is_found"),
    [("fl", True), ("flo strike", False), ("strike flo", True), ("flood strike", True), ("strike tide", False)],
)
def test_only_the_last_word_may_be_unfinished(query: str, is_found: bool) -> None:
    assert matches(title_words(query), "Strike ends as flood nears") is is_found
