"""Requests over kept-alive connections to a server on this machine, as fast as it answers or at a pace."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial

import httptools
import numpy as np


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The server that is loaded, and the key it asks for, if any."""

    host: str
    port: int
    api_key: str | None = None

    def head(self, path: str, *headers: str, method: str = "POST") -> bytes:
        """Return the request line and headers, without the blank line that ends them."""
        key = [f"Authorization: Bearer {self.api_key}"] if self.api_key else []
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self.host}:{self.port}", *key, *headers]
        return "\r\n".join(lines).encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What one run showed. The latencies are those of single requests, so a bulk run has none."""

    articles: int
    connections: int
    seconds: float
    articles_per_second: float
    p50_milliseconds: float | None = None
    p99_milliseconds: float | None = None
    slowest_milliseconds: float | None = None


@dataclass(slots=True)
class Work:
    """Requests for all connections together, and how long each answer took, in seconds.

    With an ``interval`` they are sent at that pace, and an answer counts from when its request was due.
    """

    requests: Iterator[bytes]
    expected: int
    interval: float = 0.0
    latencies: list[float] = field(default_factory=list)
    begun: float = 0.0
    _sent: int = 0

    def next(self) -> tuple[float, bytes] | None:
        """Return the next request and when it is due; None when there is no more."""
        request = next(self.requests, None)
        if request is None:
            return None
        due = self.begun + self._sent * self.interval if self.interval else 0.0
        self._sent += 1
        return due, request


class Connection(asyncio.Protocol):
    """One kept-alive connection: sends the next request as soon as the last is answered and the next is due."""

    def __init__(self, work: Work, finished: asyncio.Future[None]) -> None:
        self._work = work
        self._finished = finished
        self._transport: asyncio.Transport | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._counts_from = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send the first request."""
        if isinstance(transport, asyncio.Transport):
            self._transport = transport
            self._send_next()

    def data_received(self, data: bytes) -> None:
        """Read on in the answer."""
        self._parser.feed_data(data)

    def on_message_complete(self) -> None:
        """Note how long the answer took, and go on (called by the parser)."""
        self._work.latencies.append(time.perf_counter() - self._counts_from)
        if (status := self._parser.get_status_code()) != self._work.expected:
            self._finish(RuntimeError(f"the server answered {status}, not {self._work.expected}"))
            return
        self._parser = httptools.HttpResponseParser(self)
        self._send_next()

    def connection_lost(self, exc: Exception | None) -> None:
        """Fail the run if there was more to send."""
        self._finish(exc or RuntimeError("the server closed a connection under load"))

    def _send_next(self) -> None:
        following = self._work.next()
        if following is None:
            self._finish(None)
            return
        due, request = following
        now = time.perf_counter()
        if due > now:
            asyncio.get_running_loop().call_later(due - now, self._send, due, request)
        else:
            self._send(due or now, request)

    def _send(self, counts_from: float, request: bytes) -> None:
        self._counts_from = counts_from
        if self._transport and not self._transport.is_closing():
            self._transport.write(request)

    def _finish(self, failure: Exception | None) -> None:
        if self._finished.done():
            return
        if failure:
            self._finished.set_exception(failure)
        else:
            self._finished.set_result(None)
        if self._transport:
            self._transport.close()


async def exchange(target: Target, work: Work, connections: int) -> Measured:
    """Send all requests over so many connections."""
    loop = asyncio.get_running_loop()
    finished = [loop.create_future() for _ in range(connections)]
    work.begun = begun = time.perf_counter()
    for end in finished:
        await loop.create_connection(partial(Connection, work, end), target.host, target.port)
    await asyncio.gather(*finished)
    seconds = time.perf_counter() - begun
    middle, late, slowest = np.quantile(work.latencies, [0.5, 0.99, 1.0]) * 1_000
    return Measured(
        articles=len(work.latencies),
        connections=connections,
        seconds=round(seconds, 2),
        articles_per_second=round(len(work.latencies) / seconds, 1),
        p50_milliseconds=round(float(middle), 2),
        p99_milliseconds=round(float(late), 2),
        slowest_milliseconds=round(float(slowest), 2),
    )


def posts(target: Target, articles: Iterable[bytes]) -> Iterator[bytes]:
    """Yield a request for each article."""
    for body in articles:
        head = target.head("/v1/articles", "Content-Type: application/json", f"Content-Length: {len(body)}")
        yield head + b"\r\n\r\n" + body


def asking(target: Target, path: str, *headers: str) -> bytes:
    """Return a request for what is at a path."""
    return target.head(path, *headers, method="GET") + b"\r\n\r\n"
