from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

import pytest

from dedupe.article import Article
from dedupe.comparison import MOST_PASSAGES, Comparison, compare
from dedupe.reading import Reading, read
from dedupe.settings import EngineSettings
from dedupe.weighing import weigh_article
from tests.dedupe.reports import BANKS, FERRY, RETOLD

AT = datetime(2026, 3, 2, tzinfo=UTC)


def reading_of(text: str, title: str = "", language: str = "en") -> Reading:
    return read(Article(title=title, text=text), language, AT, EngineSettings())


def compared(left: Reading, right: Reading) -> Comparison:
    return compare(weigh_article(left, None), weigh_article(right, None), 5)


def shingles(text: str) -> set[tuple[str, ...]]:
    words = "".join(c if c.isalnum() or c == "." else " " for c in text.casefold()).replace(". ", " ").split()
    words = [word.strip(".") for word in words if word != "s"]
    return {tuple(words[at : at + 5]) for at in range(len(words) - 4)}


def test_a_quotation_is_found_in_both() -> None:
    left, right = reading_of(FERRY), reading_of(RETOLD)
    found = compared(left, right)
    quotation = next(passage for passage in found.passages if passage.tokens > 10)
    assert quotation.excerpt == "We heard the hull scrape over the rocks and knew at once that something was wrong"
    assert quotation.left.within(left) == quotation.right.within(right) == quotation.excerpt
    assert all(passage.left.within(left).casefold().split()[0] in passage.right.within(right).casefold()
               for passage in found.passages)  # fmt: skip


def test_measures_are_those_of_the_definition() -> None:
    ours, theirs = shingles(FERRY), shingles(RETOLD)
    found = compared(reading_of(FERRY), reading_of(RETOLD))
    assert found.jaccard == round(len(ours & theirs) / len(ours | theirs), 4)
    assert found.containment == round(len(ours & theirs) / min(len(ours), len(theirs)), 4)
    assert found.similarity >= sum(term.contribution for term in found.terms) - 0.002
    contributions = [term.contribution for term in found.terms]
    assert contributions == sorted(contributions, reverse=True)
    assert "Aurora" in [term.term for term in found.terms]


def test_what_each_added_is_what_is_left() -> None:
    cut = FERRY.split(". “")[0] + ". The harbour is closed."
    left, right = reading_of(FERRY), reading_of(cut)
    found = compared(left, right)
    assert found.containment > 0.8
    assert [span.within(right) for span in found.right.added] == ["The harbour is closed"]
    assert (found.right.added_tokens, found.right.added_characters) == (4, len("The harbour is closed"))
    assert found.left.shared_tokens == found.right.shared_tokens == sum(passage.tokens for passage in found.passages)
    assert found.left.tokens == found.left.shared_tokens + found.left.added_tokens


def test_titles_are_compared_where_they_were_given() -> None:
    title = "Ferry aground off Sandholm harbour"
    found = compared(reading_of("Nothing else.", title), reading_of(f"They wrote: {title}!"))
    assert [(p.left.field, p.right.field, p.tokens) for p in found.passages] == [("title", "text", 5)]


@pytest.mark.parametrize("pair", [(FERRY, BANKS), ("", FERRY), ("One.", "One."), ("!!!", FERRY)])
def test_texts_with_nothing_in_common_but_words(pair: tuple[str, str]) -> None:
    found = compared(reading_of(pair[0], "Some title"), reading_of(pair[1], "Another"))
    assert (found.passages, found.passages_left_out, found.left.shared_tokens) == ((), 0, 0)


def test_a_text_with_itself() -> None:
    found = compared(reading_of(FERRY), reading_of(FERRY))
    assert (found.jaccard, found.containment, found.left.added, found.right.added) == (1, 1, (), ())
    assert found.similarity == pytest.approx(1, abs=0.001)


def test_languages_share_passages_but_no_terms() -> None:
    found = compared(reading_of(FERRY), reading_of(FERRY, language="de"))
    assert (found.similarity, found.terms, len(found.passages)) == (0, (), 1)
    assert (found.left.language, found.right.language) == ("en", "de")


def test_a_text_without_a_word_shares_nothing() -> None:
    found = compared(reading_of("!!!"), reading_of(FERRY))
    assert (found.jaccard, found.containment, found.similarity, found.left.tokens) == (0, 0, 0, 0)


@pytest.mark.compiled
def test_the_longest_passages_are_shown_where_there_are_many() -> None:
    parts = [" ".join(f"w{number}x{word}" for word in range(5 + number % 7)) for number in range(900)]
    left = reading_of(" only here. ".join(parts))
    right = reading_of(" but there! ".join(reversed(parts)))
    found = compared(left, right)
    assert (len(found.passages), found.passages_left_out) == (MOST_PASSAGES, 900 - MOST_PASSAGES)
    assert min(passage.tokens for passage in found.passages) >= 10
    assert all(one.left.end <= other.left.start for one, other in pairwise(found.passages))
    assert (len(found.left.added), found.left.added_left_out) == (MOST_PASSAGES, 899 - MOST_PASSAGES)
