"""What is sent again, when, and how a request fails in the end."""

from __future__ import annotations

import asyncio
import json
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import httpx
import pytest

import api.client as client_package
from api.client import (
    ApiProblem,
    ArticleIn,
    AsyncClient,
    Client,
    ClientError,
    MergeIn,
    Retries,
    UnexpectedAnswer,
    Unreachable,
)
from api.client.articles import article, place, take_down
from api.client.corrections import merge
from api.client.following import changes
from api.client.problem import problem_in, seconds_to_wait
from api.client.request import Request
from tests.api.client.conftest import QUICK, answering
from tests.api.client.test_uploading import PLACED

JSON = {"Content-Type": "application/json"}
PLACED_ANSWER = 201, JSON, json.dumps(PLACED).encode()


def refusal(status: int, code: str = "overloaded", **headers: str) -> tuple[int, dict[str, str], bytes]:
    document = {"type": "about:blank", "title": "No", "status": status, "code": code, "detail": "not now"}
    return status, {"Content-Type": "application/problem+json", **headers}, json.dumps(document).encode()


@pytest.mark.parametrize("failure", [None, refusal(503), refusal(429, "rate_limited"), (502, {}, b"<html>")])
def test_an_article_is_sent_again_under_the_same_key(failure: Any) -> None:
    with answering(failure, failure, PLACED_ANSWER) as stub, Client(stub.url, retries=QUICK) as client:
        assert client.place(ArticleIn(title="Storm")).article_id == "art_1"
    keys = [headers["idempotency-key"] for _, _, headers, _ in stub.asked]
    assert len(keys) == 3
    assert len(set(keys)) == 1
    with answering(PLACED_ANSWER) as stub, Client(stub.url) as client:
        client.place(ArticleIn(title="Storm"))
        client.place(ArticleIn(title="Storm"), idempotency_key="desk-1")
    own, named = (headers["idempotency-key"] for _, _, headers, _ in stub.asked)
    assert (own in keys, named) == (False, "desk-1")


@pytest.mark.parametrize("failure", [None, refusal(503), refusal(429)])
def test_a_decision_is_never_sent_twice(failure: Any) -> None:
    with answering(failure) as stub, Client(stub.url, retries=QUICK) as client, pytest.raises(ClientError):
        client.merge("clu_1", MergeIn(cluster_id="clu_2", actor="m.okafor"))
    assert len(stub.asked) == 1


def test_what_was_refused_for_good_is_not_sent_again() -> None:
    with answering(refusal(404, "unknown_article")) as stub, Client(stub.url, retries=QUICK) as client:
        with pytest.raises(ApiProblem, match=r"not now \(404 unknown_article\)") as refused:
            client.article("art_1")
        assert (refused.value.retry_after_seconds, refused.value.request_id) == (None, None)
    assert len(stub.asked) == 1


@pytest.mark.parametrize("is_dated", [False, True])
def test_a_server_that_says_when_is_obeyed(is_dated: bool) -> None:
    when = format_datetime(datetime.now(UTC) + timedelta(seconds=2.5), usegmt=True) if is_dated else "1"
    with answering(refusal(503, **{"Retry-After": when}), PLACED_ANSWER) as stub, Client(stub.url) as client:
        begun = time.monotonic()
        client.place(ArticleIn(title="Storm"))
    assert time.monotonic() - begun > 0.9
    assert len(stub.asked) == 2


def test_a_server_that_asks_for_an_hour_is_not_waited_for() -> None:
    hour = {"Retry-After": "3600"}
    with (
        answering(refusal(429, **hour)) as stub,
        Client(stub.url, retries=QUICK) as client,
        pytest.raises(ApiProblem) as refused,
    ):
        client.health()
    assert (refused.value.retry_after_seconds, len(stub.asked)) == (3600, 1)


def test_attempts_end(missing_port: int) -> None:
    with answering(refusal(503)) as stub, Client(stub.url, retries=QUICK) as client, pytest.raises(ApiProblem):
        client.health()
    assert len(stub.asked) == 1 + QUICK.most
    nobody = f"http://127.0.0.1:{missing_port}"
    with Client(nobody, retries=QUICK) as client, pytest.raises(Unreachable, match="is the server running") as gone:
        client.health()
    assert isinstance(gone.value.__cause__, httpx.ConnectError)

    async def scenario() -> None:
        async with AsyncClient(nobody, retries=QUICK) as waiting:
            with pytest.raises(Unreachable):
                await waiting.merge("clu_1", MergeIn(cluster_id="clu_2", actor="m.okafor"))

    asyncio.run(scenario())


def test_an_address_that_is_none_fails_at_once() -> None:
    with Client("ftp://127.0.0.1") as client, pytest.raises(Unreachable):
        client.health()


@pytest.mark.parametrize("content", [b"<html>Welcome</html>", b"{}", b""])
def test_another_server_is_told_from_ours(content: bytes) -> None:
    with (
        answering((200, {}, content)) as stub,
        Client(stub.url) as client,
        pytest.raises(UnexpectedAnswer, match="GET /readyz"),
    ):
        client.readiness()


def test_a_key_is_presented_and_not_shown() -> None:
    with answering((200, JSON, b'{"status": "alive"}')) as stub, Client(stub.url, "sfk_a_b") as client:
        client.health()
        assert "sfk_a_b" not in repr(client) + repr(vars(client))
    headers = stub.asked[0][2]
    assert headers["authorization"] == "Bearer sfk_a_b"
    assert headers["user-agent"].startswith("storyfold-client/")


DECISION = merge("clu_1", MergeIn(cluster_id="clu_2", actor="m.okafor"))
CUT = httpx.ReadError("cut")
NEVER_SENT = httpx.ConnectError("refused", request=httpx.Request("GET", "http://desk.example"))


@pytest.mark.parametrize(
    ("request_", "failure", "failed", "is_sent_again"),
    [
        (article("a"), CUT, 1, True),
        (article("a"), CUT, 7, False),
        (changes().ask(), CUT, 10_000, True),
        (place(ArticleIn(title="t")), httpx.ReadTimeout("late"), 6, True),
        (take_down("a"), CUT, 1, True),
        (DECISION, CUT, 1, False),
        (DECISION, NEVER_SENT, 1, True),
        (article("a"), httpx.TooManyRedirects("round and round"), 1, False),
    ],
)
def test_which_requests_are_sent_again(request_: Request[Any], failure: Any, failed: int, is_sent_again: bool) -> None:
    failure.request = httpx.Request("GET", "http://desk.example")
    if is_sent_again:
        assert 0 < Retries().wait_seconds(request_, failure, failed) <= Retries().longest_wait
    else:
        with pytest.raises(Unreachable, match=r"desk\.example"):
            Retries().wait_seconds(request_, failure, failed)


def test_waits_double_up_to_the_longest() -> None:
    retries = Retries(most=20, first_wait=1, longest_wait=8)
    waits = [[retries.wait_seconds(article("a"), CUT, failed) for _ in range(200)] for failed in range(1, 8)]
    for drawn, most in zip(waits, [1, 2, 4, 8, 8, 8, 8], strict=True):
        assert most / 2 <= min(drawn) < max(drawn) <= most


@pytest.mark.parametrize("said", [None, "", "soon", "-1", "Mon, 99 Foo"])
def test_a_wait_that_cannot_be_read_is_none(said: str | None) -> None:
    assert seconds_to_wait(said) is None


def test_a_moment_gone_by_is_no_wait() -> None:
    assert seconds_to_wait("Sat, 21 Nov 2020 10:00:00 GMT") == 0
    assert seconds_to_wait("Sat, 21 Nov 2020 10:00:00 -0000") == 0


def test_a_refusal_in_another_form_names_who_refused() -> None:
    answer = httpx.Response(418, content=b"teapot", request=httpx.Request("GET", "http://proxy.example/v1"))
    assert str(problem_in(answer)) == "proxy.example answered 418 without saying why (418 http_error)"


def test_what_is_exported_is_sorted_and_there() -> None:
    assert client_package.__all__ == sorted(client_package.__all__)
    assert all(hasattr(client_package, name) for name in client_package.__all__)
