from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from dedupe.article import Article, PubStatus
from dedupe.errors import InvalidArticle
from dedupe.readers.fields import article_of, moment_of


def test_every_field() -> None:
    fields = {
        "title": "Ferry aground",
        "text": "It ran aground.",
        "source": "Courier",
        "uri": "c-1",
        "url": "https://courier.example/1",
        "published_at": "2026-03-02T09:15:00+01:00",
        "language": "en",
        "version": "2",
        "authors": ["Ann"],
        "pub_status": "withheld",
        "embargoed_until": "2026-03-03",
        "colour": "green",
    }
    assert article_of(fields) == Article(
        title="Ferry aground",
        text="It ran aground.",
        source="Courier",
        uri="c-1",
        url="https://courier.example/1",
        published_at=datetime(2026, 3, 2, 8, 15, tzinfo=UTC),
        language="en",
        version="2",
        authors=("Ann",),
        pub_status=PubStatus.WITHHELD,
        embargoed_until=datetime(2026, 3, 3, tzinfo=UTC),
    )


def test_other_names_and_missing_values() -> None:
    article = article_of({"id": 17, "lang": "fr", "title": "Bac", "text": None, "published_at": "", "authors": "Ann"})

    assert article == Article(title="Bac", uri="17", language="fr", authors=("Ann",))


def test_a_name_of_its_own_comes_first() -> None:
    article = article_of({"id": 17, "uri": "c-1", "lang": "fr", "language": "en", "title": "Ferry", "authors": ""})

    assert (article.uri, article.language, article.authors) == ("c-1", "en", ())


def test_an_article_is_read_out_of_its_page() -> None:
    html = (
        "<html><head><title>Ferry aground</title></head><body><article><p>It ran aground.</p></article></body></html>"
    )

    assert article_of({"html": html}) == Article(title="Ferry aground", text="It ran aground.")
    assert article_of({"html": html, "title": "Ours"}) == Article(title="Ours", text="It ran aground.")
    assert article_of({"html": html, "text": "Ours."}) == Article(text="Ours.")


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("2026-03-02", datetime(2026, 3, 2, tzinfo=UTC)),
        ("2026-03-02T08:15", datetime(2026, 3, 2, 8, 15, tzinfo=UTC)),
        (" 2026-03-02 08:15:00 ", datetime(2026, 3, 2, 8, 15, tzinfo=UTC)),
        ("2026-03-02T08:15:00Z", datetime(2026, 3, 2, 8, 15, tzinfo=UTC)),
        ("2026-03-02T08:15:00-05:00", datetime(2026, 3, 2, 13, 15, tzinfo=UTC)),
        (None, None),
        ("", None),
    ],
)
def test_dates(value: str | None, moment: datetime | None) -> None:
    assert moment_of({"published_at": value}, "published_at") == moment


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"title": 7}, "title"),
        ({"title": "a", "uri": True}, "uri"),
        ({"title": "a", "id": 1.5}, "uri"),
        ({"title": "a", "published_at": "yesterday"}, "published_at"),
        ({"title": "a", "published_at": "2026-02-30"}, "published_at"),
        ({"title": "a", "published_at": 1772438400}, "published_at"),
        ({"title": "a", "published_at": "9999-12-31T23:59:59-05:00"}, "published_at"),
        ({"title": "a", "authors": [1]}, "authors"),
        ({"title": "a", "authors": 1}, "authors"),
        ({"title": "a", "pub_status": "gone"}, "pub_status"),
        ({"title": "a\x00"}, "title"),
        ({"source": "Courier"}, "text"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(fields: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidArticle) as refused:
        article_of(fields)
    assert refused.value.field == field
