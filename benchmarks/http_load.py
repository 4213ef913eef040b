"""How many durable articles a second a running server takes in, and how long each of them waits.

    storyfold serve --store sqlite:///./load.db &
    python benchmarks/http_load.py                                  # 20,000 POSTs over 16 connections
    python benchmarks/http_load.py --bulk                           # as many, in one NDJSON request
    python benchmarks/http_load.py --base-url http://127.0.0.1:9000 --connections 64 --json

A closed loop: each connection is kept alive and sends its next article when the last one is
answered, which is after it is durable. Anything but 201 stops the benchmark, since every article is
new: made up from ``--seed``, or real ones of a development set named by ``--set``. Only servers on
this machine are loaded.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Final
from urllib.parse import urlsplit

import httptools
import numpy as np
from load_articles import bodies

LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
BULK_PART: Final = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The server that is loaded, and the key it asks for, if any."""

    host: str
    port: int
    api_key: str | None = None

    def head(self, path: str, *headers: str) -> bytes:
        """Return the request line and headers of a POST, without the blank line that ends them."""
        key = [f"Authorization: Bearer {self.api_key}"] if self.api_key else []
        lines = [f"POST {path} HTTP/1.1", f"Host: {self.host}:{self.port}", *key, *headers]
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


class Connection(asyncio.Protocol):
    """One kept-alive connection: sends the next request as soon as the last is answered."""

    def __init__(self, requests: deque[bytes], latencies: list[float], finished: asyncio.Future[None]) -> None:
        self._requests = requests
        self._latencies = latencies
        self._finished = finished
        self._transport: asyncio.Transport | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._sent_at = 0.0

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
        self._latencies.append(time.perf_counter() - self._sent_at)
        if (status := self._parser.get_status_code()) != 201:
            self._finish(RuntimeError(f"the server answered {status} to an article that is new"))
            return
        self._parser = httptools.HttpResponseParser(self)
        self._send_next()

    def connection_lost(self, exc: Exception | None) -> None:
        """Fail the run if there was more to send."""
        self._finish(exc or RuntimeError("the server closed a connection under load"))

    def _send_next(self) -> None:
        if not self._requests or self._transport is None:
            self._finish(None)
            return
        self._sent_at = time.perf_counter()
        self._transport.write(self._requests.popleft())

    def _finish(self, failure: Exception | None) -> None:
        if self._finished.done():
            return
        if failure:
            self._finished.set_exception(failure)
        else:
            self._finished.set_result(None)
        if self._transport:
            self._transport.close()


async def load_singly(target: Target, articles: Sequence[bytes], connections: int) -> Measured:
    """Post every article by itself over so many connections."""
    requests = deque(
        target.head("/v1/articles", "Content-Type: application/json", f"Content-Length: {len(body)}")
        + b"\r\n\r\n"
        + body
        for body in articles
    )
    loop = asyncio.get_running_loop()
    latencies: list[float] = []
    finished = [loop.create_future() for _ in range(connections)]
    begun = time.perf_counter()
    for end in finished:
        await loop.create_connection(partial(Connection, requests, latencies, end), target.host, target.port)
    await asyncio.gather(*finished)
    seconds = time.perf_counter() - begun
    middle, late, slowest = np.quantile(latencies, [0.5, 0.99, 1.0]) * 1_000
    return Measured(
        articles=len(latencies),
        connections=connections,
        seconds=round(seconds, 2),
        articles_per_second=round(len(latencies) / seconds, 1),
        p50_milliseconds=round(float(middle), 2),
        p99_milliseconds=round(float(late), 2),
        slowest_milliseconds=round(float(slowest), 2),
    )


async def load_in_bulk(target: Target, articles: Sequence[bytes]) -> Measured:
    """Post all articles in one streamed request, reading the answers as they come."""
    begun = time.perf_counter()
    reader, writer = await asyncio.open_connection(target.host, target.port)
    sending = asyncio.create_task(_send_lines(target, articles, writer))
    parser = httptools.HttpResponseParser(counter := _LineCounter())
    while not counter.is_complete and (data := await reader.read(BULK_PART)):
        parser.feed_data(data)
    await sending
    writer.close()
    answered = counter.lines
    if (status := parser.get_status_code()) != 200 or counter.refused or answered != len(articles):
        raise RuntimeError(
            f"the server answered {status} with {answered:,} lines, {counter.refused:,} of them refusals"
        )
    seconds = time.perf_counter() - begun
    return Measured(
        articles=answered, connections=1, seconds=round(seconds, 2), articles_per_second=round(answered / seconds, 1)
    )


class _LineCounter:
    """Counts the lines of an answer, and those that refuse an article."""

    def __init__(self) -> None:
        self.lines = 0
        self.refused = 0
        self.is_complete = False

    def on_body(self, body: bytes) -> None:
        self.lines += body.count(b"\n")
        self.refused += body.count(b'"status":')

    def on_message_complete(self) -> None:
        self.is_complete = True


async def _send_lines(target: Target, articles: Sequence[bytes], writer: asyncio.StreamWriter) -> None:
    lines = b"\n".join(articles) + b"\n"
    length = f"Content-Length: {len(lines)}"
    writer.write(target.head("/v1/articles/bulk", "Content-Type: application/x-ndjson", length) + b"\r\n\r\n")
    for start in range(0, len(lines), BULK_PART):
        writer.write(lines[start : start + BULK_PART])
        await writer.drain()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base-url", default="http://127.0.0.1:8000")
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--articles", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--set", help="a development set, such as reuters21578, instead of made-up articles")
    parser.add_argument("--bulk", action="store_true", help="send one NDJSON request instead of single articles")
    parser.add_argument("--json", action="store_true", help="print one line of JSON")
    return parser.parse_args()


def main() -> None:
    """Load the server that the arguments name and print what was measured."""
    options = _options()
    address = urlsplit(options.base_url)
    if address.hostname not in LOOPBACK:
        sys.exit(f"{options.base_url} is not on this machine; a benchmark loads nobody else's server")
    target = Target(host=address.hostname or "", port=address.port or 80, api_key=os.environ.get("STORYFOLD_API_KEY"))
    articles = list(bodies(options.articles, options.seed, options.set))
    work = load_in_bulk(target, articles) if options.bulk else load_singly(target, articles, options.connections)
    measured = asyncio.run(work)
    if options.json:
        print(json.dumps(asdict(measured)))
        return
    for name, value in asdict(measured).items():
        if value is not None:
            print(f"{name.replace('_', ' '):>22}  {value:,}")


if __name__ == "__main__":
    main()
