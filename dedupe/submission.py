"""An article on its way in, and by what it is recognised when it comes again."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from dedupe.article import Article, digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """An article on its way in. ``article_id`` becomes its id if it turns out to be new.

    ``idempotency_key`` is the client's name for this request: the same key with the same article
    is the same request again.
    """

    article: Article
    article_id: str
    received_at: datetime
    idempotency_key: str | None = None
    identities: tuple[bytes, ...] = field(init=False)
    """All digests by which this article, or this request, is recognised when it comes again."""

    def __post_init__(self) -> None:
        keys = (self.key_digest, self.request_digest)
        identities = (*self.article.identities, *(key for key in keys if key is not None))
        object.__setattr__(self, "identities", identities)

    @property
    def key_digest(self) -> bytes | None:
        """Return the digest of the idempotency key, None where there is none."""
        if self.idempotency_key is None:
            return None
        return digest("idempotency key", self.idempotency_key)

    @property
    def request_digest(self) -> bytes | None:
        """Return the digest of the key together with what was sent under it."""
        if self.idempotency_key is None:
            return None
        return digest("idempotent request", self.idempotency_key, repr(self.article))
