"""A group of articles on its way into the store: decided one after the other, committed at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from dedupe.errors import ReusedIdempotencyKey
from dedupe.events import STANDING, EventKind
from dedupe.store.protocol import Store
from dedupe.store.records import Change, StoredArticle
from dedupe.submission import Submission


class Group:
    """What a group will write, and what it must already know of itself, and of the one ``before`` it, before either is.

    That one may be written meanwhile: whether the store has it or not makes no difference.
    """

    def __init__(self, store: Store, submissions: Iterable[Submission] = (), before: Group | None = None) -> None:
        digests = [digest for submission in submissions for digest in submission.identities]
        found = store.find(digests)
        self._store = store
        self._before = before
        self._known = dict(found) if before is None else before.known_after(found, digests)
        self._pending: dict[str, StoredArticle] = {}
        self._gone: set[str] = set()
        self.changes: list[Change] = []

    def known_after(self, found: Mapping[bytes, str], digests: Iterable[bytes]) -> dict[bytes, str]:
        """Return what ``digests`` recognise after this group, of which the store ``found`` what it had by then."""
        known = {digest: article_id for digest, article_id in found.items() if article_id not in self._gone}
        return known | {digest: self._known[digest] for digest in digests if digest in self._known}

    def find(self, submission: Submission) -> StoredArticle | None:
        """Return the article that a submission sends again, None when it is new."""
        if not self._known:
            return None
        known = next((self._known[digest] for digest in submission.identities if digest in self._known), None)
        return None if known is None else self.article(known)

    def is_repeated_request(self, submission: Submission) -> bool:
        """Return whether this very request came before; raise `ReusedIdempotencyKey` when only its key did."""
        if submission.key_digest is None or submission.key_digest not in self._known:
            return False
        if submission.request_digest not in self._known:
            raise ReusedIdempotencyKey
        return True

    def article(self, article_id: str) -> StoredArticle:
        """Return an article of the store, of this group or the one before it; raise `UnknownArticle`."""
        before = self._before._pending if self._before else {}
        return self._pending.get(article_id) or before.get(article_id) or self._store.article(article_id)

    def append(self, change: Change) -> None:
        """Add what one event writes."""
        self.changes.append(change)
        if change.stored:
            self._pending[change.stored.article_id] = change.stored
            for digest in change.identities:  # what another article is recognised by already stays with that one
                self._known.setdefault(digest, change.stored.article_id)
        elif change.event.kind in STANDING:
            known = self.article(change.event.article_id or "")
            self._pending[known.article_id] = replace(known, hidden=change.event.kind is EventKind.WITHHELD)
        elif change.event.kind is EventKind.WITHDRAWN:
            gone = change.event.article_id or ""
            self._gone.add(gone)
            self._pending.pop(gone, None)
            self._known = {digest: article_id for digest, article_id in self._known.items() if article_id != gone}

    def commit(self) -> Sequence[Change]:
        """Write everything durably, or raise `StoreError` having written nothing."""
        self._before = None  # it is written by now
        if self.changes:
            self._store.commit(self.changes)
        return self.changes
