"""No page breaks a rule that axe-core knows, in either scheme, wide and on a phone, with its states."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.posting import post
from tests.browser.test_reading import PHONE
from tests.soak.serving import Server

WIDE = {"viewport": {"width": 1280, "height": 900}}
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def broken(page: Any) -> list[str]:
    """Return the rules that a page breaks, and where."""
    found = Axe().run(page, options=RULES).response
    assert len(found["passes"]) > 5
    return [f"{rule['id']}: {node['html'][:160]}" for rule in found["violations"] for node in rule["nodes"]]


@pytest.mark.parametrize(
    ("screen", "scheme"),
    [
        pytest.param(WIDE, "light", id="wide-light", marks=pytest.mark.soak),
        pytest.param(PHONE, "dark", id="phone-dark"),
        pytest.param(WIDE, "dark", id="wide-dark", marks=pytest.mark.soak),
        pytest.param(PHONE, "light", id="phone-light", marks=pytest.mark.soak),
    ],
)
def test_pages_are_for_everyone(server: Server, open_page: Any, scheme: str, screen: dict[str, Any]) -> None:
    empty = open_page(color_scheme=scheme, **screen)
    assert broken(empty) == []
    first, copy, bank = post(server)
    for path in (
        "/", "/health", "/?q=ferry&source=!Bote&sort=size", "/?q=none", f"/clusters/{first['cluster_id']}",
        f"/clusters/{first['cluster_id']}/related", f"/articles/{copy['article_id']}", "/docs", "/sign-in", "/compare",
        f"/compare?left={first['article_id']}&right={copy['article_id']}",
        f"/decide/merge?cluster={first['cluster_id']}",
        f"/decide/merge?cluster={first['cluster_id']}&other={bank['cluster_id']}",
    ):  # fmt: skip
        page = open_page(path, color_scheme=scheme, **screen)
        page.wait_for_load_state("networkidle" if path == "/docs" else "load")
        assert broken(page) == [], path
        page.close()


def test_the_keys_are_told_to_everyone(server: Server, open_page: Any) -> None:
    page = open_page()
    page.keyboard.press("?")
    page.locator("#keys[open]").wait_for()
    assert broken(page) == []
