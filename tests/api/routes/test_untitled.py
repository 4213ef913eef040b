"""An article that came without a title is called the same wherever it is told of."""

from __future__ import annotations

import csv
import io
from typing import Any

import feedparser
import pyarrow.parquet

from tests.dedupe.reports import FERRY

MENU = "Home\nWorld\nSport\n16.1 C\nLondon\n"
TITLE = "Ferry aground off Sandholm, all 212 safe"
PAGE = f"{MENU}{TITLE}\n\n{TITLE}\n\n{FERRY}\n\n{FERRY}"
OTHER = "The ferry Aurora ran aground off Sandholm and two tugs brought all 212 people on board ashore, officials said."


def post(server: Any, text: str, source: str) -> dict[str, Any]:
    article = {"text": text, "source": source, "published_at": "2026-03-02T06:40:00Z", "language": "en"}
    answer = server.client.post("/v1/articles", json=article)
    assert answer.status_code == 201
    placed: dict[str, Any] = answer.json()
    return placed


def test_it_is_called_the_same_everywhere(server: Any) -> None:
    placed, get = post(server, PAGE, "Courier"), server.client.get
    article_id, cluster = placed["article_id"], f"/v1/clusters/{placed['cluster_id']}"
    article = get(f"/v1/articles/{article_id}").json()
    assert (article["title"], article["headline"]) == ("", TITLE)
    assert get(cluster).json()["headline"] == TITLE
    assert [one["headline"] for one in get(f"{cluster}/articles").json()["articles"]] == [TITLE]
    assert [one["title"] for one in get(f"{cluster}/provenance").json()["articles"]] == [TITLE]
    assert [item["title"] for item in get(f"{cluster}.json").json()["items"]] == [TITLE]
    assert [item["title"] for item in get("/v1/clusters.json").json()["items"]] == [TITLE]
    assert [entry.title for entry in feedparser.parse(get(f"{cluster}.rss").content).entries] == [TITLE]
    (record,) = csv.DictReader(io.StringIO(get(f"{cluster}.csv").text, newline=""))
    assert (record["title"], record["headline"]) == ("", TITLE)
    table = pyarrow.parquet.read_table(io.BytesIO(get(f"{cluster}.parquet").content))
    assert (table["title"].to_pylist(), table["headline"].to_pylist()) == ([""], [TITLE])
    for path in ("/", f"/clusters/{placed['cluster_id']}", f"/articles/{article_id}"):
        page = get(path, headers={"Accept": "text/html"}).text
        assert TITLE in page
        assert "16.1 C\nLondon" not in page.partition('class="text"')[0]


def test_it_is_called_the_same_where_others_are_compared_with_it(server: Any) -> None:
    first = post(server, PAGE, "Courier")
    second = post(server, OTHER, "Herald")
    assert second["cluster_id"] == first["cluster_id"]
    (similar,) = server.client.get(f"/v1/articles/{second['article_id']}/similar").json()["articles"]
    assert similar["title"] == TITLE
    assert server.client.get(f"/v1/articles/{second['article_id']}/explanation").json()["nearest"]["title"] == TITLE


def test_it_is_searched_by_what_it_is_called_until_it_is_taken_down(server: Any) -> None:
    placed = post(server, PAGE, "Courier")
    post(server, "Banks agreed to merge on Monday. Halvern Mutual and Eastlow Savings said so.", "Herald")
    asked = "/v1/clusters?q=sandholm+ag"
    assert [row["headline"] for row in server.client.get(asked).json()["clusters"]] == [TITLE]
    assert server.client.get("/v1/clusters?q=sport").json()["clusters"] == []
    assert server.client.delete(f"/v1/articles/{placed['article_id']}").status_code == 204
    assert server.client.get(asked).json()["clusters"] == []
    assert server.client.get(f"/v1/clusters/{placed['cluster_id']}").json()["headline"] == ""
