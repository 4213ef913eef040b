"""Pages run no script but ours, load nothing from elsewhere, and show what articles say as text."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import httpx
import pytest

from tests.api.pages.articles import SNEAKY_ARTICLE

PATHS = [
    "/", "/?q=%3Cscript%3E&source=%22%3E%3Cimg%3E", "/?part=rows", "/docs", "/compare?left=%22%3E%3Cimg%3E", "/compare",
    "/clusters/{cluster}", "/clusters/{cluster}/related", "/articles/{article}",
    "/compare?left={article}&right={article}", "/articles/%3Cimg%3E",
]  # fmt: skip


def attributes(page: str) -> set[str]:
    """Return the names of the attributes that a browser sees."""
    found: set[str] = set()

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.update(name for name, _ in attrs)

    Reader().feed(page)
    return found


@pytest.mark.parametrize("path", PATHS)
def test_pages_show_everything_as_text(newsroom: Any, path: str) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        placed = (await client.post("/v1/articles", json=SNEAKY_ARTICLE)).json()
        page = await client.get(path.format(cluster=placed["cluster_id"], article=placed["article_id"]))
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        assert "<script>" not in page.text
        assert "<img" not in page.text
        assert len(re.findall("<script", page.text)) == ("part=rows" not in path)
        loading = re.sub(r'<a href="https://x.example/[^"]*" rel="noopener noreferrer external">', "", page.text)
        assert not re.search(r"""(src|href|action)=["']?(https?:)?//""", loading)
        assert not [name for name in attributes(page.text) if name == "style" or name.startswith("on")]
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'" in policy
        assert "unsafe" not in policy

    newsroom.run(scenario)


def test_assets_are_kept_and_only_ours_are_served(newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        page = (await client.get("/")).text
        assets = re.findall(r'"(/static/[^"]+)"', page)
        assert len(assets) == 3
        for path in assets:
            answer = await client.get(path)
            assert answer.status_code == 200
            assert "immutable" in answer.headers["cache-control"]
        for path in ("/static/0123/desk.css", "/static/x/..%2Fapp.py", "/static/x/app.py"):
            assert (await client.get(path)).status_code == 404

    newsroom.run(scenario)


def test_the_reference_lists_every_operation(newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> str:
        return (await client.get("/docs")).text

    page = newsroom.run(scenario)
    for path, methods in newsroom.app.openapi()["paths"].items():
        for method in methods:
            assert f"{method.upper()} {path}" in page
