"""What a feed says: about itself, and of each thing in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedAbout:
    """A feed's title, and the addresses of what it lists and of itself."""

    title: str
    home_url: str
    feed_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedItem:
    """One article, or one cluster by its representative; all of it plain text."""

    item_id: str
    title: str
    text: str
    published_at: datetime
    url: str | None = None
    updated_at: datetime | None = None
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    language: str | None = None
