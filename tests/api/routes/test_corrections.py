"""Editors' decisions over HTTP: what is answered, what is refused and how, and what readers see of it."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from api import decisions, examples

FERRY = (
    "The ferry Aurora ran aground at dawn on Monday off the northern breakwater, and all 212 people were brought ashore"
)
EVENTS = {
    "ferry": f"{FERRY} by two tugs before noon, the coast guard said.",
    "bank": "Halvern Mutual said on Tuesday it would take over Eastlow Savings Bank for 8.9 billion crowns in shares.",
    "snow": "Snow closed the Karsal pass on Wednesday night; lorries waited in the valley until ploughs cleared it.",
    "vote": "Voters in Norvik chose a new mayor on Sunday after a recount in four districts that took all evening.",
}
ADA = {"actor": "Ada", "note": "as the desk said"}


async def news(client: httpx.AsyncClient) -> dict[str, dict[str, Any]]:
    """Post an article about each event, and a copy of the ferry's; return the answers by name."""
    answers = {}
    for name, text in EVENTS.items():
        answers[name] = await post(client, title=f"About the {name}", text=text, source="Courier", uri=name)
    answers["copy"] = await post(client, title="All safe", text=EVENTS["ferry"], source="Herald", uri="copy")
    assert len({answer["cluster_id"] for answer in answers.values()}) == 4
    return answers


async def post(client: httpx.AsyncClient, **article: str) -> dict[str, Any]:
    answer = await client.post("/v1/articles", json=article)
    assert answer.status_code in (200, 201), answer.text
    answered: dict[str, Any] = answer.json()
    return answered


async def cluster_of(client: httpx.AsyncClient, answer: dict[str, Any]) -> str:
    found: str = (await client.get(f"/v1/articles/{answer['article_id']}")).json()["assignment"]["cluster_id"]
    return found


async def merge(client: httpx.AsyncClient, one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    answer = await client.post(
        f"/v1/clusters/{one['cluster_id']}/merge", json=ADA | {"cluster_id": other["cluster_id"]}
    )
    assert answer.status_code == 200, answer.text
    merged: dict[str, Any] = answer.json()
    return merged


def test_an_article_is_moved_and_the_move_taken_back(newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        said = await news(client)
        place = f"/v1/articles/{said['copy']['article_id']}/cluster"
        target = said["bank"]["cluster_id"]
        answer = await client.put(place, json=ADA | {"cluster_id": target})
        moved = answer.json()
        assert answer.status_code == 200
        assert moved.keys() == examples.MOVED.keys()
        assert isinstance(decisions.DecisionOut.model_validate_json(answer.content), decisions.DecisionOut)
        assert (moved["kind"], moved["cluster_id"], moved["actor"]) == ("moved", target, "Ada")
        assert set(moved["article_ids"]) == {said["copy"]["article_id"], said["ferry"]["article_id"]}
        assert await cluster_of(client, said["ferry"]) == target
        old = await client.get(f"/v1/clusters/{said['ferry']['cluster_id']}")
        assert (old.status_code, old.headers["location"]) == (308, f"/v1/clusters/{target}")

        back = await client.delete(place, params={"actor": "Ben"})
        assert (back.status_code, back.json()["undoes"], back.json()["actor"]) == (200, moved["seq"], "Ben")
        assert await cluster_of(client, said["copy"]) not in (target, said["ferry"]["cluster_id"])
        again = await client.delete(place, params={"actor": "Ben"})
        assert (again.status_code, again.json()["code"]) == (404, "unknown_constraint")

    newsroom.run(scenario)


def test_an_article_gets_a_cluster_of_its_own(newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        said = await news(client)
        await merge(client, said["bank"], said["snow"])
        answer = await client.put(f"/v1/articles/{said['vote']['article_id']}/cluster", json=ADA | {"cluster_id": None})
        assert (answer.json()["cluster_id"], answer.json()["from_cluster_id"]) == (said["vote"]["cluster_id"], None)

    newsroom.run(scenario)


def test_old_ids_lead_to_the_last_survivor(newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        said = await news(client)
        for one, other in (("vote", "snow"), ("snow", "bank"), ("bank", "ferry")):
            await merge(client, said[one], said[other])
        survivor = said["ferry"]["cluster_id"]
        for name in ("bank", "snow", "vote"):
            for suffix in ("", "/articles"):
                answer = await client.get(f"/v1/clusters/{said[name]['cluster_id']}{suffix}")
                assert (answer.status_code, answer.headers["location"]) == (308, f"/v1/clusters/{survivor}{suffix}")
        assert (await client.get(f"/v1/clusters/{survivor}")).json()["size"] == 5
        again = await client.post(
            f"/v1/clusters/{said['vote']['cluster_id']}/merge", json=ADA | {"cluster_id": survivor}
        )
        assert (again.status_code, again.json()["code"]) == (422, "invalid_correction")

    newsroom.run(scenario)


def test_a_split_is_kept_and_a_contradiction_names_both(newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        said = await news(client)
        merged = await merge(client, said["ferry"], said["bank"])
        bank, ferry = said["bank"]["article_id"], said["ferry"]["cluster_id"]
        refused = await client.post(f"/v1/clusters/{ferry}/split", json=ADA | {"article_ids": [bank]})
        assert (refused.status_code, refused.json()["code"]) == (409, "contradiction")
        assert refused.headers["content-type"] == "application/problem+json"
        assert refused.json()["standing"]["seq"] == merged["seq"]
        await client.post(f"/v1/constraints/{merged['seq']}/undo", json=ADA)

        assert await cluster_of(client, said["bank"]) not in (ferry, said["bank"]["cluster_id"])
        apart = {"rule": "cannot_link", "article_ids": [said["ferry"]["article_id"], bank]}
        told = await client.post("/v1/constraints", json=ADA | apart)
        assert (told.status_code, told.headers["location"]) == (201, f"/v1/constraints/{told.json()['seq']}")
        linked = await client.post("/v1/constraints", json=apart | {"rule": "must_link", "actor": "Ben"})
        problem = linked.json()
        assert (linked.status_code, problem["code"]) == (409, "contradiction")
        standing, asked = problem["standing"], problem["refused"]
        assert (standing["seq"], standing["rule"], standing["actor"]) == (told.json()["seq"], "cannot_link", "Ada")
        assert (asked["rule"], asked["actor"], asked["article_ids"]) == ("must_link", "Ben", apart["article_ids"])
        assert standing["at"] == told.json()["at"] < asked["at"]
        assert standing["at"].endswith("Z")
        assert f"/v1/constraints/{standing['seq']}/undo" in problem["detail"]

    newsroom.run(scenario)


def test_decisions_are_listed_and_looked_at(newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        said = await news(client)
        pins = []
        for name in ("ferry", "bank", "snow"):
            pin = {"rule": "pin", "article_ids": [said[name]["article_id"]]}
            pins.append((await client.post("/v1/constraints", json=ADA | pin)).json()["seq"])
        undone = (await client.post(f"/v1/constraints/{pins[1]}/undo", json=ADA)).json()
        page = (await client.get("/v1/constraints?limit=1")).json()
        rest = await client.get("/v1/constraints", params={"limit": 1, "cursor": page["next_cursor"]})
        assert [row["seq"] for row in page["constraints"] + rest.json()["constraints"]] == [pins[0], pins[2]]
        assert rest.json()["next_cursor"] is None
        every = await client.get("/v1/constraints?in_force=false")
        assert [row["undone_by"] for row in every.json()["constraints"]] == [None, undone["seq"], None]
        one = await client.get(f"/v1/constraints/{pins[1]}")
        assert one.json().keys() == examples.CONSTRAINT.keys()
        assert (one.json()["rule"], one.json()["undone_by"]) == ("pin", undone["seq"])
        for address in ("/v1/constraints", f"/v1/constraints/{pins[1]}"):
            known = {"If-None-Match": (await client.get(address)).headers["etag"]}
            assert (await client.get(address, headers=known)).status_code == 304
        twice = await client.post(f"/v1/constraints/{pins[1]}/undo", json=ADA)
        assert (twice.status_code, twice.json()["code"]) == (409, "already_undone")

    newsroom.run(scenario)


def test_lineage_tells_what_happened(newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        said = await news(client)
        ferry, bank = said["ferry"]["cluster_id"], said["bank"]["cluster_id"]
        await merge(client, said["ferry"], said["bank"])
        await client.put(f"/v1/articles/{said['snow']['article_id']}/cluster", json=ADA | {"cluster_id": ferry})
        await client.delete(f"/v1/articles/{said['snow']['article_id']}/cluster", params=ADA)
        await client.delete(f"/v1/articles/{said['bank']['article_id']}")
        path = f"/v1/clusters/{ferry}/lineage"
        lineage = (await client.get(path)).json()
        kinds = ["opened", "merged", "moved", "undone", "withdrawn"]
        assert [event["kind"] for event in lineage["events"]] == kinds
        assert (lineage["arrivals"], lineage["merged_into"]) == ({"opened": 1, "copied": 1}, None)
        met, cursor = [], None
        while True:
            page = await client.get(path, params={"limit": 2} | ({"cursor": cursor} if cursor else {}))
            met += page.json()["events"]
            cursor = page.json()["next_cursor"]
            assert ('rel="next"' in page.headers.get("link", "")) == (cursor is not None)
            if cursor is None:
                break
        assert met == lineage["events"]
        old = (await client.get(f"/v1/clusters/{bank}/lineage")).json()
        assert ([event["kind"] for event in old["events"]], old["merged_into"]) == (["opened", "merged"], ferry)
        changes = (await client.get("/v1/changes?kind=moved&kind=undone&kind=merged")).json()["changes"]
        assert [change["kind"] for change in changes] == ["merged", "moved", "undone"]
        known = {"If-None-Match": (await client.get(path)).headers["etag"]}
        assert (await client.get(path, headers=known)).status_code == 304
        missing = await client.get("/v1/clusters/clu_0000000000000/lineage")
        assert (missing.status_code, missing.json()["code"]) == (404, "unknown_cluster")

    newsroom.run(scenario)


ART, CLU = "art_0000000000000", "clu_0000000000000"


PLACE, SPLIT = f"/v1/articles/{ART}/cluster", f"/v1/clusters/{CLU}/split"
BINDING = "/v1/constraints"


@pytest.mark.parametrize(
    ("request_line", "body", "answered", "field"),
    [
        (f"PUT {PLACE}", {"actor": "Ada", "cluster_id": None}, "404 unknown_article", None),
        ("PUT /v1/articles/x/cluster", {"actor": "Ada", "cluster_id": None}, "404 unknown_article", None),
        (f"PUT {PLACE}", {"actor": "Ada"}, "422 invalid_correction", "cluster_id"),
        (f"PUT {PLACE}", {"cluster_id": None}, "422 invalid_correction", "actor"),
        (f"PUT {PLACE}", {"actor": " ", "cluster_id": None}, "422 invalid_correction", "actor"),
        (f"PUT {PLACE}", {"actor": "A" * 201, "cluster_id": None}, "422 invalid_correction", "actor"),
        (f"PUT {PLACE}", ADA | {"cluster_id": 7}, "422 invalid_correction", "cluster_id"),
        (f"PUT {PLACE}", ADA | {"cluster_id": None, "x": 1}, "422 invalid_correction", "x"),
        (f"PUT {PLACE}", b"{", "400 malformed_json", "body"),
        (f"PUT {PLACE}", b" " * 1_000_001, "413 body_too_large", None),
        (f"DELETE {PLACE}", None, "422 invalid_query", "actor"),
        (f"DELETE {PLACE}?actor=Ada", None, "404 unknown_article", None),
        (f"POST /v1/clusters/{CLU}/merge", ADA | {"cluster_id": CLU}, "404 unknown_cluster", None),
        (f"POST {SPLIT}", ADA | {"article_ids": []}, "422 invalid_correction", "article_ids"),
        (f"POST {SPLIT}", ADA | {"article_ids": [ART]}, "404 unknown_cluster", None),
        (f"POST {SPLIT}", ADA | {"article_ids": [ART], "note": "n" * 2_001}, "422 invalid_correction", "note"),
        (f"POST {BINDING}", ADA | {"rule": "nail", "article_ids": [ART]}, "422 invalid_correction", "rule"),
        (f"POST {BINDING}", ADA | {"rule": "merge", "article_ids": [ART]}, "422 invalid_correction", "rule"),
        (f"POST {BINDING}", ADA | {"rule": "pin", "article_ids": [ART, CLU]}, "422 invalid_correction", "article_ids"),
        (f"POST {BINDING}", ADA | {"rule": "must_link", "article_ids": [ART]}, "422 invalid_correction", "article_ids"),
        (f"POST {BINDING}/1/undo", ADA, "404 unknown_constraint", None),
        (f"POST {BINDING}/x/undo", ADA, "422 invalid_query", "seq"),
        (f"GET {BINDING}/{2**63}", None, "422 invalid_query", "seq"),
        (f"GET {BINDING}/7", None, "404 unknown_constraint", None),
        (f"GET {BINDING}?cursor=nonsense", None, "422 invalid_query", "cursor"),
        (f"POST {PLACE}", ADA, "405 method_not_allowed", None),
    ],
)
def test_what_cannot_be_done_is_a_problem(
    newsroom: Any, request_line: str, body: Any, answered: str, field: str | None
) -> None:
    method, path = request_line.split()

    async def scenario(client: httpx.AsyncClient) -> httpx.Response:
        if isinstance(body, bytes):
            return await client.request(method, path, content=body, headers={"content-type": "application/json"})
        return await client.request(method, path, json=body)

    answer = newsroom.run(scenario)
    assert f"{answer.status_code} {answer.json()['code']}" == answered, answer.text
    if field:
        assert answer.json()["errors"][0]["field"] == field
    assert newsroom.store.last_seq() == 0


def test_a_body_of_another_type_is_refused(newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> httpx.Response:
        return await client.post("/v1/constraints/1/undo", content=b"actor=Ada")

    answer = newsroom.run(scenario)
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


def test_decisions_need_a_key_where_one_is_asked_for(open_newsroom: Any) -> None:
    newsroom = open_newsroom(key_digests=frozenset({b"nobody's"}))

    async def scenario(client: httpx.AsyncClient) -> httpx.Response:
        return await client.post("/v1/constraints/1/undo", json=ADA)

    assert newsroom.run(scenario).json()["code"] == "unauthorised"
