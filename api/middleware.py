"""Around every request: its id, its log line and its metrics; HEAD, answered as GET is."""

from __future__ import annotations

import asyncio
import re
import time
from typing import Final

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.logs import told
from api.metrics import Metrics
from api.problems import defect
from api.randomness import random_numbers

_REQUEST_ID: Final = re.compile(rb"[A-Za-z0-9._-]{1,64}")


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


class Headed:
    """Answers HEAD wherever GET is answered, with what stands before the body (RFC 9110, section 9.3.2)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Have a HEAD answered as if it were a GET; what would go on after its beginning is ended there."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return
        asked = {**scope, "method": "GET"}
        has_ended = False

        async def send_head(message: Message) -> None:
            nonlocal has_ended
            if message["type"] == "http.response.start":
                await send(message)
            elif not has_ended:
                has_ended = True
                await send({"type": "http.response.body", "body": b"", "more_body": False})
                if message.get("more_body"):
                    going_on.reschedule(0)  # a moment that has passed: a stream may never end by itself

        try:
            async with asyncio.timeout(None) as going_on:
                await self._app(asked, receive, send_head)
        except TimeoutError:
            if not going_on.expired():
                raise
        finally:
            scope["route"] = asked.get("route")


def _route(scope: Scope) -> str:
    """Return the pattern that a path matched, so that ids do not become labels."""
    route = scope.get("route")
    return str(getattr(route, "path", "unmatched"))
