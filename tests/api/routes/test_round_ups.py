"""Round-ups, as the service shows them: with the sample stream, which has two."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx

SAMPLE = Path(__file__).parents[3] / "data" / "sample" / "articles.jsonl"
BRIEFING = "The morning dispatch: four stories that will shape your Wednesday"


async def placed_sample(client: httpx.AsyncClient) -> dict[str, Any]:
    """Send the sample in; return what was answered to the round-up in it."""
    rows = sorted(map(json.loads, SAMPLE.read_text(encoding="utf-8").splitlines()), key=lambda row: row["published_at"])
    sent = [{key: value for key, value in row.items() if key != "id"} for row in rows]
    body = "\n".join(map(json.dumps, sent))
    answers = await client.post(
        "/v1/articles/bulk", content=body, headers={"Content-Type": "application/x-ndjson"}, timeout=60
    )
    told = dict(zip((row["title"] for row in sent), map(json.loads, answers.text.splitlines()), strict=True))
    answer: dict[str, Any] = told[BRIEFING]
    return answer


async def titles(client: httpx.AsyncClient, cluster_id: str) -> list[str]:
    answer = await client.get(f"/v1/clusters/{cluster_id}/round-ups", follow_redirects=True)
    assert answer.status_code == 200
    return [article["title"] for article in answer.json()["articles"]]


def test_a_round_up_is_listed_in_each_cluster(newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        placed = await placed_sample(client)
        assert len(placed["also_in"]) >= 2
        for cluster_id in placed["also_in"]:
            assert await titles(client, cluster_id) == [BRIEFING]
            listed = (await client.get(f"/v1/clusters/{cluster_id}/articles", params={"limit": 200})).json()["articles"]
            assert placed["article_id"] not in {article["article_id"] for article in listed}
        assert await titles(client, placed["cluster_id"]) == []
        assert (await client.get("/v1/clusters/clu_none/round-ups")).status_code == 404

    newsroom.run(scenario)


def test_the_list_follows_merges_and_takedowns(newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        placed = await placed_sample(client)
        first, second = placed["also_in"][:2]
        merge = {"cluster_id": second, "actor": "Ada"}
        merged = (await client.post(f"/v1/clusters/{first}/merge", json=merge)).json()["cluster_id"]
        absorbed = second if merged == first else first
        moved = await client.get(f"/v1/clusters/{absorbed}/round-ups")
        assert (moved.status_code, moved.headers["location"]) == (308, f"/v1/clusters/{merged}/round-ups")
        assert await titles(client, merged) == [BRIEFING]
        known = {"If-None-Match": (await client.get(f"/v1/clusters/{merged}/round-ups")).headers["etag"]}
        assert (await client.get(f"/v1/clusters/{merged}/round-ups", headers=known)).status_code == 304
        assert (await client.delete(f"/v1/articles/{placed['article_id']}")).status_code == 204
        assert await titles(client, merged) == []

    newsroom.run(scenario)


def test_the_explanation_and_the_pages_say_so(newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        placed = await placed_sample(client)
        why = (await client.get(f"/v1/articles/{placed['article_id']}/explanation")).json()["summary"]
        assert why.startswith("It is a round-up: it tells of this event and of ")
        other = (await client.get(f"/v1/clusters/{placed['also_in'][0]}")).json()
        own = (await client.get(f"/clusters/{placed['cluster_id']}")).text
        assert "It is a round-up" in own
        assert other["headline"] in own
        assert other["headline"] in (await client.get(f"/articles/{placed['article_id']}")).text
        assert "Round-ups that tell of it" not in own
        listing = (await client.get(f"/clusters/{other['cluster_id']}")).text.split("Round-ups that tell of it")[1]
        assert BRIEFING in listing

    newsroom.run(scenario)


def test_a_merge_of_two_that_it_tells_of_is_named_once(newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        placed = await placed_sample(client)
        first, second = placed["also_in"][:2]
        merged = (await client.post(f"/v1/clusters/{first}/merge", json={"cluster_id": second, "actor": "Ada"})).json()
        page = (await client.get(f"/articles/{placed['article_id']}")).text
        assert page.count(f'/clusters/{merged["cluster_id"]}"') == 1

    newsroom.run(scenario)
