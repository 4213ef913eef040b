"""Who may do what: the keys of the service, known by their digests, and the scopes they open."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

PREFIX: Final = "sfk"


class Scope(StrEnum):
    """What a key opens. ``admin`` opens everything."""

    INGEST = "ingest"
    READ = "read"
    EDIT = "edit"
    EMBARGO = "embargo"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessKey:
    """A key as a store knows it: all but the key itself.

    ``rate`` is how often it may ask, such as ``100/second``; None means as often as the service allows any.
    """

    key_id: str
    name: str
    digest: bytes
    scopes: frozenset[Scope]
    created_at: datetime
    rate: str | None = None
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None

    def opens(self, scope: Scope) -> bool:
        """Return whether this key opens ``scope``."""
        return scope in self.scopes or Scope.ADMIN in self.scopes

    def is_key(self, key: str) -> bool:
        """Return whether ``key`` is this one, in a time that does not tell how nearly."""
        return hmac.compare_digest(self.digest, key_digest(key))


def key_digest(key: str) -> bytes:
    """Return the digest under which a key is known; the key itself is kept nowhere."""
    return hashlib.sha256(key.encode()).digest()


def spelt(key_id: str, secret: str) -> str:
    """Return a key as its holder is given it.

    >>> spelt("b2d9", "x_y"), key_id_of("sfk_b2d9_x_y")
    ('sfk_b2d9_x_y', 'b2d9')
    """
    return f"{PREFIX}_{key_id}_{secret}"


def key_id_of(key: str) -> str:
    """Return the part of a key that is no secret; "" for what is not spelt like one."""
    parts = key.split("_", 2)
    return parts[1] if len(parts) == 3 and parts[0] == PREFIX else ""
