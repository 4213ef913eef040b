"""The keys that the service knows: those of its store, looked at every second, and those of a file."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog

from api.problems import Problem
from dedupe.access import AccessKey, Scope, key_id_of
from dedupe.errors import StoreError
from dedupe.store.keys import SqlKeys

LOOK_EVERY: Final = timedelta(seconds=1)
NOTE_EVERY: Final = timedelta(minutes=1)
_SEND_ONE: Final = "send a known API key as `Authorization: Bearer KEY`"
_REVOKED: Final = "this API key was revoked; ask whoever runs this server for another"


class KeyRing:
    """Says whose key a request came with.

    Where the store cannot be read, what was read last holds: nobody is locked out, or let in, by a full disk.
    """

    def __init__(self, keys: SqlKeys | None, digests: Collection[bytes], *, is_demanded: bool = False) -> None:
        self._keys = keys
        self._given = [_given(number, digest) for number, digest in enumerate(sorted(digests), 1)]
        self._known: dict[str, AccessKey] = {}
        self._used: dict[str, datetime] = {}
        self._noted_at = datetime.now(UTC)
        self._is_demanded = is_demanded or bool(digests)
        self._log = structlog.get_logger("storyfold.keys")
        self.look()

    @property
    def is_asked_for(self) -> bool:
        """Whether requests need a key: as soon as there is one, and even when all of them were revoked."""
        return self._is_demanded or bool(self._known)

    async def keep(self) -> None:
        """Look for new and revoked keys, and record which were used, for ever."""
        while self._keys is not None:
            await asyncio.sleep(LOOK_EVERY.total_seconds())
            await asyncio.to_thread(self.look)
            if datetime.now(UTC) - self._noted_at >= NOTE_EVERY:
                await asyncio.to_thread(self.note)

    def look(self) -> None:
        """Read the keys of the store."""
        if self._keys is None:
            return
        try:
            self._known = {key.key_id: key for key in self._keys.all()}
        except StoreError as problem:
            self._log.warning("keys not read", reason=str(problem))

    def note(self) -> None:
        """Record when keys were last used."""
        used, self._used, self._noted_at = self._used, {}, datetime.now(UTC)
        if self._keys is None or not used:
            return
        try:
            self._keys.note_used(used)
        except StoreError as problem:
            self._used = used | self._used
            self._log.warning("use of keys not recorded", reason=str(problem))

    def holder(self, authorization: str) -> AccessKey:
        """Return the key in an ``Authorization`` header; raise a 401 `Problem` where there is no known one."""
        scheme, _, key = authorization.partition(" ")
        key = key.strip()
        found = self._find(key) if scheme.lower() == "bearer" and key else None
        if found is None:
            raise Problem(401, "unauthorised", _SEND_ONE, WWW_Authenticate="Bearer")
        if found.revoked_at is not None:
            raise Problem(401, "revoked_key", _REVOKED, WWW_Authenticate='Bearer error="invalid_token"')
        if found.key_id in self._known:
            self._used[found.key_id] = datetime.now(UTC)
        return found

    def by_id(self, key_id: str) -> AccessKey | None:
        """Return a key as it is now by what is no secret of it; None once it was revoked or is gone."""
        found = self._known.get(key_id) or next((given for given in self._given if given.key_id == key_id), None)
        if found is None or found.revoked_at is not None:
            return None
        if key_id in self._known:
            self._used[key_id] = datetime.now(UTC)
        return found

    def _find(self, key: str) -> AccessKey | None:
        known = self._known.get(key_id_of(key))
        if known is not None:
            return known if known.is_key(key) else None
        matches = [given for given in self._given if given.is_key(key)]  # each is compared: no early end tells which
        return matches[0] if matches else None


def _given(number: int, digest: bytes) -> AccessKey:
    """Return a key of the key file: it opens everything."""
    return AccessKey(
        key_id=f"file-{number}",
        name=f"key {number} of the key file",
        digest=digest,
        scopes=frozenset({Scope.ADMIN}),
        created_at=datetime.now(UTC),
    )
