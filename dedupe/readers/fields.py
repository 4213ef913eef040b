"""From a file's fields to an article: lenient about dates, strict about everything else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from dedupe.article import Article, PubStatus
from dedupe.errors import InvalidArticle

_TEXTS = ("title", "text", "source", "uri", "url", "language", "version")
_ALIASES = {"id": "uri", "lang": "language"}


def article_of(fields: Mapping[str, Any]) -> Article:
    """Return the article that ``fields`` describe; raise `InvalidArticle`.

    Takes ``id`` for ``uri`` and ``lang`` for ``language`` where those are missing, title and text from
    ``html`` where they are missing, and leaves fields that it does not know alone.
    """
    known = {_ALIASES[name]: fields[name] for name in _ALIASES if fields.get(name) is not None}
    known |= {name: value for name, value in fields.items() if value is not None}
    texts = {name: value for name in _TEXTS if (value := text_of(known, name))}
    html = text_of(known, "html")
    return Article(
        **(_page(html) if html and "text" not in texts else {}) | texts,
        published_at=moment_of(known, "published_at"),
        embargoed_until=moment_of(known, "embargoed_until"),
        authors=_authors(known),
        pub_status=_status(known),
    )


def text_of(fields: Mapping[str, Any], name: str) -> str | None:
    """Return a field that holds a string, None when it is missing or empty; a ``uri`` may be a number."""
    value = fields.get(name)
    if value is None or value == "":
        return None
    if name == "uri" and isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        raise InvalidArticle(name, f"must be a string, not {type(value).__name__}")
    return value


def moment_of(fields: Mapping[str, Any], name: str) -> datetime | None:
    """Return a field that holds a date, as UTC where it names no zone, None when it is missing or empty.

    >>> moment_of({"published_at": "2026-03-02"}, "published_at").isoformat()
    '2026-03-02T00:00:00+00:00'
    """
    value = text_of(fields, name)
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value.strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidArticle(name, f"{value!r} is no date such as 2026-03-02 or 2026-03-02T08:15:00Z") from None


def _page(html: str) -> dict[str, str]:
    from dedupe.text.html import extract  # noqa: PLC0415  takes a second to load, and most files have no HTML

    page = extract(html)
    return {"title": page.title, "text": page.text}


def _authors(fields: Mapping[str, Any]) -> tuple[str, ...]:
    value = fields.get("authors", ())
    if isinstance(value, str):
        return (value,) if value else ()
    if not isinstance(value, list | tuple) or not all(isinstance(author, str) for author in value):
        raise InvalidArticle("authors", "must be a list of strings")
    return tuple(value)


def _status(fields: Mapping[str, Any]) -> PubStatus:
    value = text_of(fields, "pub_status")
    try:
        return PubStatus(value) if value else PubStatus.USABLE
    except ValueError:
        known = ", ".join(status.value for status in PubStatus)
        raise InvalidArticle("pub_status", f"{value!r} is none of {known}") from None
