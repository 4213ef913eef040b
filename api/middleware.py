"""Around every request: its id, its key, its log line and its metrics."""

from __future__ import annotations

import hashlib
import hmac
import re
import time
from collections.abc import Iterable
from typing import Final

import structlog
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.logs import told
from api.metrics import Metrics
from api.problems import Problem, defect
from api.randomness import random_numbers

OPEN_PATHS: Final = frozenset({"/healthz", "/readyz"})
_REQUEST_ID: Final = re.compile(rb"[A-Za-z0-9._-]{1,64}")


def key_digest(key: str) -> bytes:
    """Return the digest under which an API key is known; the key itself is kept nowhere."""
    return hashlib.sha256(key.encode()).digest()


def bearer_digest(headers: Headers) -> bytes | None:
    """Return the digest of the key that a request was sent with, None without one."""
    scheme, _, key = headers.get("authorization", "").partition(" ")
    return key_digest(key.strip()) if scheme.lower() == "bearer" else None


class Observed:
    """Gives each request an id, logs it and counts it; never what it says."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics
        self._numbers = random_numbers()
        self._log = structlog.get_logger("storyfold.http")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and note how it was answered; a defect is answered here, under the request's id."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = self._request_id(scope)
        status = 0

        async def send_noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", request_id.encode())]
            await send(message)

        begun = time.perf_counter()
        try:
            await self._app(scope, receive, send_noting)
        except Exception as error:
            self._log.error("defect", request_id=request_id, method=scope["method"], route=_route(scope), **told(error))
            if status:
                raise
            await defect().response()(scope, receive, send_noting)
        finally:
            self._note(scope, request_id, status, time.perf_counter() - begun)

    def _request_id(self, scope: Scope) -> str:
        """Return the id that a request came with if it can be used, and a new one otherwise."""
        given = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"")
        return given.decode() if _REQUEST_ID.fullmatch(given) else f"{next(self._numbers):016x}"

    def _note(self, scope: Scope, request_id: str, status: int, seconds: float) -> None:
        method, route = scope["method"], _route(scope)
        self._metrics.observe_request(method, route, status, seconds)
        milliseconds = round(seconds * 1000, 1)
        self._log.info(
            "request", request_id=request_id, method=method, route=route, status=status, milliseconds=milliseconds
        )


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
        given = bearer_digest(headers)
        matches = [hmac.compare_digest(given, digest) for digest in self._digests] if given else []
        return any(matches)


def _route(scope: Scope) -> str:
    """Return the pattern that a path matched, so that ids do not become labels."""
    route = scope.get("route")
    return str(getattr(route, "path", "unmatched"))
