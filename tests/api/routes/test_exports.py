"""Clusters as JSON Feed, RSS, CSV and Parquet, from a real server process."""

from __future__ import annotations

import csv
import io
from typing import Any

import feedparser
import pyarrow.parquet
import pytest

TEXT = (
    "The ferry Aurora ran aground at dawn off the northern breakwater, and all 212 people on board were brought ashore."
)
NASTY = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'


def post(server: Any, title: str, source: str, text: str = TEXT) -> str:
    article = {"title": title, "text": text, "source": source, "uri": source, "published_at": "2026-03-02T06:40:00Z"}
    answer = server.client.post("/v1/articles", json=article)
    assert answer.status_code == 201
    cluster_id: str = answer.json()["cluster_id"]
    return cluster_id


def test_a_cluster_and_a_query_in_every_format(server: Any) -> None:
    cluster = post(server, NASTY, "Courier")
    assert post(server, "=1+1", "Herald") == cluster
    post(
        server, "Banks agree to merge", "Gazette", "Halvern Mutual and Eastlow Savings Bank agreed to merge on Monday."
    )
    get = server.client.get

    feed = get(f"/v1/clusters/{cluster}.json")
    assert feed.headers["content-type"] == "application/feed+json"
    assert [item["title"] for item in feed.json()["items"]] == [NASTY, "=1+1"]
    assert get(f"/v1/clusters/{cluster}.json", headers={"If-None-Match": feed.headers["etag"]}).status_code == 304

    answer = get(f"/v1/clusters/{cluster}.rss")
    assert (answer.headers["content-type"], answer.headers["x-content-type-options"]) == (
        "application/rss+xml", "nosniff",
    )  # fmt: skip
    parsed = feedparser.parse(answer.content)
    assert (parsed.bozo, len(parsed.entries)) == (False, 2)
    assert "<script" not in answer.text
    assert "<img" not in answer.text

    records = list(csv.DictReader(io.StringIO(get(f"/v1/clusters/{cluster}.csv").text, newline="")))
    assert [record["title"] for record in records] == [NASTY, "'=1+1"]
    table = pyarrow.parquet.read_table(io.BytesIO(get(f"/v1/clusters/{cluster}.parquet").content))
    assert table["title"].to_pylist() == [NASTY, "=1+1"]

    listed = get("/v1/clusters.csv?min_sources=2")
    assert 'filename="clusters.csv"' in listed.headers["content-disposition"]
    (record,) = csv.DictReader(io.StringIO(listed.text, newline=""))
    assert (record["cluster_id"], record["size"]) == (cluster, "2")
    assert len(get("/v1/clusters.json").json()["items"]) == 2
    assert len(get("/v1/clusters.json?limit=1").json()["items"]) == 1
    assert not feedparser.parse(get("/v1/clusters.rss").content).bozo
    assert pyarrow.parquet.read_table(io.BytesIO(get("/v1/clusters.parquet").content)).num_rows == 2


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/v1/clusters.xls", 422, "invalid_query"),
        ("/v1/clusters.csv?limit=0", 422, "invalid_query"),
        ("/v1/clusters.csv?cursor=x", 422, "invalid_query"),
        ("/v1/clusters/clu_none.rss", 404, "unknown_cluster"),
    ],
)
def test_what_cannot_be_written_is_refused(newsroom: Any, path: str, status: int, code: str) -> None:
    async def scenario(client: Any) -> Any:
        return await client.get(path)

    refused = newsroom.run(scenario)
    assert (refused.status_code, refused.json()["code"]) == (status, code)


def test_more_than_a_page_is_written_whole(newsroom: Any) -> None:
    async def scenario(client: Any) -> None:
        lines = b"".join(b'{"title": "Word%d of day%d in town%d"}\n' % (n, n, n) for n in range(450))
        await client.post("/v1/articles/bulk", content=lines, headers={"Content-Type": "application/x-ndjson"})
        clusters = (await client.get("/readyz")).json()["clusters"]
        listed = (await client.get("/v1/clusters.csv")).text.splitlines()
        assert len(listed) == clusters + 1
        assert len((await client.get("/v1/clusters.csv?limit=201")).text.splitlines()) == min(201, clusters) + 1
        largest = (await client.get("/v1/clusters?sort=size&limit=1")).json()["clusters"][0]
        members = (await client.get(f"/v1/clusters/{largest['cluster_id']}.csv")).text.splitlines()
        assert len(members) == largest["size"] + 1

    newsroom.run(scenario)
