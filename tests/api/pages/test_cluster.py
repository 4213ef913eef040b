"""A cluster's page, an article's, and two compared."""

from __future__ import annotations

from html import escape
from typing import Any

import httpx
import pytest

from tests.api.pages.articles import ARTICLES, FERRY, post_all


def test_a_cluster_shows_who_told_it_when_and_why(newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        first, copy, _ = await post_all(client)
        page = await client.get(f"/clusters/{first['cluster_id']}")
        assert page.status_code == 200
        for expected in (
            "2 articles</b> 1 report of their own, 1 copy",
            "2 articles of 2 outlets from 2 March 2026, 08:00 UTC",
            'class="dot original"', 'class="dot copy"', 'class="link"',
            "2 h later, keeps 89 %, adds 4 words, cuts 4 words",
            "It opened a cluster: nothing that came before",
            "It is a copy: .87 of the shorter text",
            f'/compare?left={first["article_id"]}&amp;right={copy["article_id"]}',
            "It began with its first article",
            f'id="{copy["article_id"]}"',
        ):  # fmt: skip
            assert expected in page.text, expected

    newsroom.run(scenario)


def test_a_merged_cluster_leads_to_the_survivor(newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        first, _, bank = await post_all(client)
        merge = {"cluster_id": bank["cluster_id"], "actor": "Ada", "note": "one <story>"}
        await client.post(f"/v1/clusters/{first['cluster_id']}/merge", json=merge)
        for suffix in ("", "/related"):
            moved = await client.get(f"/clusters/{bank['cluster_id']}{suffix}")
            assert (moved.status_code, moved.headers["location"]) == (308, f"/clusters/{first['cluster_id']}{suffix}")
        page = (await client.get(f"/clusters/{first['cluster_id']}")).text
        assert "Another cluster was merged into this one" in page
        assert "by <bdi>Ada</bdi>" in page
        assert "one &lt;story&gt;" in page
        assert "It came from another cluster" in page

    newsroom.run(scenario)


def test_a_cluster_that_lost_its_articles_says_so(newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        placed = (await client.post("/v1/articles", json=ARTICLES[0])).json()
        await client.delete(f"/v1/articles/{placed['article_id']}")
        page = await client.get(f"/clusters/{placed['cluster_id']}")
        assert page.status_code == 200
        assert "A cluster without articles" in page.text
        assert "There is no article left here" in page.text
        gone = await client.get(f"/articles/{placed['article_id']}")
        assert gone.status_code == 410
        assert "It was taken down" in gone.text

    newsroom.run(scenario)


def test_earlier_events_have_a_page(newsroom: Any) -> None:
    early = {
        "title": "Ferry Sandholm aground off the breakwater",
        "text": FERRY,
        "source": "Courier",
        "published_at": "2025-01-02T08:00:00Z",
    }
    late = {
        "title": "Ferry Sandholm aground off breakwater again",
        "text": FERRY,
        "source": "Bote",
        "published_at": "2026-03-02T08:00:00Z",
    }

    async def scenario(client: httpx.AsyncClient) -> None:
        await client.post("/v1/articles", json=early)
        placed = (await client.post("/v1/articles", json=late)).json()
        apart = {"cluster_id": None, "actor": "Ada"}
        placed = (await client.put(f"/v1/articles/{placed['article_id']}/cluster", json=apart)).json()
        page = (await client.get(f"/clusters/{placed['cluster_id']}/related")).text
        assert "Ferry Sandholm aground off the breakwater" in page
        assert "shared: " in page

    newsroom.run(scenario)


def test_a_thousand_members_are_paged_and_drawn(newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        first = (await client.post("/v1/articles", json=ARTICLES[0])).json()
        for number in range(59):
            body = ARTICLES[0] | {"source": f"Outlet {number}", "uri": str(number)}
            await client.post("/v1/articles", json=body)
        path = f"/clusters/{first['cluster_id']}"
        page = (await client.get(path)).text
        assert page.count('<li id="art_') == 50
        assert "other outlets" in page
        assert page.count('class="dot') < 40
        assert len(page) < 150_000
        later = page.partition(f'href="{path}?cursor=')[2].partition('"')[0]
        rest = (await client.get(f"{path}?cursor={later}")).text
        assert rest.count('<li id="art_') == 10
        assert "First articles" in rest

    newsroom.run(scenario)


def test_an_article_says_why_it_is_where_it_is(newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        first, copy, _ = await post_all(client)
        page = (await client.get(f"/articles/{copy['article_id']}")).text
        for expected in (
            "It is a copy",
            "Nearest: <bdi>Courier</bdi>",
            "More follows.",
            f"/compare?left={first['article_id']}",
        ):
            assert expected in page, expected

    newsroom.run(scenario)


@pytest.mark.parametrize(
    ("url", "is_link"),
    [
        ("https://courier.example/ferry?a=1&b=2", True),
        ("HTTP://courier.example", True),
        ("javascript:alert(1)//https://x.example", False),
        ("data:text/html,x", False),
        ("//courier.example/ferry", False),
        ("https://", False),
        ("tag:courier.example,2026:1", False),
    ],
)
def test_the_original_is_a_link_where_it_is_on_the_web(newsroom: Any, url: str, is_link: bool) -> None:
    async def scenario(client: httpx.AsyncClient) -> str:
        placed = (await client.post("/v1/articles", json=ARTICLES[0] | {"url": url})).json()
        return (await client.get(f"/articles/{placed['article_id']}")).text

    page, written = newsroom.run(scenario), escape(url)
    assert f"<bdi>{written}</bdi>" in page
    assert (f'<a href="{written}" rel="noopener noreferrer external">' in page) is is_link
    assert f'href="{written}"' not in page or is_link


def test_two_articles_are_compared(newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        first, copy, bank = await post_all(client)
        pair = {"left": first["article_id"], "right": copy["article_id"]}
        page = (await client.get("/compare", params=pair)).text
        for expected in (
            "Largely the same text", '<mark id="left-1">', 'href="#right-1"', '<mark id="right-1">',
            "Both are in one cluster", "4 words of its own",
        ):  # fmt: skip
            assert expected in page, expected
        other = (await client.get("/compare", params=pair | {"right": bank["article_id"]})).text
        assert "Hardly anything in common." in other
        assert "They are in different clusters" in other

    newsroom.run(scenario)


def test_compare_asks_for_what_is_missing(newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        page = await client.get("/compare", params={"left": "art_1"})
        assert page.status_code == 200
        assert 'value="art_1"' in page.text

    newsroom.run(scenario)


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/clusters/",
        "/clusters/clu_none",
        "/clusters/clu_none/related",
        "/articles/art_none",
        "/compare?left=art_x&right=art_y",
    ],
)
def test_what_is_not_there_is_told_on_a_page(newsroom: Any, path: str) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        page = await client.get(path, headers={"Accept": "text/html,*/*;q=0.8"})
        assert page.status_code == 404
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        assert "<h1>Not Found</h1>" in page.text
        assert "It may have been mistyped" in page.text

    newsroom.run(scenario)


def test_a_query_that_is_none_is_told_on_a_page(newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        placed = (await client.post("/v1/articles", json=ARTICLES[0])).json()
        for asked in ("x" * 501, "x"):
            page = await client.get(f"/clusters/{placed['cluster_id']}", params={"cursor": asked})
            assert page.status_code == 422
            assert "cursor: " in page.text

    newsroom.run(scenario)


def test_a_store_that_is_gone_is_told_on_a_page(newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        newsroom.path.rename(newsroom.path.with_suffix(".away"))
        newsroom.store.catalogue.close()
        page = await client.get("/")
        assert page.status_code == 503
        assert page.headers["retry-after"] == "5"
        assert "Nothing is lost" in page.text

    newsroom.run(scenario)
