"""Clusters: lists that filter, sort and page; one of them; its articles; those that were merged away."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from dedupe.events import Event, EventKind
from dedupe.store.records import Change

PATH = "/v1/clusters"
FERRY = (
    "The ferry Sandholm ran aground at dawn off the northern breakwater, and all 212 people on board were brought "
    "ashore by two tugs before noon, the coast guard said on Monday."
)
BANK = (
    "Halvern Mutual and Eastlow Savings agreed to merge in an all-share deal worth 8.9 billion crowns, creating the "
    "third largest lender of the country with 2.3 million customers."
)
FEUER = "Bei einem Feuer in der Altstadt von Nordhafen sind in der Nacht zum Dienstag drei Menschen verletzt worden."
ARTICLES = [
    {"title": "Ferry aground off Sandholm", "text": FERRY, "source": "Courier", "published_at": "2026-03-02T08:00:00Z"},
    {
        "title": "212 safe after ferry accident",
        "text": FERRY,
        "source": "Herald",
        "published_at": "2026-03-02T09:00:00Z",
    },
    {"title": "Banks agree to merge", "text": BANK, "source": "Courier", "published_at": "2026-03-04T10:00:00Z"},
    {"title": "Feuer in der Altstadt", "text": FEUER, "source": "Bote", "published_at": "2026-03-06T02:00:00Z"},
]
AGROUND, MERGER, FIRE = "Ferry aground off Sandholm", "Banks agree to merge", "Feuer in der Altstadt"


async def post_all(client: httpx.AsyncClient) -> list[dict[str, Any]]:
    return [(await client.post("/v1/articles", json=article)).json() for article in ARTICLES]


async def headlines(client: httpx.AsyncClient, **query: Any) -> list[str]:
    answer = await client.get(PATH, params=query)
    assert answer.status_code == 200
    return [row["headline"] for row in answer.json()["clusters"]]


def test_a_cluster_tells_of_its_articles(newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        first, copy, *_ = await post_all(client)
        assert (copy["decision"], copy["cluster_id"]) == ("copied", first["cluster_id"])
        cluster = (await client.get(f"{PATH}/{first['cluster_id']}")).json()
        expected = {
            "headline": AGROUND,
            "representative_id": first["article_id"],
            "size": 2,
            "source_count": 2,
            "independent_count": 1,
            "sources": ["Courier", "Herald"],
            "language": "en",
            "first_seen": "2026-03-02T08:00:00Z",
            "last_seen": "2026-03-02T09:00:00Z",
            "updated_seq": 2,
        }
        assert {field: cluster[field] for field in expected} == expected
        assert cluster["velocity"] > 0
        members = (await client.get(f"{PATH}/{first['cluster_id']}/articles")).json()
        assert [member["article_id"] for member in members["articles"]] == [first["article_id"], copy["article_id"]]
        assert members["next_cursor"] is None

    newsroom.run(scenario)


FILTERS: list[tuple[dict[str, Any], list[str]]] = [
    ({}, [FIRE, MERGER, AGROUND]),
    ({"sort": "first_seen"}, [FIRE, MERGER, AGROUND]),
    ({"sort": "size", "limit": 1}, [AGROUND]),
    ({"sort": "sources", "limit": 1}, [AGROUND]),
    ({"sort": "velocity", "limit": 1}, [AGROUND]),
    ({"min_size": 2}, [AGROUND]),
    ({"min_sources": 2}, [AGROUND]),
    ({"source": "Courier"}, [MERGER, AGROUND]),
    ({"source": "!Courier"}, [FIRE]),
    ({"language": "de"}, [FIRE]),
    ({"language": "!de"}, [MERGER, AGROUND]),
    ({"q": "ferry"}, [AGROUND]),
    ({"q": "banks mer"}, [MERGER]),
    ({"q": '"ferry* OR (bank'}, []),
    ({"from": "2026-03-05T00:00:00Z"}, [FIRE]),
    ({"to": "2026-03-03T00:00:00+01:00"}, [AGROUND]),
    ({"updated_since": "2100-01-01T00:00:00Z"}, []),
]


@pytest.mark.parametrize(("query", "expected"), FILTERS, ids=[str(query) for query, _ in FILTERS])
def test_lists_are_filtered_and_sorted(newsroom: Any, query: dict[str, Any], expected: list[str]) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        await post_all(client)
        assert await headlines(client, **query) == expected

    newsroom.run(scenario)


def test_pages_follow_one_another_without_gap(newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        await post_all(client)
        seen, address = [], f"{PATH}?sort=size&limit=1&language=%21xx"
        while address:
            page = await client.get(address)
            seen += [row["headline"] for row in page.json()["clusters"]]
            address = page.links.get("next", {}).get("url", "")
            assert bool(address) == (page.json()["next_cursor"] is not None)
        assert sorted(seen) == sorted([AGROUND, MERGER, FIRE])

    newsroom.run(scenario)


def test_the_articles_of_a_cluster_are_paged(newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        first, copy, *_ = await post_all(client)
        page = await client.get(f"{PATH}/{first['cluster_id']}/articles?limit=1")
        following = await client.get(page.links["next"]["url"])
        assert [page.json()["articles"][0]["article_id"], following.json()["articles"][0]["article_id"]] == [
            first["article_id"],
            copy["article_id"],
        ]

    newsroom.run(scenario)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=few", "limit"),
        ("sort=best", "sort"),
        ("min_size=0", "min_size"),
        ("q=", "q"),
        ("from=2026", "from"),
        ("to=2026-03-02T08:00:00", "to"),
        ("colour=red", "colour"),
        ("cursor=abc", "cursor"),
        ("cursor=%00", "cursor"),
    ],
)
def test_a_wrong_question_is_refused_by_name(newsroom: Any, query: str, field: str) -> None:
    async def scenario(client: httpx.AsyncClient) -> httpx.Response:
        return await client.get(f"{PATH}?{query}")

    answer = newsroom.run(scenario)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_query")
    assert answer.json()["errors"][0]["field"] == field


def test_a_cursor_belongs_to_its_list(newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        await post_all(client)
        cursor = (await client.get(PATH, params={"limit": 1})).json()["next_cursor"]
        answer = await client.get(PATH, params={"limit": 1, "sort": "size", "cursor": cursor})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "cursor")

    newsroom.run(scenario)


@pytest.mark.parametrize("suffix", ["", "/articles"])
def test_an_unknown_cluster_is_not_found(newsroom: Any, suffix: str) -> None:
    async def scenario(client: httpx.AsyncClient) -> httpx.Response:
        return await client.get(f"{PATH}/clu_0000000000000{suffix}")

    answer = newsroom.run(scenario)
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_cluster")


@pytest.mark.parametrize("suffix", ["", "/articles"])
def test_a_merged_cluster_leads_to_the_survivor(newsroom: Any, suffix: str) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        ferry, _, bank, _ = await post_all(client)
        survivor, absorbed = ferry["cluster_id"], bank["cluster_id"]
        merged = Event(
            seq=newsroom.store.last_seq() + 1,
            at=datetime.now(UTC),
            kind=EventKind.MERGED,
            article_id=None,
            cluster_id=survivor,
            from_cluster_id=absorbed,
        )
        newsroom.store.commit([Change(event=merged)])
        answer = await client.get(f"{PATH}/{absorbed}{suffix}")
        assert (answer.status_code, answer.headers["location"]) == (308, f"{PATH}/{survivor}{suffix}")
        followed = await client.get(answer.headers["location"])
        assert followed.status_code == 200
        assert (await client.get(f"{PATH}/{survivor}")).json()["size"] == 3

    newsroom.run(scenario)


def test_what_has_not_changed_is_not_sent_again(newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        ferry = (await post_all(client))[0]
        one, members = f"{PATH}/{ferry['cluster_id']}", f"{PATH}/{ferry['cluster_id']}/articles"
        tags = {address: (await client.get(address)).headers["etag"] for address in (PATH, one, members)}
        assert len(set(tags.values())) == 3
        for address, tag in tags.items():
            answer = await client.get(address, headers={"If-None-Match": tag})
            assert (answer.status_code, answer.content) == (304, b"")
        await client.post("/v1/articles", json=ARTICLES[0] | {"source": "Gazette"})
        for address, tag in tags.items():
            assert (await client.get(address, headers={"If-None-Match": tag})).status_code == 200

    newsroom.run(scenario)
