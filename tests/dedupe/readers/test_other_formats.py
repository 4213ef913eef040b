"""ninjs, RSS, Atom and Parquet files, good and bad."""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet
import pytest

from dedupe.article import Article
from dedupe.errors import MissingLibrary, UnreadableInput
from dedupe.readers.entry import Entry
from dedupe.readers.fields import article_of
from dedupe.readers.formats import format_of
from dedupe.readers.source import open_source
from dedupe.readers.whole import whole

NINJS_3 = {
    "uri": "urn:wire:1",
    "standard": {"name": "ninjs", "version": "3.0"},
    "pubStatus": "usable",
    "version": "2",
    "language": "en",
    "versionCreated": "2026-03-02T06:45:00Z",
    "contentCreated": "2026-03-02T06:40:00Z",
    "embargoedUntil": "2026-03-03T00:00:00Z",
    "headlines": [{"role": "short", "value": "Ferry"}, {"role": "main", "value": "Ferry aground"}],
    "bodies": [
        {"contentType": "text/html", "value": "<p>The ferry ran aground.</p>"},
        {"role": "main", "contentType": "text/plain", "value": "The ferry ran aground."},
    ],
    "infoSources": [{"role": "source", "name": "Harbour Wire"}],
    "bylines": [{"byline": "A. Writer"}],
}
NINJS_2 = {
    "uri": "urn:wire:2",
    "pubstatus": "withheld",
    "versioncreated": "2026-03-02T06:45:00Z",
    "headline": "Banks merge",
    "body_text": "Two banks merge.",
    "byline": "B. Writer",
    "copyrightholder": "Harbour Wire",
    "version": 3,
}
RSS = """<?xml version="1.0"?><rss version="2.0"><channel><title>Courier &amp; Co</title><language>en-GB</language>
<item><title>Ferry &lt;b&gt;aground&lt;/b&gt;</title><link>http://a.example/1</link><guid>urn:1</guid>
<pubDate>Mon, 02 Mar 2026 06:40:00 GMT</pubDate><author>desk@a.example (A. Writer)</author>
<description>&lt;p&gt;It ran &amp;amp; stuck.&lt;/p&gt;&lt;script&gt;alert(1)&lt;/script&gt;
&lt;p&gt;Twice.&lt;/p&gt;</description></item>
<item><title/></item></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Herald</title><entry><title>Banks merge</title><id>urn:2</id>
<updated>2026-03-02T07:40:00+01:00</updated><summary>Short.</summary><content type="text">A longer text of it.</content>
</entry></feed>"""
BOMB = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
    "<rss version='2.0'><channel><title>&b;</title></channel></rss>"
)


def read(path: Path, content: bytes) -> list[Entry]:
    path.write_bytes(content)
    with open_source(str(path)) as source:
        return list(format_of(path.name).read(source))


def articles(path: Path, content: bytes) -> list[Article]:
    return [article_of(entry.checked()) for entry in read(path, content)]


@pytest.mark.parametrize("form", ["one", "list", "lines"])
def test_ninjs_of_both_versions(tmp_path: Path, form: str) -> None:
    items: list[Any] = [NINJS_3, NINJS_2]
    content = {
        "one": json.dumps(NINJS_3),
        "list": json.dumps(items),
        "lines": "\n\n".join(map(json.dumps, items)),
    }[form]
    first, *rest = articles(tmp_path / "a.json", content.encode())
    assert (first.title, first.text, first.source) == ("Ferry aground", "The ferry ran aground.", "Harbour Wire")
    assert (first.uri, first.version, first.authors) == ("urn:wire:1", "2", ("A. Writer",))
    assert str(first.published_at) == "2026-03-02 06:40:00+00:00"
    assert str(first.embargoed_until) == "2026-03-03 00:00:00+00:00"
    if form != "one":
        (second,) = rest
        assert (second.title, second.text, second.pub_status) == ("Banks merge", "Two banks merge.", "withheld")
        assert (second.version, second.source, second.authors) == ("3", "Harbour Wire", ("B. Writer",))


def test_ninjs_that_is_none_is_told_where(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match=r"a\.json:1: is not JSON"):
        read(tmp_path / "a.json", b"<html>")
    entries = read(tmp_path / "a.json", b'[{"uri": "a", "headline": "Storm"}, 7]')
    assert [entry.problem for entry in entries] == [None, "is JSON, but not an object"]
    lines = read(tmp_path / "a.json", b'{"headline": "Storm"}\n{broken\n')
    assert [bool(entry.problem) for entry in lines] == [False, True]
    assert lines[1].place.endswith("a.json:2")


def test_an_entry_of_rss_is_an_article_in_plain_text(tmp_path: Path) -> None:
    first, second = read(tmp_path / "a.rss.gz", gzip.compress(RSS.encode()))
    article = article_of(first.fields)
    assert (article.title, article.source, article.language) == ("Ferry aground", "Courier & Co", "en-GB")
    assert article.text.split() == ["It", "ran", "&", "stuck.", "Twice."]
    assert (article.uri, article.url) == ("urn:1", "http://a.example/1")
    assert str(article.published_at) == "2026-03-02 06:40:00+00:00"
    assert second.place.endswith("entry 2")
    assert "title" not in second.fields


def test_an_entry_of_atom_is_an_article(tmp_path: Path) -> None:
    (article,) = articles(tmp_path / "a.atom", ATOM.encode())
    assert (article.title, article.text, article.source) == ("Banks merge", "A longer text of it.", "Herald")
    assert str(article.published_at) == "2026-03-02 06:40:00+00:00"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_not_expanded(tmp_path: Path, encoding: str) -> None:
    with pytest.raises(UnreadableInput, match="defines XML entities"):
        read(tmp_path / "a.xml", BOMB.encode(encoding))


@pytest.mark.parametrize("content", [b"", b"garbage", b"<html><body>Not found</body></html>", b"\x00\xff\xfe"])
def test_what_is_no_feed_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(UnreadableInput, match="neither RSS nor Atom"):
        read(tmp_path / "a.rss", content)


def test_what_must_be_whole_is_read_no_further_than_its_limit(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x" * 11)
    with open_source(str(tmp_path / "a")) as source, pytest.raises(UnreadableInput, match="longer than 10 bytes"):
        whole(source, 10)
    (tmp_path / "b").write_bytes(gzip.compress(b"x" * 1000)[:-9])
    with open_source(str(tmp_path / "b")) as source, pytest.raises(UnreadableInput, match="cannot be read on"):
        whole(source)


def test_a_row_of_parquet_is_an_article(tmp_path: Path) -> None:
    table = pa.table({
        "title": ["Storm", "Calm"],
        "published_at": pa.array([1_772_433_600_000_000, None], pa.timestamp("us", tz="UTC")),
        "authors": [["A", "B"], []],
    })  # fmt: skip
    pyarrow.parquet.write_table(table, tmp_path / "a.parquet")
    first, second = articles(tmp_path / "a.parquet", (tmp_path / "a.parquet").read_bytes())
    assert (first.title, first.authors, str(first.published_at)) == ("Storm", ("A", "B"), "2026-03-02 06:40:00+00:00")
    assert (second.title, second.published_at) == ("Calm", None)


def test_parquet_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match=r"a\.parquet: row 1: is not Parquet"):
        read(tmp_path / "a.parquet", b"garbage")
    pyarrow.parquet.write_table(pa.table({"headline": ["x"]}), tmp_path / "b.parquet")
    with pytest.raises(UnreadableInput, match="has no column title"):
        read(tmp_path / "b.parquet", (tmp_path / "b.parquet").read_bytes())


def test_parquet_without_its_library_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingLibrary, match=r"pip install 'storyfold\[parquet\]'"):
        read(tmp_path / "a.parquet", b"PAR1")
