"""Server-sent events: changes as they happen, each under its number, and an end for readers who do not read.

A reader is sent what follows the last event it has, a batch at a time, and the next batch is read only
when the connection has taken the one before: no reader has a queue of its own, however slow it is.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from typing import Final

from fastapi import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from api.answers import dumps
from api.following import Follower
from api.problems import RETRY_SECONDS, Problem
from api.rendering import change_json
from dedupe.errors import StoreError
from dedupe.events import Event

MEDIA_TYPE: Final = "text/event-stream"
BATCH: Final = 256
RETRY_MILLISECONDS: Final = 2_000
"""How long a browser waits before it comes back."""

_CONNECTION: Final = "storyfold.connection"
_KERNEL_BUFFER_BYTES: Final = 65_536
"""What the kernel may hold for a reader; left to itself it takes megabytes for each that does not read."""


async def changes_from(follower: Follower, after: int, heartbeat: float) -> AsyncIterator[bytes]:
    """Yield the changes beyond ``after`` until the service ends.

    A heartbeat carries the number that the reader has seen everything up to, so that one who follows a
    rare kind comes back from there. When the store cannot be read the stream ends: the reader comes again.
    """
    yield f"retry: {RETRY_MILLISECONDS}\n\n".encode()
    while not follower.feed.is_closing:
        try:
            batch = await follower.wait(after, BATCH, heartbeat)
        except StoreError:
            return
        after = batch.last_seq
        if batch.events:
            yield b"".join(map(message, batch.events))
        elif not follower.feed.is_closing:
            yield f": alive\nid: {after}\n\n".encode()


def message(event: Event) -> bytes:
    """Return one change as it stands in the stream."""
    return b"id: %d\ndata: %s\n\n" % (event.seq, dumps(change_json(event)))


class Streams:
    """All streams that are open: how many there may be, and how long the reader of one may take nothing."""

    def __init__(self, stall: float, most: int) -> None:
        self.stall = stall
        self.open_count = 0
        self.stalled_count = 0
        self._most = most

    def enter(self) -> None:
        """Count one stream more; raise a 503 `Problem` when there are too many."""
        if self.open_count >= self._most:
            detail = f"{self._most:,} streams are open, which is the most there may be; poll /v1/changes instead"
            raise Problem(503, "overloaded", detail, Retry_After=RETRY_SECONDS)
        self.open_count += 1

    def leave(self, *, is_stalled: bool) -> None:
        """Count one stream less."""
        self.open_count -= 1
        self.stalled_count += is_stalled


class EventStream(Response):
    """A stream that ends when its reader goes away, and is cut when the reader takes nothing for too long.

    It is one of ``streams`` from its construction to its end.
    """

    media_type = MEDIA_TYPE

    def __init__(self, parts: AsyncIterator[bytes], streams: Streams) -> None:
        super().__init__(headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        del self.headers["content-length"]
        self._parts = parts
        self._streams = streams
        streams.enter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Write the stream until it ends, or nobody reads it any more."""
        if _CONNECTION in scope:
            connection = scope[_CONNECTION].get_extra_info("socket")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _KERNEL_BUFFER_BYTES)
        gone = asyncio.ensure_future(_gone(receive))
        writing = asyncio.ensure_future(self._write(send))
        is_stalled = False
        try:
            await asyncio.wait((gone, writing), return_when=asyncio.FIRST_COMPLETED)
            is_stalled = writing.done() and not writing.result()
            if is_stalled and _CONNECTION in scope:
                scope[_CONNECTION].abort()
                await gone
        finally:
            self._streams.leave(is_stalled=is_stalled)
            gone.cancel()
            writing.cancel()
            await asyncio.wait((gone, writing))

    async def _write(self, send: Send) -> bool:
        """Write the stream; return whether its reader took it to the end."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        try:
            async for part in self._parts:
                async with asyncio.timeout(self._streams.stall):
                    await send({"type": "http.response.body", "body": part, "more_body": True})
        except TimeoutError:
            return False
        await send({"type": "http.response.body", "body": b"", "more_body": False})
        return True


class Connected:
    """Lets an answer bound what is held for its reader, and cut the connection of one who takes nothing.

    It goes around the whole application, since only the server's own ``send`` leads to the connection.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on with its connection, where there is one."""
        transport = getattr(getattr(send, "__self__", None), "transport", None)
        if transport is not None:
            scope[_CONNECTION] = transport
        await self._app(scope, receive, send)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
