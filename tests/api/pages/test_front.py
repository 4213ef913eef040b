"""The front page: clusters filtered, sorted and paged in the address, and what is new marked."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from api.pages import front
from api.views.front import row_of
from dedupe import ids
from dedupe.article import Article
from dedupe.submission import Submission
from tests.api.pages.articles import ARTICLES, BANK, post_all


def headlines(page: str) -> list[str]:
    return re.findall(r"data-stop>([^<]*)</a>", page)


def test_an_empty_desk_says_what_to_do(newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        page = await client.get("/")
        assert page.status_code == 200
        assert "Nothing here yet" in page.text
        assert "http://newsroom/v1/articles" in page.text

    newsroom.run(scenario)


def test_what_comes_while_a_page_is_made_is_news_to_its_reader(newsroom: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that called itself newer than what was read for it would never show what came in between."""
    engine = newsroom.app.state.service.engine
    late = Submission(article=Article(title="Late"), article_id=ids.encode("art", 1), received_at=datetime.now(UTC))

    def row_and_meanwhile(*arguments: Any) -> Any:
        engine.add(late)
        return row_of(*arguments)

    async def scenario(client: httpx.AsyncClient) -> None:
        seq = (await post_all(client))[-1]["seq"]
        monkeypatch.setattr(front, "row_of", row_and_meanwhile)
        page = (await client.get("/")).text
        assert re.findall(r'<(?:section id="clusters"|body) data-seq="(\d+)"', page) == [str(seq)] * 2
        changes = (await client.get(f"/v1/changes?after={seq}")).json()["changes"]
        assert [change["article_id"] for change in changes] == [late.article_id]

    newsroom.run(scenario)


def test_a_row_tells_what_the_cluster_is(newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        first, *_ = await post_all(client)
        page = (await client.get("/")).text
        assert headlines(page) == ["Banks agree to merge", "Ferry aground off Sandholm"]
        row = page.partition(f'data-id="{first["cluster_id"]}"')[2].partition("</li>")[0]
        for expected in (
            "2 articles</b>", "in 2 outlets", "1 report, 1 copy", "<bdi>Courier</bdi>, <bdi>Herald</bdi>",
            'datetime="2026-03-02T10:30:00Z"', 'title="2 March 2026, 08:00 UTC"', 'lang="en" dir="auto"',
            "Three days to the last article: 2 articles", 'class="copies" d="M92',
        ):  # fmt: skip
            assert expected in row, expected

    newsroom.run(scenario)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("q=ferry", ["Ferry aground off Sandholm"]),
        ("q=212", ["Ferry aground off Sandholm"]),
        ("q=ferr&source=", ["Ferry aground off Sandholm"]),
        ("source=!Herald", ["Banks agree to merge"]),
        ("min_size=2&q=&language=", ["Ferry aground off Sandholm"]),
        ("sort=size", ["Ferry aground off Sandholm", "Banks agree to merge"]),
        ("from=2026-03-03", ["Banks agree to merge"]),
        ("to=2026-03-03", ["Ferry aground off Sandholm"]),
        ("to=2026-03-03T00:00:00Z", ["Ferry aground off Sandholm"]),
        ("q=nothing", []),
        ("q=😀", []),
        ("q=%ff", []),
        ("q=%20", ["Banks agree to merge", "Ferry aground off Sandholm"]),
    ],
)
def test_the_address_says_what_is_shown(newsroom: Any, asked: str, found: list[str]) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        await post_all(client)
        page = await client.get(f"/?{asked}")
        assert page.status_code == 200
        assert headlines(page.text) == found
        if not found:
            assert "Nothing fits these filters" in page.text
        part = (await client.get(f"/?{asked}&part=rows")).text
        assert headlines(part) == found
        assert "<html" not in part

    newsroom.run(scenario)


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ("min_size=none", "Articles, at least"),
        ("sort=best", "sort"),
        ("from=tomorrow", "Seen since"),
        ("cursor=x", "cursor"),
    ],
)
def test_what_cannot_be_looked_for_is_named(newsroom: Any, asked: str, field: str) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        page = await client.get(f"/?{asked}")
        assert page.status_code == 422
        assert f"This cannot be looked for: {field}: " in page.text

    newsroom.run(scenario)


def test_filters_in_force_can_be_left_out_one_by_one(newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        page = (await client.get("/?q=ferry&source=!Herald&sort=size")).text
        assert "Outlet: not Herald" in page
        assert 'href="/?q=ferry&amp;sort=size"' in page
        assert 'href="/?source=%21Herald&amp;sort=size"' in page
        assert '<input type="hidden" name="sort" value="size">' in page

    newsroom.run(scenario)


def test_a_long_list_has_pages(newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        for number in range(52):
            words = " ".join(
                f"{word}{number}x" for word in ("harbour", "mayor", "tariff", "glacier", "senate", "violin")
            )
            await client.post("/v1/articles", json={"title": words, "text": words, "language": "en"})
        first = (await client.get("/?sort=first_seen")).text
        older = re.search(r'href="(/\?sort=first_seen&amp;cursor=[^"]+)">Older', first)
        assert older
        second = (await client.get(older[1].replace("&amp;", "&"))).text
        assert len(headlines(first)) == 50
        assert len(set(headlines(first) + headlines(second))) == 52

    newsroom.run(scenario)


def test_what_changed_since_the_last_visit_is_marked(newsroom: Any) -> None:
    new = '<span class="mark">new</span>'

    async def scenario(client: httpx.AsyncClient) -> None:
        await client.post("/v1/articles", json=ARTICLES[0])
        first = await client.get("/")
        assert new not in first.text
        assert "HttpOnly" in first.headers["set-cookie"]
        await client.post("/v1/articles", json={"title": "Banks merge", "text": BANK})
        assert (await client.get("/")).text.count(new) == 1
        assert (await client.get("/")).text.count(new) == 1
        assert (await client.get("/?seen=all")).text.count(new) == 0
        assert (await client.get("/")).text.count(new) == 0

    newsroom.run(scenario)
