"""Around every request: its id, its log line."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from dedupe.access import key_digest

SECRET = "correct-horse"
TITLE = "Minister resigns over harbour contract"


def test_a_request_keeps_the_id_it_came_with(newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> httpx.Response:
        return await client.get("/healthz", headers={"X-Request-ID": "desk-7.a_b"})

    assert newsroom.run(scenario).headers["x-request-id"] == "desk-7.a_b"


@pytest.mark.parametrize("given", [None, "", "a b", 'x"}', "x" * 65, "\N{LATIN SMALL LETTER E WITH ACUTE}"])
def test_a_request_without_a_usable_id_is_given_one(newsroom: Any, given: str | None) -> None:
    async def scenario(client: httpx.AsyncClient) -> httpx.Response:
        return await client.get("/nowhere", headers={} if given is None else {"X-Request-ID": given.encode()})

    assert re.fullmatch("[0-9a-f]{16}", newsroom.run(scenario).headers["x-request-id"])


def test_the_log_says_who_asked_what_but_not_what_it_said(open_newsroom: Any) -> None:
    newsroom = open_newsroom(key_digests=frozenset({key_digest(SECRET)}))

    async def scenario(client: httpx.AsyncClient) -> httpx.Response:
        headers = {"Authorization": f"Bearer {SECRET}", "X-Request-ID": "desk-1"}
        return await client.post("/v1/articles", json={"title": TITLE}, headers=headers)

    with capture_logs() as entries:
        assert newsroom.run(scenario).status_code == 201
    (entry,) = entries
    assert entry.pop("milliseconds") >= 0
    assert entry == {
        "event": "request",
        "log_level": "info",
        "request_id": "desk-1",
        "method": "POST",
        "route": "/v1/articles",
        "status": 201,
    }


def test_a_defect_is_logged_under_its_request(newsroom: Any) -> None:
    @newsroom.app.get("/broken")
    async def broken() -> None:
        raise RuntimeError

    async def scenario(client: httpx.AsyncClient) -> httpx.Response:
        return await client.get("/broken", headers={"X-Request-ID": "desk-2"})

    with capture_logs() as entries:
        newsroom.run(scenario)
    assert [(entry["event"], entry["request_id"]) for entry in entries] == [("defect", "desk-2"), ("request", "desk-2")]
