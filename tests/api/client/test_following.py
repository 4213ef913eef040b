"""The change feed as a client follows it: each change once, in order, whatever becomes of the server meanwhile."""

from __future__ import annotations

import asyncio
import shutil
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from api.client import ApiProblem, ArticleIn, AsyncClient, Client, EventKind, Retries
from tests.soak.serving import Server, serving

PATIENT = Retries(most=60, first_wait=0.05, longest_wait=0.5)
ROUNDS = 3
EACH = 25


def port_of(server: Server) -> int:
    return urlsplit(server.url).port or 0


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "news.db"


def headlines(number: int) -> Iterator[ArticleIn]:
    return (ArticleIn(title=f"Story {number} of {n}", uri=f"{number}:{n}", source="Herald") for n in range(EACH))


@pytest.mark.soak
def test_nothing_is_left_out_or_told_twice_while_the_server_is_killed_and_started_again(path: Path) -> None:
    told: list[int] = []
    with ExitStack() as running:
        server = running.enter_context(serving(path))
        url, port = server.url, port_of(server)
        with Client(url, retries=PATIENT) as client, Client(url, retries=PATIENT) as follower:

            def follow() -> None:
                for change in follower.changes():
                    told.append(change.seq)
                    if change.kind is EventKind.WITHDRAWN:
                        return

            following = threading.Thread(target=follow)
            following.start()
            for number in range(ROUNDS):
                for answer in client.upload(headlines(number)):
                    assert answer.assignment
                server.kill()
                server = running.enter_context(serving(path, port))
            client.take_down(answer.assignment.article_id)
            following.join(60)
            assert not following.is_alive()
            last_seq = client.readiness().last_seq
            assert last_seq > ROUNDS * EACH
            assert told == list(range(1, last_seq + 1))


@pytest.mark.soak
def test_the_one_that_does_not_wait_follows_too(path: Path) -> None:
    async def scenario() -> list[int]:
        with ExitStack() as running:
            server = running.enter_context(serving(path))
            async with AsyncClient(server.url, retries=PATIENT) as client:
                changes = client.changes(kinds=[EventKind.OPENED, EventKind.WITHDRAWN], wait_seconds=5)
                first = await client.place(ArticleIn(title="Storm over Sandholm"))
                told = [(await anext(changes)).seq]
                next_one = asyncio.create_task(anext(changes))
                await asyncio.sleep(0.1)
                server.kill()
                running.enter_context(serving(path, port_of(server)))
                await client.take_down(first.article_id)
                told.append((await asyncio.wait_for(next_one, 60)).seq)
                return told

    assert asyncio.run(scenario()) == [1, 2]


@pytest.mark.soak
def test_whoever_is_ahead_of_the_log_is_told_and_does_not_wait_for_ever(path: Path, tmp_path: Path) -> None:
    with serving(path) as server, Client(server.url, retries=PATIENT) as client:
        client.place(ArticleIn(title="Storm over Sandholm"))
        server.stop()
    shutil.copyfile(path, tmp_path / "older.db")
    with serving(path) as server, Client(server.url, retries=PATIENT) as client:
        client.place(ArticleIn(title="Election night in Norvik"))
        last = next(client.changes(1))
        assert last.seq == 2
    with (
        serving(tmp_path / "older.db") as server,
        Client(server.url, retries=PATIENT) as client,
        pytest.raises(ApiProblem, match="older backup") as ahead,
    ):
        next(client.changes(last.seq))
    assert ahead.value.code == "ahead_of_log"


def test_a_feed_goes_on_from_where_an_answer_ended(path: Path) -> None:
    with serving(path) as server, Client(server.url) as client:
        for title in ("Storm over Sandholm", "Election night in Norvik", "Glacier calves"):
            client.place(ArticleIn(title=title))
        page = client.change_page(kinds=[EventKind.WITHDRAWN])
        assert (page.changes, page.last_seq) == ([], 3)
        assert [change.seq for change in client.change_page(1, limit=1).changes] == [2]
        cluster_id = client.change_page(2).changes[0].cluster_id
        assert [change.seq for change in client.change_page(cluster_id=cluster_id).changes] == [3]
