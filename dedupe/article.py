"""What comes in: one text as one source carried it, checked once."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from dedupe.errors import InvalidArticle

MAX_TEXT_BYTES: Final = 1_000_000
MAX_TITLE_CHARACTERS: Final = 2_000
MAX_FIELD_CHARACTERS: Final = 2_000
MAX_AUTHORS: Final = 100

EARLIEST_PLAUSIBLE: Final = datetime(1971, 1, 1, tzinfo=UTC)
"""Older dates are what an empty field becomes in many systems, not a date of publication."""
CLOCK_SKEW: Final = timedelta(minutes=5)

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{1,8})*\Z")
_FORBIDDEN = re.compile("[\x00\ud800-\udfff]")
_TRACKING = re.compile(
    r"(utm_.*|fbclid|gclid|dclid|msclkid|mc_cid|mc_eid|igshid|ref|ref_src|cmpid|ocid|smid)\Z", re.IGNORECASE
)


class PubStatus(StrEnum):
    """Whether the text may be shown (IPTC ninjs ``pubStatus``)."""

    USABLE = "usable"
    WITHHELD = "withheld"
    CANCELED = "canceled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One text as one source carried it.

    ``published_at`` is aware; ``language`` is a BCP 47 tag; ``uri`` is the client's own id.
    Raises `InvalidArticle` naming the first field that cannot be used.
    """

    title: str = ""
    text: str = ""
    source: str | None = None
    uri: str | None = None
    url: str | None = None
    published_at: datetime | None = None
    language: str | None = None
    version: str | None = None
    authors: tuple[str, ...] = ()
    pub_status: PubStatus = PubStatus.USABLE
    embargoed_until: datetime | None = None

    def __post_init__(self) -> None:
        if not self.title.strip() and not self.text.strip() and self.pub_status is not PubStatus.CANCELED:
            raise InvalidArticle("text", "an article needs a title or a text; both are empty")
        if _is_longer(self.text, MAX_TEXT_BYTES):
            raise InvalidArticle("text", f"longer than {MAX_TEXT_BYTES:,} bytes of UTF-8")
        if len(self.title) > MAX_TITLE_CHARACTERS:
            raise InvalidArticle("title", f"longer than {MAX_TITLE_CHARACTERS:,} characters")
        if len(self.authors) > MAX_AUTHORS:
            raise InvalidArticle("authors", f"more than {MAX_AUTHORS} authors")
        self._check_fields()
        if self.language is not None and not is_language(self.language):
            raise InvalidArticle("language", f"{self.language!r} is not a language tag such as 'en' or 'pt-BR'")
        for field in ("published_at", "embargoed_until"):
            moment: datetime | None = getattr(self, field)
            if moment is not None and moment.tzinfo is None:
                raise InvalidArticle(field, "has no time zone; write it as 2026-03-02T08:15:00Z")

    def _check_fields(self) -> None:
        for field in ("title", "text", "source", "uri", "url", "version"):
            value: str | None = getattr(self, field)
            if value is None:
                continue
            if found := _forbidden(value):
                raise InvalidArticle(
                    field, f"character {found.start()} is U+{ord(found.group()):04X}, which no text has"
                )
            if field not in ("title", "text") and len(value) > MAX_FIELD_CHARACTERS:
                raise InvalidArticle(field, f"longer than {MAX_FIELD_CHARACTERS:,} characters")
        for author in self.authors:
            if len(author) > MAX_FIELD_CHARACTERS or _FORBIDDEN.search(author):
                raise InvalidArticle("authors", "an author is too long or holds a character that no text has")

    @property
    def content_digest(self) -> bytes:
        """Digest of what a reader sees; equal means that nothing was revised."""
        return digest("content", self.title, self.text)

    @property
    def standing(self) -> tuple[PubStatus, datetime | None, str | None]:
        """Return what a version says about itself; with the same text but another standing it is a revision."""
        return self.pub_status, self.embargoed_until, self.version

    def is_embargoed(self, at: datetime) -> bool:
        """Tell whether readers may not see it at the moment ``at``."""
        if self.pub_status is PubStatus.WITHHELD:
            return True
        return self.embargoed_until is not None and self.embargoed_until > at

    def is_older_than(self, other: Article) -> bool:
        """Tell whether this is an earlier version than ``other``, where both are numbered.

        >>> Article(text="a", version="9").is_older_than(Article(text="b", version="10"))
        True
        """
        versions = (self.version or "", other.version or "")
        if not all(version.isascii() and version.isdigit() for version in versions):
            return False
        return int(versions[0]) < int(versions[1])

    @property
    def identities(self) -> tuple[bytes, ...]:
        """Digests by which the same article is recognised when it comes again.

        The client's ``uri`` within its ``source``, and the canonical ``url``. An article with
        neither is recognised by all that it says, so that a request sent twice is one article.
        """
        keys = []
        if self.uri:
            keys.append(digest("uri", self.source or "", self.uri))
        if self.url:
            keys.append(digest("url", canonical_url(self.url)))
        if not keys:
            published = self.published_at.isoformat() if self.published_at else ""
            keys.append(digest("itself", self.source or "", self.title, self.text, published))
        return tuple(keys)

    def decision_time(self, received_at: datetime) -> datetime | None:
        """Return the time of publication that decisions use; None when it is unknown.

        A date in the future counts as just now; a date before 1971 as none.
        """
        if self.published_at is None or self.published_at < EARLIEST_PLAUSIBLE:
            return None
        if self.published_at > received_at + CLOCK_SKEW:
            return received_at
        return self.published_at

    def notices(self, received_at: datetime) -> tuple[str, ...]:
        """Return what was assumed about this article, in words for whoever sent it."""
        if self.published_at is None:
            return ()
        if self.published_at < EARLIEST_PLAUSIBLE:
            return ("published_at lies before 1971 and was taken as unknown",)
        if self.published_at > received_at + CLOCK_SKEW:
            return ("published_at lies in the future; the time of receipt was used to decide",)
        return ()


def _is_longer(text: str, most: int) -> bool:
    """Return whether a text has more than ``most`` bytes of UTF-8; a character has at most four."""
    return 4 * len(text) > most and len(text.encode("utf-8", "surrogatepass")) > most


def _forbidden(text: str) -> re.Match[str] | None:
    """Return the first character that no text has; most texts can be cleared without looking at each."""
    return None if text.isascii() and "\0" not in text else _FORBIDDEN.search(text)


def is_language(tag: str) -> bool:
    """Tell whether a tag is spelt as those of BCP 47 are.

    >>> is_language("pt-BR"), is_language("English")
    (True, False)
    """
    return _LANGUAGE.match(tag) is not None


def canonical_url(url: str) -> str:
    """Return ``url`` without what varies between links to the same page.

    Scheme, ``www.``, default port, fragment, trailing slash and tracking parameters go; the rest
    of the query stays, sorted.

    >>> canonical_url("http://www.Example.org:80/a/?utm_source=x&id=7#top")
    'https://example.org/a?id=7'
    """
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").removeprefix("www.")
        port = "" if parts.port in (None, 80, 443) else f":{parts.port}"
    except ValueError:
        return url.strip()
    if not host:
        return url.strip()
    query = urlencode(sorted(p for p in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.match(p[0])))
    return f"https://{host}{port}{parts.path.rstrip('/')}" + (f"?{query}" if query else "")


def digest(*parts: str) -> bytes:
    """Return 16 bytes that stand for ``parts``, told apart however they are cut."""
    whole = hashlib.blake2b(digest_size=16)
    for part in parts:
        encoded = part.encode("utf-8")
        whole.update(len(encoded).to_bytes(8, "little") + encoded)
    return whole.digest()
