"""Feeds and tables as other libraries read them."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import feedparser
import pyarrow.parquet
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe.errors import MissingLibrary
from dedupe.writers.item import FeedAbout, FeedItem
from dedupe.writers.json_feed import json_feed
from dedupe.writers.rss import rss
from dedupe.writers.table import ROW_GROUP, comma_separated, guarded, parquet, unguarded

NASTY = '<script>alert(1)</script>"><img src=x onerror=alert(1)> & ]]> &amp;'
ABOUT = FeedAbout(title=NASTY, home_url="http://a.example/?a=1&b=2", feed_url='http://a.example/x.rss?q="<')
ITEM = FeedItem(
    item_id="art_1",
    title=NASTY,
    text=f"{NASTY}\nSecond line",
    published_at=datetime(2026, 3, 2, 6, 40, tzinfo=UTC),
    url="http://a.example/1?a=1&b=2",
    authors=("A & B",),
    tags=("<tag>",),
    language="en",
)


def test_rss_is_well_formed_and_says_nothing_but_text() -> None:
    written = b"".join(rss(ABOUT, [ITEM, ITEM]))
    assert b"<script" not in written
    assert b"<img" not in written
    feed = feedparser.parse(written, sanitize_html=False)
    assert (feed.bozo, feed.version, len(feed.entries)) == (False, "rss20", 2)
    entry = feed.entries[0]
    assert entry.title.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") == NASTY
    assert "<script" not in entry.title
    assert "<img" not in entry.summary
    assert (entry.link, entry.id, entry.author) == ("http://a.example/1?a=1&b=2", "art_1", "A & B")
    assert entry.published_parsed[:5] == (2026, 3, 2, 6, 40)
    assert entry.tags[0].term == "<tag>"


@given(st.text())
def test_rss_is_well_formed_whatever_a_title_holds(title: str) -> None:
    item = FeedItem(item_id="a", title=title, text=title, published_at=ITEM.published_at, tags=(title,))
    written = b"".join(rss(ABOUT, [item])) if not _has_surrogate(title) else b"".join(rss(ABOUT, [ITEM]))
    assert not feedparser.parse(written).bozo


def _has_surrogate(text: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in text)


def test_json_feed_has_what_its_version_asks_for() -> None:
    feed = json.loads(b"".join(json_feed(ABOUT, [ITEM, ITEM])))
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["title"] == NASTY
    assert [item["id"] for item in feed["items"]] == ["art_1", "art_1"]
    assert feed["items"][0]["title"] == NASTY
    assert feed["items"][0]["content_text"] == ITEM.text
    assert feed["items"][0]["date_published"] == "2026-03-02T06:40:00Z"
    assert feed["items"][0]["authors"] == [{"name": "A & B"}]
    assert "date_modified" not in feed["items"][0]
    assert json.loads(b"".join(json_feed(ABOUT, [])))["items"] == []


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "'=1", "''=1"])
def test_a_formula_is_guarded_and_comes_back(text: str) -> None:
    (_, record) = csv.reader(io.StringIO(b"".join(comma_separated(["title"], [{"title": text}])).decode(), newline=""))
    assert record[0].startswith("'")
    assert unguarded(record[0]) == text


@given(st.text())
def test_what_is_guarded_comes_back(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert guarded(text)[:1] not in ("=", "+", "-", "@", "\t", "\r") or not text


def rows(count: int) -> Iterator[dict[str, Any]]:
    for number in range(count):
        yield {"title": f"={number}", "size": number, "velocity": 0.5, "authors": ("A", "B"), "url": None}


def test_parquet_is_written_in_groups_and_read_by_its_own_library() -> None:
    columns = ("title", "size", "velocity", "authors", "url")
    parts = list(parquet(columns, rows(2 * ROW_GROUP + 1)))
    assert len(parts) == 4
    file = pyarrow.parquet.ParquetFile(io.BytesIO(b"".join(parts)))
    assert file.num_row_groups == 3
    table = file.read()
    assert table.column_names == list(columns)
    assert table.num_rows == 2 * ROW_GROUP + 1
    assert table.to_pylist()[1] == {"title": "=1", "size": 1, "velocity": 0.5, "authors": ["A", "B"], "url": None}


def test_parquet_without_its_library_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingLibrary, match=r"pip install 'storyfold\[parquet\]'"):
        parquet(("title",), [])
