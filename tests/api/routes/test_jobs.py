"""Re-indexing over HTTP: requests, refusals, and what is told."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from tests.dedupe.newsroom import Newsroom as Invented
from tests.dedupe.reindexing.archive import UNPRIMED
from tests.soak.serving import row_of

Client = httpx.AsyncClient
FLOOD = {"title": "Flood in Arvel valley", "text": "The river Sarn burst its banks and flooded three villages."}
BUDGET = {"title": "Budget passed in Medran", "text": "Parliament passed the budget by 112 votes to 98 on Monday."}


async def post(client: Client, count: int, seed: int = 3) -> list[dict[str, Any]]:
    """Post so many invented articles; return the answers."""
    rows = [row_of(submission) for submission in Invented(seed).stream(count)]
    answers = [await client.post("/v1/articles", json=row) for row in rows]
    assert {answer.status_code for answer in answers} <= {200, 201}
    return [answer.json() for answer in answers]


async def ready(client: Client, settings: Any = UNPRIMED) -> dict[str, Any]:
    """Open a job and wait until it is ready."""
    answer = await client.post("/v1/reindex", json={"settings": settings})
    assert answer.status_code == 202, answer.text
    job: dict[str, Any] = answer.json()
    assert answer.headers["location"] == f"/v1/jobs/{job['job_id']}"
    for _ in range(1_000):
        job = (await client.get(f"/v1/jobs/{job['job_id']}")).json()
        if job["state"] != "building":
            break
        await asyncio.sleep(0.05)
    assert job["state"] == "ready", job
    return job


async def places(client: Client) -> dict[str, str]:
    """Return the cluster of every article, by the lists that readers use."""
    found = {}
    clusters = (await client.get("/v1/clusters?limit=200")).json()["clusters"]
    for cluster in clusters:
        members = (await client.get(f"/v1/clusters/{cluster['cluster_id']}/articles?limit=200")).json()
        assert len(members["articles"]) == cluster["size"]
        found |= {row["article_id"]: cluster["cluster_id"] for row in members["articles"]}
    return found


def test_a_job_from_the_request_to_the_rollback(newsroom: Any) -> None:
    async def scenario(client: Client) -> None:
        answers = await post(client, 150)
        before = await places(client)
        job = await ready(client)
        path = f"/v1/jobs/{job['job_id']}"
        assert job["articles_done"] == job["articles_total"] == len(before)
        assert job["settings"]["shingle_size"] == UNPRIMED["shingle_size"]
        assert await places(client) == before
        told = await compared(client, path, before)

        activated = await client.post(f"{path}/activate")
        assert (activated.status_code, activated.json()["state"]) == (200, "activated")
        after = await places(client)
        moved = {article_id for article_id in before if before[article_id] != after[article_id]}
        assert len(moved) == told["moved_count"]
        await check_told(client, activated.json()["event_seq"], answers)
        for article_id in sorted(moved)[:5]:
            why = (await client.get(f"/v1/articles/{article_id}/explanation")).json()
            assert why["cluster_id"] == after[article_id]
            assert (await client.get(f"/v1/articles/{article_id}/similar")).status_code == 200

        back = await client.post(f"{path}/rollback")
        assert (back.status_code, back.json()["state"]) == (200, "rolled_back")
        assert await places(client) == before
        assert [row["state"] for row in (await client.get("/v1/jobs")).json()["jobs"]] == ["rolled_back"]

    newsroom.run(scenario)


async def compared(client: Client, path: str, before: dict[str, str]) -> dict[str, Any]:
    """Return what a job would change, having checked that it adds up."""
    told: dict[str, Any] = (await client.get(f"{path}/diff")).json()
    assert told["article_count"] == len(before)
    assert told["churn"] == pytest.approx(told["moved_count"] / len(before), abs=1e-6)
    assert 0 < told["moved_count"] == sum(change["article_count"] for change in told["changes"])
    assert 0 < told["agreement"] < 1
    first = told["changes"][0]
    assert before[first["example"]["article_id"]] == first["leaving"]["cluster_id"]
    assert len((await client.get(f"{path}/diff?limit=1")).json()["changes"]) == 1
    return told


async def check_told(client: Client, seq: int, answers: list[dict[str, Any]]) -> None:
    """Check that the feed tells of the activation once, and that every id that was ever given out answers."""
    changes = (await client.get("/v1/changes?kind=activated")).json()["changes"]
    assert [change["seq"] for change in changes] == [seq]
    assert changes[0]["cluster_id"] is None
    assert changes[0]["generation"]["moved_count"] > 0
    for answer in answers:
        looked = await client.get(f"/v1/clusters/{answer['cluster_id']}", follow_redirects=True)
        assert looked.status_code == 200


@pytest.mark.parametrize("undone", ["before the activation", "after it"])
def test_what_was_undone_is_not_brought_back(newsroom: Any, undone: str) -> None:
    async def scenario(client: Client) -> None:
        ids = [(await client.post("/v1/articles", json=row)).json()["article_id"] for row in (FLOOD, BUDGET)]

        async def clusters() -> set[str]:
            answers = [(await client.get(f"/v1/articles/{article_id}")).json() for article_id in ids]
            return {answer["assignment"]["cluster_id"] for answer in answers}

        one, other = sorted(await clusters())
        body = {"cluster_id": other, "actor": "m.okafor"}
        merged = (await client.post(f"/v1/clusters/{one}/merge", json=body)).json()
        undo = f"/v1/constraints/{merged['seq']}/undo"
        path = f"/v1/jobs/{(await ready(client, {}))['job_id']}"
        if undone == "before the activation":
            assert (await client.post(undo, json={"actor": "j.lind"})).status_code == 200
        await client.post(f"{path}/activate")
        assert len(await clusters()) == (2 if undone == "before the activation" else 1)
        if undone == "after it":
            assert (await client.post(undo, json={"actor": "j.lind"})).status_code == 200
        assert (await client.post(f"{path}/rollback")).json()["state"] == "rolled_back"
        assert len(await clusters()) == 2
        assert (await client.get("/v1/constraints")).json()["constraints"] == []

    newsroom.run(scenario)


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"coverge": 0.7}, "coverge"),
        ({"coverage": 1.5}, "coverage"),
        ({"coverage": "0.7"}, "coverage"),
        ({"prior": 1}, "prior"),
        ({"shingle_size": 2.5}, "shingle_size"),
        ({"bands": 100, "rows": 5}, "bands"),
        ({"keep_articles": True}, "keep_articles"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(newsroom: Any, settings: Any, field: str) -> None:
    async def scenario(client: Client) -> None:
        answer = await client.post("/v1/reindex", json={"settings": settings})
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_settings")
        assert answer.json()["errors"][0]["field"] == field
        assert (await client.get("/v1/jobs")).json()["jobs"] == []

    newsroom.run(scenario)


def test_what_is_no_request_is_refused(newsroom: Any) -> None:
    async def scenario(client: Client) -> None:
        for body, status in (({"setings": {}}, 422), ([], 422), ({"settings": [1]}, 422)):
            assert (await client.post("/v1/reindex", json=body)).status_code == status
        assert (await client.post("/v1/reindex", content="{")).status_code == 415
        too_long = {"settings": {"coverage": "x" * 200_000}}
        assert (await client.post("/v1/reindex", json=too_long)).status_code == 413
        for method, path in (
            ("GET", "/v1/jobs/job_1"),
            ("GET", "/v1/jobs/job_1/diff"),
            ("POST", "/v1/jobs/job_1/activate"),
            ("POST", "/v1/jobs/job_1/rollback"),
            ("DELETE", "/v1/jobs/job_1"),
        ):
            answer = await client.request(method, path)
            assert (answer.status_code, answer.json()["code"]) == (404, "unknown_job")

    newsroom.run(scenario)


def test_one_job_at_a_time_each_in_its_order(newsroom: Any) -> None:
    async def scenario(client: Client) -> None:
        await post(client, 20)
        job = await ready(client, {})
        path = f"/v1/jobs/{job['job_id']}"
        other = await client.post("/v1/reindex", json={})
        assert (other.status_code, other.json()["code"]) == (409, "job_conflict")
        assert f"DELETE {path}" in other.json()["detail"]
        assert (await client.post(f"{path}/rollback")).status_code == 409
        assert (await client.delete(path)).status_code == 204
        assert (await client.get(path)).json()["state"] == "discarded"
        for refused in (client.post(f"{path}/activate"), client.post(f"{path}/rollback"), client.delete(path)):
            assert (await refused).status_code == 409
        again = await ready(client, {})
        assert (await client.post(f"/v1/jobs/{again['job_id']}/activate")).status_code == 200
        assert (await client.delete(f"/v1/jobs/{again['job_id']}")).status_code == 409
        tagged = await client.get("/v1/jobs?limit=1")
        assert [row["job_id"] for row in tagged.json()["jobs"]] == [again["job_id"]]
        assert "next" in tagged.headers["link"]
        rest = await client.get("/v1/jobs", params={"cursor": tagged.json()["next_cursor"]})
        assert [row["job_id"] for row in rest.json()["jobs"]] == [job["job_id"]]
        known = {"If-None-Match": tagged.headers["etag"]}
        assert (await client.get("/v1/jobs?limit=1", headers=known)).status_code == 304

    newsroom.run(scenario)
