"""A store that keeps nothing: for clustering one file, where only the answers matter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Final

from dedupe.errors import UnknownArticle
from dedupe.store.records import Change, Replayed, StoredArticle

_NOTHING: Final[Mapping[bytes, str]] = MappingProxyType({})


class DiscardStore:
    """A `Store` that numbers events and forgets them."""

    def __init__(self) -> None:
        self._last_seq = 0

    @property
    def keeps_articles(self) -> bool:
        """Return False."""
        return False

    def last_seq(self) -> int:
        """Return the number of the newest event."""
        return self._last_seq

    def find(self, identities: Sequence[bytes]) -> Mapping[bytes, str]:  # noqa: ARG002  the protocol's signature
        """Return nothing: every article is new."""
        return _NOTHING

    def article(self, article_id: str) -> StoredArticle:
        """Raise `UnknownArticle`."""
        raise UnknownArticle(article_id)

    def due(self, at: datetime, limit: int) -> Sequence[StoredArticle]:  # noqa: ARG002  the protocol's signature
        """Return nothing: nobody reads what is not kept."""
        return ()

    def commit(self, changes: Sequence[Change]) -> None:
        """Advance `last_seq`."""
        if changes:
            self._last_seq = changes[-1].event.seq

    @property
    def index_file(self) -> None:
        """Return None."""
        return None

    def replay(self, after: int = 0) -> Iterator[Replayed]:  # noqa: ARG002  the protocol's signature
        """Yield nothing."""
        return iter(())

    def check_writable(self) -> None:
        """Return: there is nothing to write."""

    def close(self) -> None:
        """Return: there is nothing to release."""
