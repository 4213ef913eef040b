"""What is like an article, and what came before a cluster: paged, spared when known, moved when merged."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from dedupe.events import Event, EventKind
from dedupe.store.records import Change
from tests.dedupe.reports import BANKS, FERRY, RETOLD

TOWED = (
    "A coal barge broke loose at Sandholm in November; two tugs brought it back to the quay before anybody was hurt."
)


def send(client: httpx.Client, text: str, title: str, day: str) -> dict[str, Any]:
    article = {"text": text, "title": title, "language": "en", "published_at": f"{day}T08:00:00Z"}
    answer = client.post("/v1/articles", json=article)
    assert answer.status_code == 201
    placed: dict[str, Any] = answer.json()
    return placed


def test_similar_articles_and_related_clusters(server: Any) -> None:
    barge = send(server.client, TOWED, "Barge adrift off Sandholm", "2023-11-14")
    first = send(server.client, FERRY, "Ferry aground off Sandholm", "2026-03-02")
    copy = send(server.client, FERRY, "Accident", "2026-03-02")
    told = send(server.client, RETOLD, "Passengers tell of ferry accident off Sandholm", "2026-03-02")
    send(server.client, BANKS, "Banks to merge", "2026-03-03")
    assert barge["cluster_id"] != first["cluster_id"] == told["cluster_id"]

    path = f"/v1/articles/{first['article_id']}/similar"
    whole = server.client.get(path).json()
    assert [row["article_id"] for row in whole["articles"][:2]] == [copy["article_id"], told["article_id"]]
    assert whole["articles"][0]["containment"] == 1
    page = server.client.get(path, params={"limit": 1})
    rest = server.client.get(page.headers["Link"].split(">")[0].removeprefix("<"))
    assert [*page.json()["articles"], *rest.json()["articles"]] == whole["articles"][:2]

    path = f"/v1/clusters/{first['cluster_id']}/related"
    answer = server.client.get(path)
    (row,) = answer.json()["clusters"]
    assert (row["cluster_id"], row["headline"]) == (barge["cluster_id"], "Barge adrift off Sandholm")
    assert "Sandholm" in row["terms"]
    assert server.client.get(f"/v1/clusters/{barge['cluster_id']}/related").json()["clusters"] == []
    known = {"If-None-Match": answer.headers["ETag"]}
    assert server.client.get(path, headers=known).status_code == 304
    send(server.client, "Snow closed the pass.", "Snow", "2026-03-04")
    assert server.client.get(path, headers=known).status_code == 200


def test_questions_that_cannot_be_answered(newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        placed = (await client.post("/v1/articles", json={"text": FERRY})).json()
        similar, related = (
            f"/v1/articles/{placed['article_id']}/similar",
            f"/v1/clusters/{placed['cluster_id']}/related",
        )
        for path in (similar, related):
            for query, field in (({"limit": 0}, "limit"), ({"limit": 999}, "limit"), ({"cursor": "zz"}, "cursor")):
                answer = await client.get(path, params=query)
                assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
            answer = await client.get(path)
            again = await client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
            assert (answer.status_code, again.status_code) == (200, 304)
        assert (await client.get("/v1/articles/art_0000000000001/similar")).json()["code"] == "unknown_article"
        assert (await client.get("/v1/clusters/clu_0000000000001/related")).json()["code"] == "unknown_cluster"
        await client.delete(f"/v1/articles/{placed['article_id']}")
        assert (await client.get(similar)).status_code == 410

    newsroom.run(scenario)


@pytest.mark.parametrize("what", ["related", "provenance", "timeline"])
def test_a_merged_cluster_leads_to_its_survivor(newsroom: Any, what: str) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        ferry = (await client.post("/v1/articles", json={"text": FERRY})).json()["cluster_id"]
        banks = (await client.post("/v1/articles", json={"text": BANKS})).json()["cluster_id"]
        merged = Event(
            seq=newsroom.store.last_seq() + 1,
            at=datetime.now(UTC),
            kind=EventKind.MERGED,
            article_id=None,
            cluster_id=ferry,
            from_cluster_id=banks,
        )
        newsroom.store.commit([Change(event=merged)])
        answer = await client.get(f"/v1/clusters/{banks}/{what}")
        assert (answer.status_code, answer.headers["Location"]) == (308, f"/v1/clusters/{ferry}/{what}")
        assert (await client.get(answer.headers["Location"])).status_code == 200

    newsroom.run(scenario)
