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
from collections.abc import Sequence
from dataclasses import asdict
from typing import Final
from urllib.parse import urlsplit

import httptools
from connections import Measured, Target, Work, exchange, posts
from load_articles import bodies

LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
BULK_PART: Final = 65_536


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
    if options.bulk:
        measured = asyncio.run(load_in_bulk(target, articles))
    else:
        measured = asyncio.run(exchange(target, Work(posts(target, articles), 201), options.connections))
    if options.json:
        print(json.dumps(asdict(measured)))
        return
    for name, value in asdict(measured).items():
        if value is not None:
            print(f"{name.replace('_', ' '):>22}  {value:,}")


if __name__ == "__main__":
    main()
