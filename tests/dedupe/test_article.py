from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe.article import Article, canonical_url
from dedupe.errors import InvalidArticle

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("fields", "field", "reason"),
    [
        ({}, "text", "both are empty"),
        ({"title": " \n", "text": "\t"}, "text", "both are empty"),
        ({"text": "x" * 1_000_001}, "text", "longer than 1,000,000 bytes"),
        ({"text": "é" * 500_001}, "text", "longer than 1,000,000 bytes"),
        ({"title": "x" * 2_001}, "title", "longer than 2,000 characters"),
        ({"text": "a\x00b"}, "text", r"character 1 is U\+0000"),
        ({"title": "a\ud800"}, "title", r"character 1 is U\+D800"),
        ({"text": "x", "source": "\udfff"}, "source", r"U\+DFFF"),
        ({"text": "x", "uri": "u" * 2_001}, "uri", "longer than 2,000 characters"),
        ({"text": "x", "authors": ("A",) * 101}, "authors", "more than 100 authors"),
        ({"text": "x", "authors": ("A\x00",)}, "authors", "no text has"),
        ({"text": "x", "authors": ("A" * 2_001,)}, "authors", "too long"),
        ({"text": "x", "language": "english"}, "language", "not a language tag"),
        ({"text": "x", "language": "en\n"}, "language", "not a language tag"),
        ({"text": "x", "published_at": datetime(2026, 1, 1)}, "published_at", "no time zone"),  # noqa: DTZ001  that is the point
        ({"text": "x", "embargoed_until": datetime(2026, 1, 1)}, "embargoed_until", "no time zone"),  # noqa: DTZ001  as above
    ],
)
def test_what_cannot_be_used_is_refused_by_name(fields: dict[str, Any], field: str, reason: str) -> None:
    with pytest.raises(InvalidArticle, match=reason) as refused:
        Article(**fields)

    assert refused.value.field == field
    assert refused.value.code == "invalid_article"


@pytest.mark.parametrize("text", ["Flood", "🚢🔥", "2026", "東京", "x" * 1_000_000, "a\u200bb"])
def test_unusual_texts_are_articles(text: str) -> None:
    assert Article(text=text).text == text


def test_several_authors() -> None:
    assert Article(text="x", authors=("Ada Quist", "Ben Tal")).authors == ("Ada Quist", "Ben Tal")


@pytest.mark.parametrize("language", ["en", "pt-BR", "zh_Hant", "gsw"])
def test_language_tags(language: str) -> None:
    assert Article(text="x", language=language).language == language


def test_content_is_what_a_reader_sees() -> None:
    article = Article(title="a", text="b", uri="1")

    assert article.content_digest == replace(article, uri="2", source="Herald", published_at=NOW).content_digest
    assert article.content_digest != replace(article, text="c").content_digest
    assert article.content_digest != Article(title="ab", text="").content_digest


def test_an_article_is_recognised_by_uri_within_its_source_and_by_url() -> None:
    article = Article(text="x", source="Herald", uri="7", url="https://www.herald.example/a/?utm_source=feed")
    by_uri, by_url = article.identities

    assert replace(article, text="y", url=None).identities == (by_uri,)
    assert replace(article, source="Courier", url=None).identities != (by_uri,)
    assert Article(text="z", url="http://herald.example/a").identities == (by_url,)


def test_an_article_with_neither_is_recognised_by_all_it_says() -> None:
    article = Article(text="x", source="Herald", published_at=NOW)

    assert Article(text="x", source="Herald", published_at=NOW).identities == article.identities
    for changed in ({"text": "y"}, {"source": None}, {"published_at": None}, {"title": "t"}):
        assert replace(article, **changed).identities != article.identities  # type: ignore[arg-type]  # any field


@pytest.mark.parametrize(
    ("published", "decided", "notice"),
    [
        (None, None, None),
        (NOW - timedelta(days=3), NOW - timedelta(days=3), None),
        (NOW + timedelta(minutes=4), NOW + timedelta(minutes=4), None),
        (NOW + timedelta(minutes=6), NOW, "future"),
        (datetime(2100, 1, 1, tzinfo=UTC), NOW, "future"),
        (datetime(1970, 1, 1, tzinfo=UTC), None, "before 1971"),
    ],
)
def test_implausible_dates_are_not_believed_and_said(
    published: datetime | None, decided: datetime | None, notice: str | None
) -> None:
    article = Article(text="x", published_at=published)

    assert article.decision_time(NOW) == decided
    assert article.published_at == published
    notices = article.notices(NOW)
    assert len(notices) == (notice is not None)
    assert all(str(notice) in said for said in notices)


def test_zones_do_not_matter() -> None:
    local = NOW.astimezone(timezone(timedelta(hours=9)))

    assert Article(text="x", published_at=local).decision_time(NOW) == NOW


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("https://example.org", "https://example.org"),
        ("HTTP://WWW.Example.ORG:443/Path/", "https://example.org/Path"),
        ("https://example.org:8443/a", "https://example.org:8443/a"),
        ("https://example.org/a?b=2&a=1&fbclid=x&UTM_medium=y", "https://example.org/a?a=1&b=2"),
        ("https://example.org/a?empty=#part", "https://example.org/a?empty="),
        ("not a url", "not a url"),
        ("https://[broken/", "https://[broken/"),
        ("https://example.org:port/", "https://example.org:port/"),
        ("  /relative ", "/relative"),
    ],
)
def test_urls_of_one_page_are_one(url: str, canonical: str) -> None:
    assert canonical_url(url) == canonical


@given(st.text(max_size=60))
def test_a_canonical_url_stays_as_it_is(url: str) -> None:
    once = canonical_url(url)

    assert canonical_url(once) == once
