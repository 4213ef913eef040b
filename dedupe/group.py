"""A group of articles on its way into the store: decided one after the other, committed at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dedupe.article import Article
from dedupe.store.protocol import Change, Store, StoredArticle


class Group:
    """What a group will write, and what it must already know of itself before it is written."""

    def __init__(self, store: Store, articles: Iterable[Article]) -> None:
        self._store = store
        self._known = dict(store.find([digest for article in articles for digest in article.identities]))
        self._pending: dict[str, StoredArticle] = {}
        self.changes: list[Change] = []

    def find(self, article: Article) -> StoredArticle | None:
        """Return the article that ``article`` is another sending of, None when it is new."""
        known = next((self._known[digest] for digest in article.identities if digest in self._known), None)
        return None if known is None else self.article(known)

    def article(self, article_id: str) -> StoredArticle:
        """Return an article of the store or of this group; raise `UnknownArticle`."""
        return self._pending.get(article_id) or self._store.article(article_id)

    def append(self, change: Change) -> None:
        """Add what one event writes."""
        self.changes.append(change)
        if change.stored:
            self._pending[change.stored.article_id] = change.stored
            self._known.update((digest, change.stored.article_id) for digest in change.identities)

    def commit(self) -> Sequence[Change]:
        """Write everything durably, or raise `StoreError` having written nothing."""
        if self.changes:
            self._store.commit(self.changes)
        return self.changes
