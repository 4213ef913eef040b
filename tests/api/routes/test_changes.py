"""The change feed: every event once, in order, at once."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import httpx
import pytest

PATH = "/v1/changes"


async def post(client: httpx.AsyncClient, title: str) -> dict[str, Any]:
    answer = await client.post("/v1/articles", json={"title": title})
    body: dict[str, Any] = answer.json()
    return body


def test_changes_are_numbered_and_complete(newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        placed = [await post(client, title) for title in ("Storm", "Election night", "Harbour fire")]
        await client.delete(f"/v1/articles/{placed[0]['article_id']}")
        everything = (await client.get(PATH)).json()
        assert [entry["seq"] for entry in everything["changes"]] == [1, 2, 3, 4]
        assert everything["changes"][3]["kind"] == "withdrawn"
        assert everything["changes"][3]["article_id"] == placed[0]["article_id"]
        after, collected = 0, []
        while page := (await client.get(PATH, params={"after": after, "limit": 3})).json()["changes"]:
            collected += page
            after = page[-1]["seq"]
        assert collected == everything["changes"]

    newsroom.run(scenario)


def test_a_kind_that_is_rare_does_not_hold_the_cursor_back(newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        for title in ("Storm", "Election night"):
            await post(client, title)
        none = (await client.get(PATH, params={"kind": "withdrawn"})).json()
        assert none == {"changes": [], "last_seq": 2}
        opened = (await client.get(PATH, params={"kind": ["opened", "merged"], "limit": 1})).json()
        assert (len(opened["changes"]), opened["last_seq"]) == (1, 1)

    newsroom.run(scenario)


def test_whoever_waits_is_woken_by_the_next_change(newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        await post(client, "Storm")
        waiting = [asyncio.create_task(client.get(PATH, params={"after": 1, "wait": 60})) for _ in range(3)]
        await asyncio.sleep(0.1)
        assert not any(task.done() for task in waiting)
        placed = await post(client, "Election night")
        for answer in await asyncio.wait_for(asyncio.gather(*waiting), 30):
            assert [entry["article_id"] for entry in answer.json()["changes"]] == [placed["article_id"]]

    newsroom.run(scenario)


def test_waiting_ends_when_nothing_comes(newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        begun = time.monotonic()
        answer = await client.get(PATH, params={"after": 0, "wait": 0.2})
        assert answer.json() == {"changes": [], "last_seq": 0}
        assert time.monotonic() - begun >= 0.2

    newsroom.run(scenario)


def test_a_reader_ahead_of_the_log_is_told(newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        last_seq = (await post(client, "Storm"))["seq"]
        assert (await client.get(PATH, params={"after": last_seq})).json()["changes"] == []
        answer = await client.get(PATH, params={"after": last_seq + 1, "wait": 60})
        assert (answer.status_code, answer.json()["code"]) == (409, "ahead_of_log")
        assert "ends at 1, before 2" in answer.json()["detail"]

    newsroom.run(scenario)


@pytest.mark.parametrize(
    ("query", "field"),
    [("after=-1", "after"), ("wait=61", "wait"), ("wait=nan", "wait"), ("limit=0", "limit"), ("kind=vanished", "kind")],
)
def test_a_wrong_question_is_refused_by_name(newsroom: Any, query: str, field: str) -> None:
    async def scenario(client: httpx.AsyncClient) -> httpx.Response:
        return await client.get(f"{PATH}?{query}")

    answer = newsroom.run(scenario)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
