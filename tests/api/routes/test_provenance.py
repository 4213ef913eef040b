"""Where a cluster's articles come from, and when they came: paged, spared when known, moved when merged."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.dedupe.reports import FERRY, RETOLD

PATH = "/v1/clusters"


def send(client: httpx.Client, text: str, title: str, hour: int, source: str) -> dict[str, Any]:
    article = {"text": text, "title": title, "language": "en", "source": source}
    answer = client.post("/v1/articles", json=article | {"published_at": f"2026-03-02T{hour:02}:30:00Z"})
    assert answer.status_code == 201
    placed: dict[str, Any] = answer.json()
    return placed


@pytest.fixture
def cluster(server: Any) -> str:
    """A wire report, two copies of it and a retelling."""
    first = send(server.client, f"SANDHOLM (AP) — {FERRY}", "Ferry aground off Sandholm", 8, "Courier")
    for hour, source in ((9, "Herald"), (9, "Gazette")):
        assert send(server.client, FERRY, f"Accident, says {source}", hour, source)["decision"] == "copied"
    told = send(server.client, RETOLD, "Passengers tell of ferry accident off Sandholm", 13, "Echo")
    assert told["cluster_id"] == first["cluster_id"]
    return str(first["cluster_id"])


def test_the_tree_of_copies_is_paged(server: Any, cluster: str) -> None:
    whole = server.client.get(f"{PATH}/{cluster}/provenance")
    assert whole.status_code == 200
    found = whole.json()
    assert (found["size"], found["independent_count"], found["next_cursor"]) == (4, 2, None)
    assert [entry["role"] for entry in found["articles"]] == ["original", "copy", "copy", "report"]
    assert found["articles"][0]["wire"] == {"agency": "AP", "dateline": "SANDHOLM (AP)", "credits": None}
    assert {entry["copied_from"]["article_id"] for entry in found["articles"][1:3]} <= {
        entry["article_id"] for entry in found["articles"][:2]
    }
    assert found["first"] == found["articles"][0]["article_id"]

    page = server.client.get(f"{PATH}/{cluster}/provenance", params={"limit": 3})
    rest = server.client.get(page.headers["Link"].split(">")[0].removeprefix("<"))
    assert page.json()["articles"] + rest.json()["articles"] == found["articles"]
    assert rest.json()["next_cursor"] is None


def test_hours_are_counted_and_paged(server: Any, cluster: str) -> None:
    expected = [
        {"at": "2026-03-02T08:00:00Z", "articles": 1, "copies": 0},
        {"at": "2026-03-02T09:00:00Z", "articles": 2, "copies": 2},
        {"at": "2026-03-02T13:00:00Z", "articles": 1, "copies": 0},
    ]
    whole = server.client.get(f"{PATH}/{cluster}/timeline").json()
    assert whole == {"cluster_id": cluster, "hours": expected, "next_cursor": None}
    page = server.client.get(f"{PATH}/{cluster}/timeline", params={"limit": 2})
    rest = server.client.get(page.headers["Link"].split(">")[0].removeprefix("<"))
    assert page.json()["hours"] + rest.json()["hours"] == expected


@pytest.mark.parametrize("what", ["provenance", "timeline"])
def test_what_is_known_is_not_sent_again(server: Any, cluster: str, what: str) -> None:
    path = f"{PATH}/{cluster}/{what}"
    known = {"If-None-Match": server.client.get(path).headers["ETag"]}
    assert server.client.get(path, headers=known).status_code == 304
    send(server.client, FERRY, "One more", 14, "Dispatch")
    assert server.client.get(path, headers=known).status_code == 200


@pytest.mark.parametrize("what", ["provenance", "timeline"])
def test_questions_that_cannot_be_answered(newsroom: Any, what: str) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        placed = (await client.post("/v1/articles", json={"text": FERRY})).json()
        path = f"{PATH}/{placed['cluster_id']}/{what}"
        for query, field in (({"limit": 0}, "limit"), ({"limit": 2_000}, "limit"), ({"cursor": "zz"}, "cursor")):
            answer = await client.get(path, params=query)
            assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
        missing = await client.get(f"{PATH}/clu_0000000000001/{what}")
        assert (missing.status_code, missing.json()["code"]) == (404, "unknown_cluster")

    newsroom.run(scenario)
