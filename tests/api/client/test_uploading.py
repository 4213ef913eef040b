"""Articles by the thousand: every one answered, in order, however the server fares."""

from __future__ import annotations

import gzip
import json
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from api.client import ApiProblem, ArticleIn, Client, Decision, Retries, UnexpectedAnswer
from api.client.uploading import PART_ARTICLES, PART_BYTES
from tests.api.client.conftest import QUICK, answering
from tests.soak.serving import Server, serving

PATIENT = Retries(most=60, first_wait=0.05, longest_wait=0.5)
LINES = {"Content-Type": "application/x-ndjson"}


def headlines(count: int) -> Iterator[ArticleIn]:
    return (ArticleIn(title=f"Story {n} of many", uri=str(n), source="Herald") for n in range(count))


def test_each_article_is_answered_in_order_and_a_bad_one_fails_alone(client: Client) -> None:
    count = PART_ARTICLES + 7
    articles = list(headlines(count))
    articles[3] = ArticleIn(title=" ")
    articles[PART_ARTICLES + 2] = ArticleIn(title="x", language="no language")
    answers = list(client.upload(articles))
    assert [answer.number for answer in answers] == list(range(1, count + 1))
    refused = {answer.number: answer.problem.code for answer in answers if answer.problem}
    assert refused == {4: "invalid_article", PART_ARTICLES + 3: "invalid_article"}
    assert len({answer.assignment.article_id for answer in answers if answer.assignment}) == count - 2
    again = list(client.upload(articles[:3]))
    assert [answer.assignment and answer.assignment.decision for answer in again] == [Decision.UNCHANGED] * 3
    assert list(client.upload([])) == []


def test_articles_are_taken_as_they_are_sent(client: Client) -> None:
    taken = 0

    def endless() -> Iterator[ArticleIn]:
        nonlocal taken
        while True:
            taken += 1
            yield ArticleIn(title=f"Story {taken} without end", uri=f"endless:{taken}")

    assert next(client.upload(endless())).assignment
    assert taken <= PART_ARTICLES + 1


def test_a_part_is_bounded_in_bytes() -> None:
    def answer_of(count: int) -> tuple[int, dict[str, str], bytes]:
        return 200, LINES, line(**PLACED) * count

    text = "a" * (PART_BYTES // 2 - 1_000)
    with answering(answer_of(2), answer_of(1)) as stub, Client(stub.url, retries=QUICK) as client:
        assert len(list(client.upload([ArticleIn(text=text)] * 3))) == 3
    sent = [gzip.decompress(body).count(b"\n") for _, _, _, body in stub.asked]
    assert sent == [2, 1]
    assert {headers["content-encoding"] for _, _, headers, _ in stub.asked} == {"gzip"}


@pytest.mark.soak
def test_a_server_that_is_killed_meanwhile_has_every_article_in_the_end(tmp_path: Path) -> None:
    path, count = tmp_path / "news.db", 3 * PART_ARTICLES
    with ExitStack() as running:
        server = running.enter_context(serving(path))
        port = urlsplit(server.url).port or 0

        def restart() -> Server:
            time.sleep(0.3)
            server.kill()
            return running.enter_context(serving(path, port))

        restarting = threading.Thread(target=restart)
        with Client(server.url, retries=PATIENT) as client:
            answers = []
            for answer in client.upload(headlines(count)):
                if not answers:
                    restarting.start()
                answers.append(answer)
            restarting.join()
            assert [answer.number for answer in answers] == list(range(1, count + 1))
            ids = {answer.assignment.article_id for answer in answers if answer.assignment}
            assert len(ids) == count
            assert client.readiness().articles == count


PLACED: dict[str, Any] = {
    "article_id": "art_1", "cluster_id": "clu_1", "duplicate_group_id": None, "decision": "opened",
    "duplicate_of": None, "confidence": 1.0, "runner_up": None, "also_in": [], "seq": 1, "notices": [],
}  # fmt: skip
BUSY = {"type": "about:blank", "title": "No", "status": 503, "code": "overloaded", "detail": "stopping"}


def line(**fields: Any) -> bytes:
    return json.dumps(fields).encode() + b"\n"


def test_what_a_stopping_server_did_not_take_is_sent_again() -> None:
    stopping = 200, LINES, line(**PLACED) + line(line=2, **BUSY)
    nothing = 200, LINES, b""
    with (
        answering(stopping, nothing, (200, LINES, line(line=1, **BUSY)), (200, LINES, line(**PLACED) * 2)) as stub,
        Client(stub.url, retries=QUICK) as client,
    ):
        answers = list(client.upload(headlines(3)))
    assert [(answer.number, bool(answer.assignment)) for answer in answers] == [(1, True), (2, True), (3, True)]
    sent = [[json.loads(one)["uri"] for one in gzip.decompress(body).splitlines()] for _, _, _, body in stub.asked]
    assert sent == [["0", "1", "2"], ["1", "2"], ["1", "2"], ["1", "2"]]


@pytest.mark.parametrize(("body", "said"), [(line(line=1, **BUSY), "stopping"), (b"", "took nothing")])
def test_a_server_that_stays_busy_ends_the_upload(body: bytes, said: str) -> None:
    with (
        answering((200, LINES, body)) as stub,
        Client(stub.url, retries=QUICK) as client,
        pytest.raises(ApiProblem, match=said),
    ):
        list(client.upload(headlines(3)))
    assert len(stub.asked) == QUICK.most + 1


@pytest.mark.parametrize("body", [b"<html>\n", line(**PLACED) * 3, line(decision="opened")])
def test_answers_of_something_else_are_no_answers(body: bytes) -> None:
    with (
        answering((200, LINES, body)) as stub,
        Client(stub.url, retries=QUICK) as client,
        pytest.raises(UnexpectedAnswer),
    ):
        list(client.upload(headlines(1)))
