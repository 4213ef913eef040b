"""RSS and Atom: each entry of a feed is an article. Nothing that a feed links to is fetched."""

from __future__ import annotations

import io
from calendar import timegm
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

from dedupe.errors import UnreadableInput
from dedupe.readers.entry import Entry, Format
from dedupe.readers.source import Source
from dedupe.readers.whole import whole

MAX_FEED_BYTES: Final = 16_000_000


def read(source: Source) -> Iterator[Entry]:
    """Yield each entry of a feed; raise `UnreadableInput` when it is none, or defines entities of its own."""
    yield from entries(source.name, whole(source, MAX_FEED_BYTES))


def entries(name: str, content: bytes) -> Iterator[Entry]:
    """Yield each entry of a feed's bytes; raise `UnreadableInput`.

    No feed needs entities of its own; a few lines of them can stand for gigabytes, or for a file of this machine.
    """
    if b"<!ENTITY" in content.replace(b"\0", b"").upper():
        raise UnreadableInput(f"{name}: defines XML entities, which no feed needs and which are not read")
    import feedparser  # noqa: PLC0415  most files are no feeds

    feed = feedparser.parse(io.BytesIO(content), sanitize_html=True, resolve_relative_uris=True)
    if not feed.get("version"):
        raise UnreadableInput(f"{name}: is neither RSS nor Atom")
    for number, entry in enumerate(feed.entries, 1):
        yield Entry(f"{name}: entry {number}", _fields(feed.feed, entry))


def _fields(feed: Any, entry: Any) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "title": _plain(entry.get("title", "")),
        "text": _plain(_longest(entry)),
        "uri": entry.get("id"),
        "url": entry.get("link"),
        "source": _plain(entry.get("source", {}).get("title") or feed.get("title", "")),
        "language": (entry.get("language") or feed.get("language") or "").partition(",")[0].strip(),
        "published_at": _moment(entry.get("published_parsed") or entry.get("updated_parsed")),
        "authors": [author["name"] for author in entry.get("authors", ()) if author.get("name")],
    }
    return {name: value for name, value in fields.items() if value}


def _longest(entry: Any) -> str:
    """Return the content of an entry, which some feeds put in one place and some in another."""
    told = [content.get("value", "") for content in entry.get("content", ())]
    longest: str = max([entry.get("summary", ""), *told], key=len)
    return longest


def _plain(markup: str) -> str:
    """Return the text of a fragment of HTML."""
    if "<" not in markup and "&" not in markup:
        return markup.strip()
    from lxml import html  # noqa: PLC0415  as above

    try:
        fragment = html.fragment_fromstring(markup, create_parent="div")
    except (ValueError, html.etree.LxmlError):
        return markup.strip()
    for block in fragment.iter("p", "br", "li", "div"):
        block.tail = "\n" + (block.tail or "")
    return str(fragment.text_content()).strip()


def _moment(parsed: Any) -> str | None:
    """Return a time as `feedparser` gives it (UTC) as text; None where a feed has none that can be."""
    try:
        return datetime.fromtimestamp(timegm(parsed), UTC).isoformat() if parsed else None
    except (ValueError, OverflowError):
        return None


FEED_FILE: Final = Format(name="feed", suffixes=(".rss", ".atom", ".xml"), read=read)
