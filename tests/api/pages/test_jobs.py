"""Re-indexing on pages: asked for, refused with a way on, looked at, put into force, taken back; for admins."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx

from dedupe.access import Scope
from tests.api.guardhouse import Guardhouse, made
from tests.api.pages.articles import post_all
from tests.api.pages.test_editing import token
from tests.api.pages.test_session import PERSON, sign_in


async def send(client: httpx.AsyncClient, path: str, **fields: str) -> httpx.Response:
    """Send the form of a page."""
    return await client.post(path, data={"token": await token(client)} | fields)


async def opened(client: httpx.AsyncClient, **fields: str) -> str:
    """Open a job on its page and return its address once it is ready."""
    answer = await send(client, "/jobs", **fields)
    assert answer.status_code == 303, answer.text
    address = answer.headers["location"]
    while "ready to look at" not in (await client.get(address)).text:
        await asyncio.sleep(0.05)
    return address


def test_a_reindex_is_put_into_force_and_taken_back(newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        first, copy, _ = await post_all(client)
        address = await opened(client, coverage="0.98", shingle_size="3", prior="yes", cluster_window_days="10")
        page = (await client.get(address)).text
        assert "make it a copy: 0.98, now 0.65" in page
        assert "compared: 3, now 5" in page
        assert "cluster_window" not in page
        assert "0 articles of 3 would be in another cluster: 0 % churn." in page
        done = await send(client, f"{address}/activate")
        assert (done.status_code, done.headers["location"]) == (303, address)
        page = (await client.get(address)).text
        assert "<h1>Re-index, in force</h1>" in page
        assert "put into force" in page
        assert "0 articles of 3 came to another cluster" in page
        for looked_at in (f"/clusters/{first['cluster_id']}", f"/articles/{copy['article_id']}", "/", "/health"):
            assert (await client.get(looked_at)).status_code == 200, looked_at
        cluster = (await client.get(f"/clusters/{first['cluster_id']}")).text
        assert "It opened a cluster: nothing that came before" in cluster
        assert "It is a copy" not in cluster  # no longer, by the settings in force
        compared = await client.get(f"/compare?left={first['article_id']}&right={copy['article_id']}")
        assert compared.status_code == 200
        assert (await send(client, f"{address}/rollback")).status_code == 303
        assert "Re-index, rolled back" in (await client.get(address)).text
        assert "It is a copy" in (await client.get(f"/clusters/{first['cluster_id']}")).text

    newsroom.run(scenario)


def test_one_is_open_at_a_time_and_can_be_discarded(newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        assert "No job so far." in (await client.get("/jobs")).text
        address = await opened(client)
        page = (await client.get("/jobs")).text
        assert "One is ready to look at" in page
        assert '<form class="stack"' not in page
        refused = await send(client, "/jobs", coverage="0.7")
        assert refused.status_code == 409
        assert "Nothing was begun." in refused.text
        too_early = await send(client, f"{address}/rollback")
        assert too_early.status_code == 409
        assert "Nothing was changed." in too_early.text
        assert "Put it into force" in too_early.text
        gone = await send(client, f"{address}/discard")
        assert (gone.status_code, gone.headers["location"]) == (303, "/jobs")
        assert "Discarded" in (await client.get("/jobs")).text
        assert (await send(client, f"{address}/repaint")).status_code == 404
        assert (await send(client, "/jobs/job_none/activate")).status_code == 404
        assert (await client.get("/jobs/job_none")).status_code == 404

    newsroom.run(scenario)


def test_a_setting_that_cannot_be_used_is_told_beside_what_was_typed(newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        for name, typed, said in (
            ("coverage", "two thirds", "must be a number"),
            ("coverage", "nan", "must lie in 0.01..0.99"),
            ("bands", "7.5", "must be a whole number"),
            ("prior", "perhaps", "must be true or false"),
        ):
            refused = await send(client, "/jobs", **{name: typed})
            assert refused.status_code == 422
            assert said in refused.text
            assert "<details open>" in refused.text
            assert f'value="{typed}"' in refused.text or name == "prior" or typed == "nan"
        foreign = await client.post("/jobs", data={"token": "x"})
        assert foreign.status_code == 403
        assert "No job so far." in (await client.get("/jobs")).text

    newsroom.run(scenario)


def test_who_may_not_reindex_is_not_led_there(newsroom: Any) -> None:
    house = Guardhouse(newsroom)
    editor = made(house.keys, "ed1", Scope.READ, Scope.EDIT, Scope.EMBARGO)
    admin = made(house.keys, "ad1", Scope.ADMIN)

    async def scenario(client: httpx.AsyncClient) -> None:
        await sign_in(client, editor)
        assert "Re-index" not in (await client.get("/", headers=PERSON)).text
        refused = await client.get("/jobs", headers=PERSON)
        assert refused.status_code == 403
        assert "ask whoever runs this server" in refused.text
        client.cookies.clear()
        await sign_in(client, admin)
        assert 'href="/jobs"' in (await client.get("/", headers=PERSON)).text
        assert (await client.get("/jobs", headers=PERSON)).status_code == 200

    house.run(scenario)
