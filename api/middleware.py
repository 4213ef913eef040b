"""Around every request: its id, its key, its log line and its metrics."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import time
from collections.abc import Iterable
from typing import Final

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.metrics import Metrics
from api.problems import Problem

OPEN_PATHS: Final = frozenset({"/healthz", "/readyz"})
_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")


def key_digest(key: str) -> bytes:
    """Return the digest under which an API key is known; the key itself is kept nowhere."""
    return hashlib.sha256(key.encode()).digest()


class Observed:
    """Gives each request an id, logs it and counts it; never what it says."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics
        self._log = structlog.get_logger("storyfold.http")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and note how it was answered."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        request_id = given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(8)
        status = 500

        async def send_noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-ID"] = request_id
            await send(message)

        begun = time.perf_counter()
        try:
            await self._app(scope, receive, send_noting)
        except Exception:
            self._log.exception("defect", request_id=request_id, method=scope["method"], route=_route(scope))
            raise
        finally:
            seconds = time.perf_counter() - begun
            self._metrics.observe_request(scope["method"], _route(scope), status, seconds)
            log = self._log.bind(request_id=request_id, method=scope["method"], route=_route(scope), status=status)
            log.info("request", milliseconds=round(seconds * 1000, 1))


class Guarded:
    """Asks for an API key, in constant time, where keys were given."""

    def __init__(self, app: ASGIApp, digests: Iterable[bytes]) -> None:
        self._app = app
        self._digests = tuple(digests)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on if its key is known."""
        if scope["type"] != "http" or scope["path"] in OPEN_PATHS or self._is_known(Headers(scope=scope)):
            await self._app(scope, receive, send)
            return
        detail = "send a known API key as `Authorization: Bearer KEY`"
        problem = Problem(401, "unauthorised", detail, WWW_Authenticate="Bearer")
        await problem.response()(scope, receive, send)

    def _is_known(self, headers: Headers) -> bool:
        scheme, _, key = headers.get("authorization", "").partition(" ")
        given = key_digest(key.strip())
        matches = [hmac.compare_digest(given, digest) for digest in self._digests]
        return scheme.lower() == "bearer" and any(matches)


def _route(scope: Scope) -> str:
    """Return the pattern that a path matched, so that ids do not become labels."""
    route = scope.get("route")
    return str(getattr(route, "path", "unmatched"))
