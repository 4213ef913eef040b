"""Entity tags on every GET of data: 304 while it stays the same, for whoever sees the same; HEAD beside every GET."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from dedupe.access import Scope
from tests.api.guardhouse import Guardhouse, made

FERRY = {
    "title": "Ferry aground off Skerrin",
    "text": "A ferry with 200 aboard ran aground off Skerrin.",
    "source": "A",
}
STORM = {"title": "Storm over Halvern", "text": "A storm took roofs from Halvern.", "source": "B"}
PASSING = frozenset({"x-request-id", "date", "ratelimit"})
STREAM = "/v1/changes/stream"
WEBHOOK = {"url": "http://127.0.0.1:9/hook", "kinds": ["cluster.opened"]}


def walked(routes: Any) -> Iterator[Any]:
    for route in routes:
        router = getattr(route, "original_router", None)
        yield from [route] if router is None else walked(router.routes)


async def named(client: httpx.AsyncClient) -> dict[str, str]:
    """Return what the parameters of addresses may stand for, having seen to it that it is there."""
    placed = (await client.post("/v1/articles", json=FERRY)).json()
    await client.post("/v1/articles", json=FERRY | {"source": "C"})
    await client.post("/v1/articles", json=STORM)
    pin = {"rule": "pin", "article_ids": [placed["article_id"]], "actor": "ada"}
    seq = (await client.post("/v1/constraints", json=pin)).json()["seq"]
    webhook = (await client.post("/v1/webhooks", json=WEBHOOK)).json()["webhook_id"]
    job = (await client.post("/v1/reindex", json={})).json()["job_id"]
    while (await client.get(f"/v1/jobs/{job}", params={"wait": 1})).json()["state"] == "building":
        pass
    values = {"article_id": placed["article_id"], "cluster_id": placed["cluster_id"], "seq": str(seq), "form": "json"}
    return values | {"webhook_id": webhook, "job_id": job, "what": "move"}


def addresses(app: Any, values: dict[str, str]) -> Iterator[tuple[Any, str]]:
    """Yield every route that answers GET, with an address of it."""
    for route in walked(app.routes):
        if "GET" in route.methods and not route.path.startswith("/static/"):
            asked = f"?left={values['article_id']}&right={values['article_id']}" if "compare" in route.path else ""
            yield route, route.path.format(**values) + asked


def test_head_is_answered_wherever_get_is(open_newsroom: Any) -> None:
    newsroom = open_newsroom(may_reach_private=True)

    async def scenario(client: httpx.AsyncClient) -> None:
        pairs = list(addresses(newsroom.app, await named(client)))
        assert len(pairs) > 35
        for route, address in pairs:
            head = await client.head(address)
            assert (head.status_code < 400, head.content) == (route.path != "/decide/{what}", b""), address
            if address == STREAM:
                assert head.headers["content-type"].startswith("text/event-stream")
                continue
            got = await client.get(address)
            assert head.status_code == got.status_code
            if route.path not in ("/metrics", "/health", "/jobs/{job_id}"):  # say how much was asked, and how it goes
                shown = [{name: value for name, value in one.headers.items() if name not in PASSING | {"set-cookie"}}
                         for one in (head, got)]  # fmt: skip
                assert shown[0] == shown[1], address
        assert newsroom.app.state.service.streams.open_count == 0

    newsroom.run(scenario)


def test_every_look_at_data_is_spared_while_it_stays_the_same(open_newsroom: Any) -> None:
    newsroom = open_newsroom(may_reach_private=True)

    async def scenario(client: httpx.AsyncClient) -> None:
        values = await named(client)
        tagged = {}
        for route, address in addresses(newsroom.app, values):
            answer = await client.get(address) if route.path != STREAM else await client.head(address)
            is_data = route.path.startswith("/v1/") and route.path != STREAM
            assert ("etag" in answer.headers) == is_data, address
            if is_data:
                tagged[address] = answer.headers["etag"]
        assert len(set(tagged.values())) == len(tagged) > 20
        for address, tag in tagged.items():
            for method in ("GET", "HEAD"):
                answer = await client.request(method, address, headers={"If-None-Match": tag})
                assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", tag), address
        await client.post("/v1/articles", json=STORM | {"source": "D"})
        still = {
            address
            for address, tag in tagged.items()
            if (await client.get(address, headers={"If-None-Match": tag})).status_code == 304
        }
        # What another cluster gained concerns neither this one nor what is no part of the log.
        cluster = f"/v1/clusters/{values['cluster_id']}"
        assert {cluster, f"{cluster}/articles", f"{cluster}/timeline", f"{cluster}/provenance"} <= still
        assert all(address.startswith((cluster, "/v1/jobs", "/v1/webhooks")) for address in still)

    newsroom.run(scenario)


def test_another_run_of_the_service_gives_out_other_tags(newsroom: Any) -> None:
    async def tag(client: httpx.AsyncClient) -> str:
        return (await client.get("/v1/clusters")).headers["etag"]

    first = newsroom.run(tag)
    assert Guardhouse(newsroom).run(tag) not in ("", first)


def test_a_tag_is_of_what_its_reader_sees_however_the_reader_says_so(newsroom: Any) -> None:
    house = Guardhouse(newsroom)
    keys = {
        "desk": made(house.keys, "a1", Scope.READ, Scope.INGEST),
        "other": made(house.keys, "a2", Scope.READ, Scope.INGEST),
        "early": made(house.keys, "a3", Scope.READ, Scope.EMBARGO),
    }

    async def scenario(client: httpx.AsyncClient) -> None:
        secret = FERRY | {"embargoed_until": "2999-01-01T00:00:00Z"}
        address = (await client.post("/v1/articles", json=STORM, headers=keys["desk"])).headers["location"]
        await client.post("/v1/articles", json=secret, headers=keys["desk"])
        for path in ("/v1/clusters", address, "/v1/changes"):
            tags = {name: (await client.get(path, headers=key)).headers["etag"] for name, key in keys.items()}
            assert tags["desk"] == tags["other"] != tags["early"]
            known = {"If-None-Match": tags["desk"]}
            assert (await client.get(path, headers=keys["other"] | known)).status_code == 304
            assert (await client.get(path, headers=keys["early"] | known)).status_code == 200
        # In a browser it is the session that says who asks.
        sessions = house.app.state.sessions
        seen = {}
        for name in ("desk", "early"):
            cookie = sessions.begin(keys[name]["Authorization"].removeprefix("Bearer "))
            answer = await client.get("/v1/clusters", headers={"Cookie": f"storyfold_session={cookie}"})
            seen[name] = answer.headers["etag"], len(answer.json()["clusters"])
        assert seen["desk"][0] != seen["early"][0]
        assert (seen["desk"][1], seen["early"][1]) == (1, 2)

    house.run(scenario)


@pytest.mark.parametrize(("scopes", "status"), [((Scope.INGEST,), 403), ((Scope.READ,), 304)])
def test_who_may_not_look_is_not_told_that_nothing_changed(newsroom: Any, scopes: Any, status: int) -> None:
    house = Guardhouse(newsroom)
    reader, asking = made(house.keys, "a1", Scope.READ, rate="2/hour"), made(house.keys, "b1", *scopes)

    async def scenario(client: httpx.AsyncClient) -> None:
        tag = (await client.get("/v1/clusters", headers=reader)).headers["etag"]
        known = {"If-None-Match": tag}
        assert (await client.get("/v1/clusters", headers=known)).status_code == 401
        assert (await client.get("/v1/clusters", headers=asking | known)).status_code == status
        answer = await client.get("/v1/clusters", headers=reader | known)
        assert answer.status_code == 304
        assert answer.headers["ratelimit"].startswith('"key";r=0;')
        assert (await client.get("/v1/clusters", headers=reader | known)).status_code == 429

    house.run(scenario)


def test_who_waits_for_a_change_waits_with_a_tag_too(newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        await client.post("/v1/articles", json=FERRY)
        path = "/v1/changes?after=1&wait=20"
        tag = (await client.get("/v1/changes?after=1&wait=0.01")).headers["etag"]
        assert (await client.get("/v1/changes?after=1&wait=0.01", headers={"If-None-Match": tag})).status_code == 304
        waiting = asyncio.create_task(client.get(path, headers={"If-None-Match": tag}))
        done, _ = await asyncio.wait([waiting], timeout=0.3)
        assert not done
        await client.post("/v1/articles", json=STORM)
        assert [change["seq"] for change in (await waiting).json()["changes"]] == [2]

    newsroom.run(scenario)
