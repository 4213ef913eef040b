"""Requests at a pace, and what happens to a load that is not answered as it expects."""

from __future__ import annotations

import asyncio

import pytest
from connections import Target, Work, exchange, posts
from rows.intake import target_of
from servers import echoing


def test_requests_are_due_at_their_pace_or_at_once() -> None:
    paced = Work(iter([b"one", b"two"]), 200, interval=0.5, begun=10.0)
    assert [paced.next(), paced.next(), paced.next()] == [(10.0, b"one"), (10.5, b"two"), None]
    assert Work(iter([b"one"]), 200).next() == (0.0, b"one")


def test_a_request_says_what_and_to_whom() -> None:
    target = Target(host="127.0.0.1", port=8000, api_key="sfk_x")
    (request,) = posts(target, [b"{}"])
    lines = request.split(b"\r\n")
    assert lines[:3] == [b"POST /v1/articles HTTP/1.1", b"Host: 127.0.0.1:8000", b"Authorization: Bearer sfk_x"]
    assert lines[-2:] == [b"", b"{}"]
    assert target.head("/", method="GET").startswith(b"GET / ")


def test_every_request_is_answered_and_another_answer_than_expected_ends_the_load() -> None:
    with echoing() as (url, _):
        target = target_of(url)
        paced = asyncio.run(exchange(target, Work(posts(target, [b"{}"] * 30), 201, interval=0.001), 4))
        with pytest.raises(RuntimeError, match="answered 201, not 200"):
            asyncio.run(exchange(target, Work(posts(target, [b"{}"]), 200), 1))
    assert paced.articles == 30
    assert paced.p99_milliseconds is not None
