"""JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

import orjson

from dedupe.writers.item import FeedAbout, FeedItem

MEDIA_TYPE: Final = "application/feed+json"
_VERSION: Final = "https://jsonfeed.org/version/1.1"


def json_feed(about: FeedAbout, items: Iterable[FeedItem]) -> Iterator[bytes]:
    """Yield a feed, an item at a time."""
    head = {
        "version": _VERSION,
        "title": about.title,
        "home_page_url": about.home_url,
        "feed_url": about.feed_url,
    }
    yield orjson.dumps(head)[:-1] + b',"items":['
    separator = b""
    for item in items:
        yield separator + orjson.dumps(_object(item), option=orjson.OPT_UTC_Z)
        separator = b","
    yield b"]}"


def _object(item: FeedItem) -> dict[str, Any]:
    fields = {
        "id": item.item_id,
        "url": item.url,
        "title": item.title,
        "content_text": item.text,
        "date_published": item.published_at,
        "date_modified": item.updated_at,
        "authors": [{"name": author} for author in item.authors],
        "tags": item.tags,
        "language": item.language,
    }
    return {name: value for name, value in fields.items() if value or name == "content_text"}
