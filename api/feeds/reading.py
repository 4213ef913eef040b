"""One reading of one feed: what is new in it, as articles."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import orjson

from api.feeds.fetching import Fetcher, FetchFailed
from api.feeds.memory import Remembered
from api.feeds.outlines import Outline
from dedupe.article import Article, is_language
from dedupe.cli.failures import complain
from dedupe.errors import InvalidArticle
from dedupe.readers.feed_file import MAX_FEED_BYTES, entries
from dedupe.readers.fields import article_of

MAX_PAGE_BYTES: Final = 4_000_000


@dataclass(frozen=True, slots=True)
class Reading:
    """The new articles of a feed under their names there, what to remember once they are in, and how many are bad."""

    articles: list[tuple[str, Article]]
    remembered: Remembered
    refused_count: int = 0


async def read_feed(outline: Outline, remembered: Remembered, fetcher: Fetcher, *, pages: bool) -> Reading:
    """Return what is new; raise `FetchFailed`, or `UnreadableInput` when it is no feed."""
    fetched = await fetcher.fetch(outline.url, MAX_FEED_BYTES, remembered.validators)
    if fetched is None:
        return Reading([], remembered.model_copy())
    if fetched.moved_to:
        complain(f"{outline.url} moved for good to {fetched.moved_to}; change it in the list")
    seen: dict[str, str] = {}
    articles: list[tuple[str, Article]] = []
    refused_count = 0
    for fields in _fields(outline, fetched.content):
        key, digest = _identity(fields), _digest(fields)
        seen[key] = digest
        if remembered.seen.get(key) == digest:
            continue
        try:
            articles.append((key, await _article(fields, fetcher, pages=pages)))
        except InvalidArticle as problem:
            refused_count += 1
            complain(f"{outline.url}: {key}: {problem}")
    known = remembered.model_copy(update={"validators": dict(fetched.validators), "seen": seen})
    return Reading(articles, known, refused_count)


def _fields(outline: Outline, content: bytes) -> Iterator[dict[str, Any]]:
    for entry in entries(outline.url, content):
        fields = dict(entry.fields)
        fields.setdefault("source", outline.name)
        if not is_language(str(fields.get("language", "en"))):
            del fields["language"]  # "English" and the like: it is found out instead
        yield fields


async def _article(fields: dict[str, Any], fetcher: Fetcher, *, pages: bool) -> Article:
    """Return the article of an entry: of the page that it links to if those are wanted and there is one to be had."""
    url = fields.get("url")
    if pages and url:
        try:
            return article_of(
                {name: fields[name] for name in fields if name != "text"} | {"html": await _page(url, fetcher)}
            )
        except (FetchFailed, InvalidArticle) as problem:
            complain(f"{url}: {problem}; the feed's own text is taken")
    return article_of(fields)


async def _page(url: str, fetcher: Fetcher) -> str:
    fetched = await fetcher.fetch(url, MAX_PAGE_BYTES)
    if fetched is None:
        raise FetchFailed("answered 304 to a question that nobody asked")
    if fetched.charset:
        try:
            return fetched.content.decode(fetched.charset, "replace")
        except LookupError:
            pass
    from trafilatura.utils import decode_file  # noqa: PLC0415  most feeds are read without their pages

    return str(decode_file(fetched.content))


def _identity(fields: dict[str, Any]) -> str:
    return str(fields.get("uri") or fields.get("url") or fields.get("title") or "")[:500]


def _digest(fields: dict[str, Any]) -> str:
    return hashlib.blake2b(orjson.dumps(fields, option=orjson.OPT_SORT_KEYS), digest_size=8).hexdigest()
