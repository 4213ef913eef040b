"""RSS 2.0 (https://www.rssboard.org/rss-specification)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from email.utils import format_datetime
from html import escape as escape_html
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from dedupe.writers.item import FeedAbout, FeedItem

MEDIA_TYPE: Final = "application/rss+xml"
_NAMESPACES: Final = 'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/"'
_UNSPEAKABLE: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def rss(about: FeedAbout, items: Iterable[FeedItem]) -> Iterator[bytes]:
    """Yield a feed, an item at a time. Readers take titles and descriptions for HTML, so they are escaped twice."""
    own = f'<atom:link href={quoteattr(about.feed_url)} rel="self" type="{MEDIA_TYPE}"/>'
    yield (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" {_NAMESPACES}><channel>'
        f"{_element('title', escape_html(about.title))}{_element('link', about.home_url)}"
        f"{_element('description', escape_html(about.title))}{own}\n"
    ).encode()
    for item in items:
        yield _item(item).encode()
    yield b"</channel></rss>\n"


def _item(item: FeedItem) -> str:
    elements = [
        _element("title", escape_html(item.title, quote=False)),
        _element("link", item.url) if item.url else "",
        f'<guid isPermaLink="false">{escape(item.item_id)}</guid>',
        _element("pubDate", format_datetime(item.published_at)),
        _element("description", escape_html(item.text, quote=False)),
        *(_element("dc:creator", author) for author in item.authors),
        *(_element("category", tag) for tag in item.tags),
    ]
    return f"<item>{''.join(elements)}</item>\n"


def _element(name: str, text: str) -> str:
    """Return an element; characters that XML cannot hold become U+FFFD."""
    return f"<{name}>{escape(_UNSPEAKABLE.sub(chr(0xFFFD), text))}</{name}>"
