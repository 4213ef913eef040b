"""The one writer: in groups, in order, bounded, and with an answer for everyone."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from contextlib import closing
from typing import Any

import httpx

from api.routes.articles import submission
from api.schemas import ArticleIn
from dedupe.engine import Engine
from dedupe.errors import DedupeError
from dedupe.events import Assignment

PATH = "/v1/articles"


def articles(count: int) -> list[dict[str, str]]:
    return [{"title": f"Report {number}", "uri": f"u{number}"} for number in range(count)]


async def post_all(client: httpx.AsyncClient, count: int) -> list[httpx.Response]:
    return list(await asyncio.gather(*(client.post(PATH, json=article) for article in articles(count))))


def test_what_waits_together_is_committed_together(open_newsroom: Any) -> None:
    newsroom = open_newsroom(group_size=8)

    async def scenario(client: httpx.AsyncClient) -> str:
        answers = await post_all(client, 40)
        assert sorted(answer.json()["seq"] for answer in answers) == list(range(1, 41))
        return (await client.get("/metrics")).text

    metrics = newsroom.run(scenario)
    groups = next(line for line in metrics.splitlines() if line.startswith("storyfold_group_size_count"))
    assert 5 <= float(groups.split()[1]) < 40
    assert 'storyfold_group_size_bucket{le="8.0"} ' + groups.split()[1] in metrics


class Gated(Engine):
    """Decides nothing until the gate is opened, so that the queue is full when it has to be."""

    gate = threading.Event()

    def add_each(self, *arguments: Any, **options: Any) -> list[Assignment | DedupeError]:
        self.gate.wait(30)
        return super().add_each(*arguments, **options)


def test_a_full_queue_refuses_and_says_when_to_come_again(open_newsroom: Any) -> None:
    newsroom = open_newsroom(Gated, queue_length=4, group_size=1)

    async def scenario(client: httpx.AsyncClient) -> list[httpx.Response]:
        asking = [asyncio.create_task(client.post(PATH, json=article)) for article in articles(12)]
        while sum(task.done() for task in asking) < 7:
            await asyncio.sleep(0.01)
        Gated.gate.set()
        return list(await asyncio.gather(*asking))

    answers = newsroom.run(scenario)
    refused = [answer for answer in answers if answer.status_code == 503]
    assert {(answer.json()["code"], answer.headers["retry-after"]) for answer in refused} == {("overloaded", "5")}
    assert newsroom.store.catalogue.totals().articles == len(answers) - len(refused) >= 4


def test_a_locked_store_refuses_the_group_and_recovers(newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        address = (await client.post(PATH, json={"title": "Storm"})).headers["location"]
        with closing(sqlite3.connect(newsroom.path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            refused = [*await post_all(client, 5), await client.delete(address)]
            other.execute("ROLLBACK")
        for answer in refused:
            assert (answer.status_code, answer.json()["code"]) == (503, "store_unavailable")
            assert "locked by another process" in answer.json()["detail"]
            assert answer.headers["retry-after"] == "5"
        assert [answer.status_code for answer in await post_all(client, 5)] == [201] * 5
        assert (await client.get("/readyz")).json()["articles"] == 6

    newsroom.run(scenario)


def test_a_takedown_follows_what_was_sent_before_it(newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        first = (await post_all(client, 1))[0].json()
        address = f"{PATH}/{first['article_id']}"
        revised = asyncio.create_task(client.post(PATH, json=articles(1)[0] | {"title": "Report 0, corrected"}))
        await asyncio.sleep(0)
        taken_down = await client.delete(address)
        assert ((await revised).json()["decision"], taken_down.status_code) == ("revised", 204)
        kinds = [entry["kind"] for entry in (await client.get("/v1/changes")).json()["changes"]]
        assert kinds == ["opened", "revised", "withdrawn"]

    newsroom.run(scenario)


class Failing(Engine):
    """Fails once, as a defect would make it."""

    has_failed = False

    def add_each(self, *arguments: Any, **options: Any) -> list[Assignment | DedupeError]:
        if not Failing.has_failed:
            Failing.has_failed = True
            raise ZeroDivisionError
        return super().add_each(*arguments, **options)


def test_a_defect_in_the_engine_is_answered(open_newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        refused = await client.post(PATH, json={"title": "Storm"})
        assert (refused.status_code, refused.json()["code"]) == (500, "internal_error")
        assert (await client.post(PATH, json={"title": "Storm"})).status_code == 201

    open_newsroom(Failing).run(scenario)


def test_what_was_accepted_is_finished_at_the_end(newsroom: Any) -> None:
    async def scenario(_: httpx.AsyncClient) -> None:
        writer = newsroom.app.state.service.writer
        for number, article in enumerate(articles(20)):
            writer.submit(await submission(ArticleIn(**article), number))

    newsroom.run(scenario)
    assert newsroom.store.catalogue.totals().articles == 20


def test_nothing_is_accepted_after_the_end(newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        await asyncio.to_thread(newsroom.app.state.service.writer.close)
        refused = await client.post(PATH, json={"title": "Storm"})
        assert (refused.status_code, refused.json()["code"]) == (503, "overloaded")
        assert "shutting down" in refused.json()["detail"]

    newsroom.run(scenario)
