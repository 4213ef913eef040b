"""NDJSON in, NDJSON out: a line for a line, in order, whatever the lines are."""

from __future__ import annotations

import gzip
import json
import socket
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

PATH = "/v1/articles/bulk"
LINES = {"content-type": "application/x-ndjson"}
GZIP = LINES | {"content-encoding": "gzip"}


def line(number: int) -> bytes:
    return json.dumps({"title": f"Report number {number} from the harbour", "uri": f"u{number}"}).encode()


def send(newsroom: Any, content: Any, headers: dict[str, str] | None = None) -> list[dict[str, Any]]:
    async def scenario(client: httpx.AsyncClient) -> list[dict[str, Any]]:
        answer = await client.post(PATH, content=content, headers=headers or LINES)
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "application/x-ndjson"
        return [json.loads(entry) for entry in answer.text.splitlines()]

    answers: list[dict[str, Any]] = newsroom.run(scenario)
    return answers


def summary(answers: list[dict[str, Any]]) -> list[Any]:
    return [(entry["line"], entry["code"]) if "line" in entry else entry["decision"] for entry in answers]


def test_a_bad_line_fails_alone(newsroom: Any) -> None:
    lines = [
        line(1),
        b"{",
        b"",
        b"  ",
        b"[]",
        b'{"title":"a","x":1}',
        b'{"title":"\xff"}',
        rb'{"title":"\ud800"}',
        line(1),
    ]
    answers = send(newsroom, b"\n".join(lines))
    assert summary(answers) == [
        "opened",
        (2, "malformed_json"),
        (5, "invalid_article"),
        (6, "invalid_article"),
        (7, "malformed_json"),
        (8, "malformed_json"),
        "unchanged",
    ]
    assert answers[3]["errors"] == [{"field": "x", "reason": "Extra inputs are not permitted"}]
    assert newsroom.store.catalogue.totals().articles == 1


def test_answers_come_in_the_order_of_the_lines(open_newsroom: Any) -> None:
    count = 500
    newsroom = open_newsroom(bulk_window=64, queue_length=16, group_size=8)
    answers = send(newsroom, b"\r\n".join(line(number) for number in range(count)))
    uris = [newsroom.store.catalogue.article(entry["article_id"]).article.uri for entry in answers]
    assert uris == [f"u{number}" for number in range(count)]
    assert [entry["seq"] for entry in answers] == sorted(entry["seq"] for entry in answers)


def test_lines_may_be_cut_anywhere(newsroom: Any) -> None:
    body = line(1) + b"\n" + line(2) + b"\n"

    async def bytewise() -> AsyncIterator[bytes]:
        for place in range(len(body)):
            yield body[place : place + 1]

    assert len(send(newsroom, bytewise())) == 2
    assert newsroom.store.catalogue.totals().articles == 2


@pytest.mark.parametrize("last", [b"", b"\n" + line(2)])
def test_a_long_line_fails_alone(open_newsroom: Any, last: bytes) -> None:
    async def parts() -> AsyncIterator[bytes]:
        yield line(1) + b'\n{"title":"'
        for _ in range(30):
            yield b"a" * 100
        yield b'"}' + last

    answers = send(open_newsroom(max_line_bytes=1_000), parts())
    assert answers[1]["status"] == 413
    assert summary(answers)[:2] == ["opened", (2, "line_too_long")]
    assert len(answers) == (3 if last else 2)


def test_gzip_of_one_or_more_members_is_unpacked(newsroom: Any) -> None:
    both = gzip.compress(line(1) + b"\n") + gzip.compress(line(2) + b"\n")
    assert len(send(newsroom, both, GZIP)) == 2
    assert newsroom.store.catalogue.totals().articles == 2


PACKED = gzip.compress(line(1) + b"\n" + line(2) + b"\n")


@pytest.mark.parametrize(
    ("body", "number"),
    [(line(1), 1), (PACKED[:-9], 3), (PACKED + b"junk", 3), (PACKED[:-2] + b"!!", 1), (b"", 1)],
    ids=["plain", "cut", "trailing junk", "wrong checksum", "empty"],
)
def test_where_a_body_stops_being_gzip_is_said(newsroom: Any, body: bytes, number: int) -> None:
    answers = send(newsroom, body, GZIP)
    assert summary(answers)[-1] == (number, "malformed_gzip")
    assert len(answers) == number


def test_a_bomb_is_not_unpacked(newsroom: Any) -> None:
    answers = send(newsroom, gzip.compress(b" " * 20_000_000), GZIP)
    assert summary(answers) == [(1, "malformed_gzip")]
    assert "100 times" in answers[0]["detail"]


@pytest.mark.parametrize("headers", [LINES | {"content-encoding": "br"}, {"content-type": "application/json"}])
def test_other_types_and_encodings_are_refused(newsroom: Any, headers: dict[str, str]) -> None:
    async def scenario(client: httpx.AsyncClient) -> httpx.Response:
        return await client.post(PATH, content=line(1), headers=headers)

    answer = newsroom.run(scenario)
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


def test_a_line_is_answered_before_the_next_is_sent(server: Any) -> None:
    host, port = server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        connection.sendall(
            b"POST /v1/articles/bulk HTTP/1.1\r\nHost: here\r\n"
            b"Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        for number in range(3):
            entry = line(number) + b"\n"
            connection.sendall(b"%x\r\n%s\r\n" % (len(entry), entry))
            received = b""
            while b'"notices":[]}\n' not in received:
                received += connection.recv(65_536)
            assert b'"article_id"' in received
        connection.sendall(b"0\r\n\r\n")
        assert connection.recv(65_536).endswith(b"0\r\n\r\n")
    assert server.client.get("/readyz").json()["articles"] == 3


def test_a_client_that_leaves_is_forgotten(server: Any) -> None:
    host, port = server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        connection.sendall(
            b"POST /v1/articles/bulk HTTP/1.1\r\nHost: here\r\n"
            b"Content-Type: application/x-ndjson\r\nContent-Length: 1000\r\n\r\n" + line(1) + b"\n"
        )
        assert b"200 OK" in connection.recv(65_536)
    assert server.client.post("/v1/articles", json={"title": "Still here"}).status_code == 201
