"""A re-index of an archive in which some articles are embargoed, as its readers and its administrator see it."""

from __future__ import annotations

from typing import Any

import httpx

from dedupe.access import Scope
from tests.api.guardhouse import Guardhouse, made
from tests.api.routes.test_jobs import places, ready
from tests.dedupe.newsroom import Newsroom as Invented
from tests.dedupe.reindexing.archive import UNPRIMED
from tests.soak.serving import row_of

Client = httpx.AsyncClient


async def post(client: Client, count: int) -> set[str]:
    """Post so many invented articles, every fifth withheld; return the ids of those that are to be seen."""
    standing: dict[str, bool] = {}
    for number, submission in enumerate(Invented(3).stream(count)):
        held = {"pub_status": "withheld"} if number % 5 == 0 else {}
        answer = await client.post("/v1/articles", json=row_of(submission) | held)
        standing[answer.json()["article_id"]] = not held
    return {article_id for article_id, is_shown in standing.items() if is_shown}


async def check_told(client: Client, seq: int, before: dict[str, str], after: dict[str, str]) -> None:
    """Check that the event of an activation counts what its reader may see, and nothing else."""
    (told,) = (await client.get(f"/v1/changes?after={seq - 1}")).json()["changes"]
    assert (told["kind"], told["cluster_id"]) == ("activated", None)
    generation = told["generation"]
    assert generation["article_count"] == len(after)
    assert generation["cluster_count"] == len(set(after.values()))
    assert generation["former_cluster_count"] == len(set(before.values()))
    assert generation["moved_count"] == sum(before[article_id] != after[article_id] for article_id in after)


async def check_unseen(client: Client, after: dict[str, str], shown: set[str]) -> None:
    for article_id in after.keys() - shown:
        assert (await client.get(f"/v1/articles/{article_id}")).status_code == 404
    for cluster_id in set(after.values()) - {after[article_id] for article_id in shown}:
        answer = await client.get(f"/v1/clusters/{cluster_id}")
        assert answer.status_code == 404 or answer.json()["size"] == 0


def test_a_re_index_tells_readers_nothing_of_what_is_embargoed(open_newsroom: Any) -> None:
    house = Guardhouse(open_newsroom())
    chief = made(house.keys, "chief", Scope.ADMIN)
    plain = made(house.keys, "plain", Scope.READ, Scope.INGEST)

    async def scenario(client: Client) -> None:
        client.headers.update(plain)
        shown = await post(client, 120)
        before = await places(client)
        assert before.keys() == shown
        assert (await client.post("/v1/reindex", json={"settings": dict(UNPRIMED)})).json()["code"] == "missing_scope"
        assert (await client.get("/v1/jobs")).status_code == 403
        client.headers.update(chief)
        everything = await places(client)
        assert everything.keys() > shown
        path = f"/v1/jobs/{(await ready(client))['job_id']}"
        assert (await client.get(f"{path}/diff")).json()["article_count"] == len(everything)

        event = (await client.post(f"{path}/activate")).json()["event_seq"]
        after = await places(client)
        assert after.keys() == everything.keys()
        assert after != everything
        client.headers.update(plain)
        assert await places(client) == {article_id: after[article_id] for article_id in shown}
        await check_told(client, event, before, {article_id: after[article_id] for article_id in shown})
        await check_unseen(client, after, shown)

        client.headers.update(chief)
        assert (await client.post(f"{path}/rollback")).status_code == 200
        assert await places(client) == everything
        client.headers.update(plain)
        assert await places(client) == before

    house.run(scenario)
