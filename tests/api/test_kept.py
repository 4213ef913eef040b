"""Answers are made once while nothing happens, for all who see the same, and never outlive an event."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from starlette.types import Message
from structlog.testing import capture_logs

from api import kept
from api.kept import Kept, KeptAnswers, keeping
from dedupe.access import Scope
from dedupe.store.catalogue import SqlCatalogue
from tests.api.guardhouse import Guardhouse, made

PATH = "/v1/clusters"
FERRY = {"title": "Ferry aground off Skerrin", "text": "A ferry with 200 aboard ran aground.", "source": "A"}
STORM = {"title": "Storm over Halvern", "text": "A storm took roofs from Halvern.", "source": "B"}


@pytest.fixture
def lists_read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return how many lists were read from a store, one entry each."""
    read: list[int] = []
    whole = SqlCatalogue.clusters

    def counted(self: SqlCatalogue, *arguments: Any) -> Any:
        read.append(1)
        return whole(self, *arguments)

    monkeypatch.setattr(SqlCatalogue, "clusters", counted)
    return read


def test_a_list_is_made_once_while_nothing_happens(newsroom: Any, lists_read: list[int]) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        await client.post("/v1/articles", json=FERRY)
        answers = await asyncio.gather(*(client.get(PATH) for _ in range(20)))
        assert {answer.content for answer in answers} == {answers[0].content}
        assert {answer.headers["etag"] for answer in answers} == {answers[0].headers["etag"]}
        assert len({answer.headers["x-request-id"] for answer in answers}) == len(answers)
        assert len(lists_read) == 1
        await client.post("/v1/articles", json=STORM)
        newer = await client.get(PATH)
        assert [row["headline"] for row in newer.json()["clusters"]] == [STORM["title"], FERRY["title"]]
        assert len(lists_read) == 2
        assert len((await client.get(PATH, params={"limit": 1})).json()["clusters"]) == 1
        assert len(lists_read) == 3

    newsroom.run(scenario)


def test_what_is_asked_for_later_is_told_as_of_then(
    newsroom: Any, lists_read: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "KEPT_SECONDS", 0.0)

    async def scenario(client: httpx.AsyncClient) -> None:
        await client.post("/v1/articles", json=FERRY)
        for count in (1, 2, 3):
            assert (await client.get(PATH)).status_code == 200
            assert len(lists_read) == count

    newsroom.run(scenario)


def test_what_was_just_answered_is_noted_under_its_route(newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        cluster_id = (await client.post("/v1/articles", json=FERRY)).json()["cluster_id"]
        tag = (await client.get(f"{PATH}/{cluster_id}")).headers["etag"]
        with capture_logs() as entries:
            await client.get(f"{PATH}/{cluster_id}")
            await client.head(f"{PATH}/{cluster_id}")
            await client.get(f"{PATH}/{cluster_id}", headers={"If-None-Match": tag})
        assert [(entry["route"], entry["status"]) for entry in entries] == [
            (f"{PATH}/{{cluster_id}}", status) for status in (200, 200, 304)
        ]

    newsroom.run(scenario)


def test_who_has_an_answer_is_told_so_however_old_it_is(
    newsroom: Any, lists_read: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        await client.post("/v1/articles", json=FERRY)
        known = {"If-None-Match": (await client.get(PATH)).headers["etag"]}
        monkeypatch.setattr(kept, "KEPT_SECONDS", 0.0)
        assert (await client.get(PATH, headers=known)).status_code == 304
        assert len(lists_read) == 1
        await client.post("/v1/articles", json=STORM)
        assert (await client.get(PATH, headers=known)).status_code == 200
        assert len(lists_read) == 2

    newsroom.run(scenario)


def test_nobody_is_given_what_another_may_see(newsroom: Any) -> None:
    house = Guardhouse(newsroom)
    early = made(house.keys, "a1", Scope.READ, Scope.EMBARGO, Scope.INGEST)
    late = made(house.keys, "a2", Scope.READ, Scope.INGEST)

    async def scenario(client: httpx.AsyncClient) -> None:
        await client.post("/v1/articles", json=FERRY, headers=late)
        await client.post("/v1/articles", json=STORM | {"embargoed_until": "2999-01-01T00:00:00Z"}, headers=late)
        for _ in range(2):
            for key, count in ((early, 2), (late, 1)):
                assert len((await client.get(PATH, headers=key)).json()["clusters"]) == count

    house.run(scenario)


def test_an_answer_keeps_the_version_of_its_cluster(newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        address = f"{PATH}/{(await client.post('/v1/articles', json=FERRY)).json()['cluster_id']}"
        await client.post("/v1/articles", json=STORM)
        first, again = await client.get(address), await client.get(address)
        assert first.headers["etag"] == again.headers["etag"]
        assert again.content == first.content
        known = {"If-None-Match": first.headers["etag"]}
        assert (await client.get(address, headers=known)).status_code == 304
        await client.post("/v1/articles", json=STORM | {"source": "C"})
        assert (await client.get(address, headers=known)).status_code == 304

    newsroom.run(scenario)


def test_refusals_and_streams_are_not_kept(newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        await client.post("/v1/articles", json=FERRY)
        for path, status in ((f"{PATH}/clu_nowhere", 404), (f"{PATH}?limit=0", 422), (f"{PATH}.csv", 200)):
            answers = await asyncio.gather(*(client.get(path) for _ in range(5)))
            assert {answer.status_code for answer in answers} == {status}
            seq = newsroom.store.last_seq()
            assert newsroom.app.state.service.answers._answers == {}, seq

    newsroom.run(scenario)


def answer(text: bytes, at: float, version: int = 1) -> Kept:
    start = {"type": "http.response.start", "status": 200, "headers": []}
    return Kept(start, {"type": "http.response.body", "body": text}, version, at)


def looped(scenario: Callable[[KeptAnswers, float], Awaitable[None]]) -> None:
    async def run() -> None:
        await scenario(KeptAnswers(), asyncio.get_running_loop().time())

    asyncio.run(run())


def keep(answers: KeptAnswers, seq: int, place: str, one: Kept) -> None:
    with answers.making(seq, place, None) as finish:
        finish(one)
        finish(None)  # an answer is finished once


def test_nothing_is_kept_beyond_an_event() -> None:
    async def scenario(answers: KeptAnswers, now: float) -> None:
        keep(answers, 1, "here", answer(b"old", now))
        assert answer(b"old", now).is_fresh
        assert not answer(b"old", now - kept.KEPT_SECONDS).is_fresh
        assert await answers.find(1, "here") == answer(b"old", now)
        assert await answers.find(2, "here") is None
        keep(answers, 2, "there", answer(b"new", now))
        keep(answers, 1, "here", answer(b"late", now))
        assert await answers.find(1, "here") is None
        assert await answers.find(2, "here") is None
        assert await answers.find(2, "there") == answer(b"new", now)

    looped(scenario)


def test_what_is_kept_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST_BYTES", 100)
    monkeypatch.setattr(kept, "_LARGEST_BYTES", 40)
    monkeypatch.setattr(kept, "MOST_ANSWERS", 4)

    async def scenario(answers: KeptAnswers, now: float) -> None:
        keep(answers, 1, "large", answer(b"x" * 41, now))
        assert await answers.find(1, "large") is None
        for place in "abc":
            keep(answers, 1, place, answer(b"x" * 40, now))
        found = [await answers.find(1, place) is not None for place in "abc"]
        assert found == [False, True, True]
        for place in "cdef":
            keep(answers, 1, place, answer(b"x", now))
        found = [await answers.find(1, place) is not None for place in "abcdef"]
        assert found == [False, False, True, True, True, True]

    looped(scenario)


def test_places_are_remembered_beyond_their_answers_but_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST_PLACES", 3)

    async def scenario(answers: KeptAnswers, now: float) -> None:
        for seq, place in enumerate("abcad"):
            with answers.making(seq, place, f"route {seq}"):
                pass
        assert [answers.route_of(place) for place in "abcd"] == ["route 3", None, "route 2", "route 4"]

    looped(scenario)


def test_who_has_what_is_kept_no_more_is_told_so_under_its_route(
    newsroom: Any, lists_read: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "MOST_ANSWERS", 1)

    async def scenario(client: httpx.AsyncClient) -> None:
        await client.post("/v1/articles", json=FERRY)
        known = {"If-None-Match": (await client.get(PATH)).headers["etag"]}
        await client.get(PATH, params={"limit": 1})
        with capture_logs() as entries:
            assert (await client.get(PATH, headers=known)).status_code == 304
        assert [entry["route"] for entry in entries] == [PATH]
        assert len(lists_read) == 2

    newsroom.run(scenario)


def test_who_comes_meanwhile_waits_for_the_answer_or_for_the_failure_of_the_attempt() -> None:
    async def scenario(answers: KeptAnswers, now: float) -> None:
        for outcome in (answer(b"made", now), None):
            with answers.making(1, "here", None) as finish:
                waiting = [asyncio.ensure_future(answers.find(1, "here")) for _ in range(3)]
                await asyncio.sleep(0)
                waiting[0].cancel()
                await asyncio.sleep(0)
                assert not waiting[1].done()
                assert await answers.find(2, "here") is None
                with answers.making(1, "here", None):  # one who did not wait takes nothing from those who do
                    pass
                assert not waiting[1].done()
                finish(outcome)
            assert [await one for one in waiting[1:]] == [outcome, outcome]
            answers._answers.clear()

    looped(scenario)


def test_an_answer_is_kept_before_anything_of_it_is_sent() -> None:
    events: list[object] = []

    async def send(message: Message) -> None:
        events.append(message["type"])

    async def scenario(answers: KeptAnswers, now: float) -> None:
        sending = keeping(send, lambda: 7, lambda one: events.append(one and (one.version, one.body["body"])))
        await sending({"type": "http.response.start", "status": 200, "headers": []})
        assert events == []
        await sending({"type": "http.response.body", "body": b"whole"})
        assert events == [(7, b"whole"), "http.response.start", "http.response.body"]

    looped(scenario)
