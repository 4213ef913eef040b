"""Who signed in with a browser: a cookie stands for a key, for as long as the key is good and the process runs."""

from __future__ import annotations

import hashlib
import secrets
import time
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import Final

from starlette.types import Scope

from api.keyring import KeyRing
from dedupe.access import AccessKey

COOKIE: Final = "storyfold_session"
LENGTH: Final = 12 * 3_600
MOST: Final = 10_000
_SAFE: Final = frozenset({"GET", "HEAD"})
_SIGNED_IN: Final = "storyfold.session"


@dataclass(frozen=True, slots=True)
class _Session:
    key_id: str
    ends: float


class Sessions:
    """The sessions there are, each known by the digest of its cookie; the oldest gives way to the ten thousandth."""

    def __init__(self, ring: KeyRing) -> None:
        self._ring = ring
        self._sessions: dict[bytes, _Session] = {}

    def begin(self, key: str) -> str:
        """Return the cookie of a new session for the holder of a key; raise a 401 `Problem` where it is not known."""
        holder = self._ring.holder(f"Bearer {key}")
        cookie = secrets.token_urlsafe(32)
        while len(self._sessions) >= MOST:
            del self._sessions[next(iter(self._sessions))]
        self._sessions[_digest(cookie)] = _Session(holder.key_id, time.monotonic() + LENGTH)
        return cookie

    def end(self, cookie: str) -> None:
        """End a session, if there is one."""
        self._sessions.pop(_digest(cookie), None)

    def holder(self, scope: Scope) -> AccessKey | None:
        """Return whose session a request came in; None where there is none, or where a cookie alone is not enough.

        What changes something needs a form of ours, which pages check; the API asks for the key itself.
        """
        if scope["method"] not in _SAFE and scope["path"].startswith("/v1/"):
            return None
        session = self._sessions.get(_digest(_cookie(scope)))
        if session is None or session.ends < time.monotonic():
            return None
        scope[_SIGNED_IN] = True
        return self._ring.by_id(session.key_id)


def has_session(scope: Scope) -> bool:
    """Return whether a request came in a session."""
    return bool(scope.get(_SIGNED_IN))


def _digest(cookie: str) -> bytes:
    return hashlib.sha256(cookie.encode()).digest()


def _cookie(scope: Scope) -> str:
    sent = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"cookie"), "")
    try:
        morsel = SimpleCookie(sent).get(COOKIE)
    except CookieError:
        return ""
    return morsel.value if morsel else ""
