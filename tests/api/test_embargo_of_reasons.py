"""What is embargoed is absent from every answer: reasons, comparisons, neighbours, histories, exports, decisions."""

from __future__ import annotations

import csv
import io
from typing import Any

import httpx
import pytest

from tests.api.test_embargo import ADMIN, FOLLOW_UP, TEXT, article, post, room, views

HELD = {"pub_status": "withheld"}
LONGER = TEXT + " The captain told reporters at noon that a chart had been out of date since last autumn."


async def seen_and_hidden(client: httpx.AsyncClient) -> tuple[dict[str, Any], dict[str, Any]]:
    """Post an embargoed article and one that everyone may see, in its cluster and a copy of it."""
    hidden = await post(client, article("wire", title="Secret headline", **HELD))
    seen = await post(client, article("paper", title="Ferry Aurora stuck"))
    assert (seen["cluster_id"], seen["decision"]) == (hidden["cluster_id"], "copied")
    return seen, hidden


async def status(client: httpx.AsyncClient, path: str, **options: Any) -> tuple[int, int]:
    """Return how a GET is answered to everyone, and to the holder of the key that sees what is embargoed."""
    both = [await client.get(path, **options), await client.get(path, **options, headers=ADMIN)]
    return both[0].status_code, both[1].status_code


@pytest.mark.parametrize("path", ["", "/explanation", "/similar"])
def test_an_embargoed_article_is_unknown(open_newsroom: Any, path: str) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        hidden = await post(client, article("wire", **HELD))
        assert await status(client, f"/v1/articles/{hidden['article_id']}{path}") == (404, 200)

    room(open_newsroom).run(scenario)


@pytest.mark.parametrize(
    "path", ["", "/articles", "/round-ups", "/related", "/provenance", "/timeline", "/lineage", ".json", ".rss", ".csv"]
)
def test_a_cluster_of_nothing_else_is_unknown(open_newsroom: Any, path: str) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        hidden = await post(client, article("wire", **HELD))
        assert await status(client, f"/v1/clusters/{hidden['cluster_id']}{path}") == (404, 200)

    room(open_newsroom).run(scenario)


def test_it_is_not_compared_by_its_id(open_newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        seen, hidden = await seen_and_hidden(client)
        for pair in ((seen, hidden), (hidden, seen)):
            ids = dict(zip(("left", "right"), (one["article_id"] for one in pair), strict=True))
            assert await status(client, "/v1/compare", params=ids) == (404, 200)
            body = {"left": {"title": "Ferry Aurora aground", "text": TEXT}, "right": {"article_id": ids["right"]}}
            wanted = 404 if pair[1] is hidden else 200
            assert (await client.post("/v1/compare", json=body)).status_code == wanted
            assert (await client.post("/v1/compare", json=body, headers=ADMIN)).status_code == 200

    room(open_newsroom).run(scenario)


def test_explanations_name_no_hidden_original(open_newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        seen, hidden = await seen_and_hidden(client)
        plain, whole = await views(client, f"/v1/articles/{seen['article_id']}/explanation")
        assert whole["duplicate_of"]["article_id"] == whole["nearest"]["article_id"] == hidden["article_id"]
        assert (plain["duplicate_of"], plain["nearest"], plain["passages"]) == (None, None, [])
        assert hidden["article_id"] not in str(plain)
        assert "copy" in plain["summary"]

    room(open_newsroom).run(scenario)


def test_explanations_name_no_hidden_neighbour_and_no_unpublished_cluster(open_newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        hidden = await post(client, article("wire", title="Secret headline", **HELD))
        joined = await post(client, article("paper", FOLLOW_UP, title="Ferry Aurora refloated"))
        plain, whole = await views(client, f"/v1/articles/{joined['article_id']}/explanation")
        assert hidden["article_id"] in str(whole)
        assert hidden["article_id"] not in str(plain)
        if joined["cluster_id"] != hidden["cluster_id"]:
            assert hidden["cluster_id"] not in str(plain)

    room(open_newsroom).run(scenario)


def test_an_article_that_was_released_explains_itself(open_newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        await post(client, article("paper", title="Ferry Aurora stuck"))
        hidden = await post(client, article("wire", **HELD))
        await post(client, article("wire"))
        plain, whole = await views(client, f"/v1/articles/{hidden['article_id']}/explanation")
        assert plain == whole
        assert (plain["article_id"], plain["decision"]) == (hidden["article_id"], "revised")

    room(open_newsroom).run(scenario)


def test_an_explanation_names_no_cluster_that_nobody_was_told_of(open_newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        other = await elsewhere(client)
        hidden = await post(client, article("wire", **HELD))
        merge = await client.post(
            f"/v1/clusters/{hidden['cluster_id']}/merge", **by(ADMIN, cluster_id=other["cluster_id"])
        )
        assert merge.json()["cluster_id"] == other["cluster_id"]
        assert [one["kind"] for one in (await client.get("/v1/changes")).json()["changes"]] == ["opened"]
        await post(client, article("wire"))
        plain, whole = await views(client, f"/v1/articles/{hidden['article_id']}/explanation")
        assert (plain["placed_in"], plain["later"]) == (other["cluster_id"], [])
        assert hidden["cluster_id"] not in str(plain)
        assert whole["cluster_id"] == other["cluster_id"]

    room(open_newsroom).run(scenario)


def test_neighbours_and_provenance_leave_it_out(open_newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        seen, hidden = await seen_and_hidden(client)
        other = await post(client, article("third", LONGER, title="Ferry Aurora aground again"))
        plain, whole = await views(client, f"/v1/articles/{seen['article_id']}/similar")
        assert hidden["article_id"] not in [one["article_id"] for one in plain["articles"]]
        assert {hidden["article_id"], other["article_id"]} <= {one["article_id"] for one in whole["articles"]}
        plain, whole = await views(client, f"/v1/clusters/{seen['cluster_id']}/provenance")
        assert hidden["article_id"] not in str(plain)
        assert hidden["article_id"] in str(whole)
        plain, whole = await views(client, f"/v1/clusters/{seen['cluster_id']}/timeline")
        assert sum(hour["articles"] for hour in plain["hours"]) + 1 == sum(hour["articles"] for hour in whole["hours"])

    room(open_newsroom).run(scenario)


def test_related_clusters_leave_it_out(open_newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        early = "2025-06-02T06:40:00Z"
        hidden = await post(client, article("wire", title="Ferry Aurora aground", published_at=early, **HELD))
        later = "The ferry Aurora, which ran aground off the northern breakwater, was sold to a museum for two million."
        seen = await post(client, article("paper", later, title="Ferry Aurora becomes a museum"))
        apart = await client.put(f"/v1/articles/{seen['article_id']}/cluster", **by({}, cluster_id=None))
        plain, whole = await views(client, f"/v1/clusters/{apart.json()['cluster_id']}/related")
        assert [one["cluster_id"] for one in plain["clusters"]] == []
        assert [one["cluster_id"] for one in whole["clusters"]] == [hidden["cluster_id"]]

    room(open_newsroom).run(scenario)


def test_exports_leave_it_out(open_newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        seen, hidden = await seen_and_hidden(client)
        for path in (f"/v1/clusters/{seen['cluster_id']}.csv", f"/v1/clusters/{seen['cluster_id']}.json"):
            assert hidden["article_id"] not in (await client.get(path)).text
            assert hidden["article_id"] in (await client.get(path, headers=ADMIN)).text
        for key, headline, size in (({}, "Ferry Aurora stuck", "1"), (ADMIN, "Secret headline", "2")):
            table = (await client.get("/v1/clusters.csv", headers=key)).text
            (row,) = csv.DictReader(io.StringIO(table.removeprefix("\ufeff")))
            assert (row["headline"], row["size"]) == (headline, size)

    room(open_newsroom).run(scenario)


def test_lineage_begins_where_everyone_was_told(open_newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        seen, _ = await seen_and_hidden(client)
        plain, whole = await views(client, f"/v1/clusters/{seen['cluster_id']}/lineage")
        assert [event["seq"] for event in plain["events"]] == [2]
        assert [event["seq"] for event in whole["events"]] == [1]
        assert (plain["arrivals"], whole["arrivals"]) == ({"copied": 1}, {"opened": 1, "copied": 1})

    room(open_newsroom).run(scenario)


def by(key: dict[str, str], **fields: Any) -> dict[str, Any]:
    return {"json": {"actor": "Ada", "note": "the embargoed one", **fields}, "headers": key}


async def elsewhere(client: httpx.AsyncClient) -> dict[str, Any]:
    return await post(client, article("third", "Voters in Norvik chose a mayor on Sunday.", title="Norvik votes"))


def test_decisions_about_it_are_hidden_too(open_newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        seen, hidden = await seen_and_hidden(client)
        pin = {"rule": "pin", "article_ids": [hidden["article_id"]]}
        pinned = await client.post("/v1/constraints", **by(ADMIN, **pin))
        assert pinned.status_code == 201
        seq = pinned.json()["seq"]
        plain, whole = await views(client, "/v1/constraints")
        assert (plain["constraints"], [one["seq"] for one in whole["constraints"]]) == ([], [seq])
        assert await status(client, f"/v1/constraints/{seq}") == (404, 200)
        assert seq not in [one["seq"] for one in (await client.get("/v1/changes")).json()["changes"]]
        plain, whole = await views(client, f"/v1/clusters/{seen['cluster_id']}/lineage")
        assert (seq in [e["seq"] for e in plain["events"]], seq in [e["seq"] for e in whole["events"]]) == (False, True)
        assert (await client.post(f"/v1/constraints/{seq}/undo", **by({}))).status_code == 404
        assert (await client.post(f"/v1/constraints/{seq}/undo", **by(ADMIN))).status_code == 200
        assert (await client.get("/v1/changes?kind=undone")).json()["changes"] == []

    room(open_newsroom).run(scenario)


def test_a_refusal_tells_nothing_of_it(open_newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        (seen, hidden), other = await seen_and_hidden(client), await elsewhere(client)
        await client.post("/v1/constraints", **by(ADMIN, rule="pin", article_ids=[hidden["article_id"]]))
        moving = by({}, cluster_id=other["cluster_id"])
        refused = await client.put(f"/v1/articles/{seen['article_id']}/cluster", **moving)
        assert (refused.status_code, refused.json()["code"]) == (409, "contradiction")
        assert refused.json()["standing"]["article_ids"] == []
        assert refused.json()["standing"]["note"] is None
        assert refused.json()["refused"]["article_ids"] == [seen["article_id"]]
        told = await client.put(f"/v1/articles/{seen['article_id']}/cluster", **(moving | {"headers": ADMIN}))
        assert told.json()["standing"]["article_ids"] == [hidden["article_id"]]

    room(open_newsroom).run(scenario)


def test_a_move_that_takes_it_along_tells_of_the_others(open_newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        (seen, _), other = await seen_and_hidden(client), await elsewhere(client)
        moving = by({}, cluster_id=other["cluster_id"])
        moved = await client.put(f"/v1/articles/{seen['article_id']}/cluster", **moving)
        assert moved.json()["article_ids"] == [seen["article_id"]], "its hidden copy goes along untold"
        (change,) = (await client.get("/v1/changes?kind=moved")).json()["changes"]
        assert change["article_id"] == seen["article_id"]
        plain, whole = await views(client, f"/v1/constraints/{change['seq']}")
        assert (plain["article_ids"], len(whole["article_ids"])) == ([seen["article_id"]], 2)

    room(open_newsroom).run(scenario)


def test_editors_who_may_not_see_it_cannot_decide_about_it(open_newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        hidden = await post(client, article("wire", **HELD))
        seen = await post(client, article("third", "Voters in Norvik chose a mayor on Sunday.", title="Norvik votes"))
        article_id, cluster_id = hidden["article_id"], hidden["cluster_id"]
        requests = [
            ("PUT", f"/v1/articles/{article_id}/cluster", {"cluster_id": None}),
            ("PUT", f"/v1/articles/{seen['article_id']}/cluster", {"cluster_id": cluster_id}),
            ("POST", f"/v1/clusters/{cluster_id}/merge", {"cluster_id": seen["cluster_id"]}),
            ("POST", f"/v1/clusters/{seen['cluster_id']}/merge", {"cluster_id": cluster_id}),
            ("POST", f"/v1/clusters/{cluster_id}/split", {"article_ids": [seen["article_id"]]}),
            ("POST", f"/v1/clusters/{seen['cluster_id']}/split", {"article_ids": [article_id]}),
            ("POST", "/v1/constraints", {"rule": "pin", "article_ids": [article_id]}),
            ("POST", "/v1/constraints", {"rule": "cannot_link", "article_ids": [seen["article_id"], article_id]}),
        ]
        for method, path, body in requests:
            answer = await client.request(method, path, json={"actor": "Ada"} | body)
            assert (answer.status_code, answer.json()["code"][:8]) == (404, "unknown_"), (path, body)
        answer = await client.delete(f"/v1/articles/{article_id}/cluster?actor=Ada")
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown_article")
        assert (await client.get("/v1/constraints", headers=ADMIN)).json()["constraints"] == []

    room(open_newsroom).run(scenario)


def test_a_decision_that_shows_a_cluster_says_that_it_opens(open_newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        hidden = await post(client, article("wire", **HELD))
        seen = await post(client, article("third", "Voters in Norvik chose a mayor on Sunday.", title="Norvik votes"))
        path = f"/v1/articles/{seen['article_id']}/cluster"
        moved = await client.put(path, **by(ADMIN, cluster_id=hidden["cluster_id"]))
        assert moved.status_code == 200
        plain, whole = await views(client, f"/v1/clusters/{hidden['cluster_id']}")
        assert (plain["size"], whole["size"]) == (1, 2)
        assert (await client.get(f"/v1/clusters/{seen['cluster_id']}")).status_code == 308
        founded = await client.put(f"/v1/articles/{hidden['article_id']}/cluster", **by(ADMIN, cluster_id=None))
        new = founded.json()["cluster_id"]
        assert await status(client, f"/v1/clusters/{new}") == (404, 200)
        assert new not in str((await client.get("/v1/changes")).json())
        await post(client, article("wire"))
        (change,) = (await client.get("/v1/changes?kind=released")).json()["changes"]
        assert change["cluster_id"] == new
        assert await status(client, f"/v1/clusters/{new}") == (200, 200)

    room(open_newsroom).run(scenario)
