from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from dedupe.article import Article
from dedupe.duplicates.signature import permutations, shingles, sign, windows
from dedupe.evidence import LEAD_TOKENS
from dedupe.language_code import language_code
from dedupe.reading import Reading, read
from dedupe.settings import EngineSettings
from dedupe.text.tokens import tokenise

NOW = datetime(2026, 3, 2, 12, 0, 0, 500_000, tzinfo=UTC)
BODY = " ".join(f"word{number}" for number in range(60))


def reading_of(article: Article, settings: EngineSettings | None = None) -> Reading:
    return read(article, "en", NOW, settings or EngineSettings())


def test_a_long_text_is_compared_without_its_title() -> None:
    reading = reading_of(Article(title="Two banks to merge", text=BODY))

    assert (reading.evidence.tokens, reading.evidence.shingle_tokens) == (64, 60)
    assert np.array_equal(reading.evidence.shingles, shingles(tokenise(BODY).hashes, 5))
    assert np.array_equal(reading.evidence.windows, windows(tokenise(BODY).hashes, 5))
    assert reading.evidence.numbered.all()
    assert np.array_equal(reading.evidence.signature, sign(reading.evidence.shingles, permutations()))


def test_a_short_text_is_compared_with_its_title() -> None:
    reading = reading_of(Article(title="Two banks to merge", text="A deal was struck on Monday."))
    together = np.concatenate((tokenise("Two banks to merge").hashes, tokenise("A deal was struck on Monday.").hashes))

    assert reading.evidence.shingle_tokens == reading.evidence.tokens == 10
    assert np.array_equal(reading.evidence.shingles, shingles(together, 5))


def test_the_size_of_shingles_is_a_setting() -> None:
    assert len(reading_of(Article(text=BODY), EngineSettings(shingle_size=3)).evidence.shingles) == 58


def test_numbers_are_sorted_and_listed_once() -> None:
    reading = reading_of(Article(text=f"12 boats, 7 crews, 12 nets. {' '.join(['calm'] * 50)}"))
    assert reading.evidence.numbered.nonzero()[0].tolist() == [0, 2, 4]

    assert len(reading.evidence.numbers) == 2
    assert reading.evidence.numbers.tolist() == sorted(set(tokenise("12 7").hashes.astype(np.uint32).tolist()))


def test_without_a_title_the_lead_stands_in() -> None:
    with_title, without = reading_of(Article(title="Ferry", text=BODY)), reading_of(Article(text=BODY))

    assert with_title.evidence.terms.heading.sum() == 1
    assert without.evidence.terms.heading.sum() == LEAD_TOKENS
    assert without.evidence.terms.title.sum() == 0


@pytest.mark.parametrize(
    ("published", "time"),
    [
        (None, np.nan),
        (datetime(1970, 1, 1, tzinfo=UTC), np.nan),
        (datetime(2026, 3, 1, 8, 0, 0, 900_000, tzinfo=UTC), datetime(2026, 3, 1, 8, tzinfo=UTC).timestamp()),
        (NOW + timedelta(days=400), NOW.replace(microsecond=0).timestamp()),
    ],
)
def test_times_are_whole_seconds(published: datetime | None, time: float) -> None:
    assert np.array_equal([reading_of(Article(text=BODY, published_at=published)).time], [time], equal_nan=True)


def test_terms_of_two_languages_never_meet() -> None:
    english = read(Article(text=BODY), "en", NOW, EngineSettings())
    french = read(Article(text=BODY), "fr", NOW, EngineSettings())

    assert np.array_equal(english.evidence.shingles, french.evidence.shingles)
    assert not np.intersect1d(english.evidence.terms.hashes, french.evidence.terms.hashes).size
    assert french.language_code == language_code("fr")


def test_furniture_of_the_source_is_left_out() -> None:
    article = Article(
        title="Ferry aground", text=f"{BODY}\nSign up for our newsletter\nNobody was hurt.", source="Herald"
    )
    whole, without = reading_of(article), read(article, "en", NOW, EngineSettings(), dropped=(1,))

    assert without.evidence.tokens == whole.evidence.tokens - 5
    assert without.dropped == (1,)
    assert without.source_number == whole.source_number
    assert reading_of(Article(text=BODY)).source_number is None


def test_articles_of_one_source_bear_the_same_mark() -> None:
    marks = [
        reading_of(Article(text=BODY, source=source)).source_mark for source in ("Herald", "Herald", "Courier", None)
    ]

    assert marks[0] == marks[1] != marks[2]
    assert 0 < marks[0] < 2**32
    assert marks[3] == 0


def test_terms_are_told_as_they_were_written() -> None:
    reading = reading_of(Article(title="Zürich’s FERRY", text="It ran aground off Sandholm"))
    words = [reading.word(term) for term in range(len(reading.evidence.terms.hashes))]

    assert words == ["Zürich", "FERRY", "It", "ran", "aground", "off", "Sandholm"]


@pytest.mark.parametrize("text", ["🚢🔥", "…", "!"])
def test_a_text_without_words_has_no_shingles(text: str) -> None:
    evidence = reading_of(Article(text=text)).evidence

    assert (
        evidence.tokens,
        len(evidence.shingles),
        len(evidence.terms.hashes),
        len(evidence.numbers),
    ) == (0, 0, 0, 0)


@pytest.mark.parametrize("text", ["flood", "2026", "東"])
def test_one_word_is_one_shingle(text: str) -> None:
    evidence = reading_of(Article(text=text)).evidence

    assert (evidence.tokens, len(evidence.shingles), len(evidence.terms.hashes)) == (1, 1, 1)
