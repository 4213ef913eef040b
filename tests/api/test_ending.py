"""The end of the service: nobody who is slow to send keeps it, and everything accepted is answered."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from api.ending import Ending, ServiceEnds
from api.randomness import random_numbers


def post_head(*lines: bytes) -> bytes:
    return b"POST /v1/articles/bulk HTTP/1.1\r\n" + b"".join(line + b"\r\n" for line in lines) + b"\r\n"


def test_an_open_bulk_is_answered_and_ended(server: Any) -> None:
    host, port = server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        head = post_head(b"Host: here", b"Content-Type: application/x-ndjson", b"Content-Length: 1000000")
        connection.sendall(head + b'{"title": "Storm"}\n{"title": "Elect')
        received = b""
        while b'"notices":[]}\n' not in received:
            received += connection.recv(65_536)
        server.process.terminate()
        # less than the grace that a request under way is given
        assert server.process.wait(15) == 0
        while part := connection.recv(65_536):
            received += part
    lines = [json.loads(line) for line in received.split(b"\r\n") if line.startswith(b"{")]
    assert [line.get("decision") for line in lines] == ["opened", None]
    assert (lines[1]["line"], lines[1]["status"], lines[1]["code"]) == (2, 503, "overloaded")


async def endless() -> AsyncIterator[bytes]:
    yield b"one"
    await asyncio.Event().wait()


async def broken() -> AsyncIterator[bytes]:
    yield b"one"
    raise httpx.ReadError("gone")


async def whole() -> AsyncIterator[bytes]:
    yield b"one"
    yield b"two"


async def collected(parts: AsyncIterator[bytes], *, end_after: int) -> tuple[list[bytes], type[Exception] | None]:
    """Return what came through before the end, and how it ended."""
    ending, found = Ending(), list[bytes]()
    if end_after == 0:
        ending.begin()
    try:
        async for part in ending.cut(parts):
            found.append(part)
            if len(found) == end_after:
                asyncio.get_running_loop().call_soon(ending.begin)
    except (ServiceEnds, httpx.ReadError) as ended:
        return found, type(ended)
    return found, None


@pytest.mark.parametrize(
    ("parts", "end_after", "expected"),
    [
        (whole, 9, ([b"one", b"two"], None)),
        (whole, 0, ([], ServiceEnds)),
        (endless, 1, ([b"one"], ServiceEnds)),
        (broken, 9, ([b"one"], httpx.ReadError)),
        (broken, 1, ([b"one"], ServiceEnds)),
    ],
)
def test_a_body_is_read_until_the_end(parts: Any, end_after: int, expected: Any) -> None:
    assert asyncio.run(collected(parts(), end_after=end_after)) == expected


def test_random_numbers_have_64_bits_and_do_not_come_again() -> None:
    numbers = random_numbers()
    drawn = [next(numbers) for _ in range(5_000)]
    assert len(set(drawn)) == 5_000
    assert max(drawn) < 2**64
    # each bit is set in about half of them: five standard errors
    for bit in range(64):
        assert abs(sum(number >> bit & 1 for number in drawn) - 2_500) < 5 * (5_000 * 0.25) ** 0.5
