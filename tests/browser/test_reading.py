"""Reading the desk: what arrives while the page is open, searching, keys, no JavaScript, a phone, the dark."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.api.pages.articles import ARTICLES, SNEAKY, SNEAKY_ARTICLE
from tests.browser.posting import NEWS, post
from tests.soak.serving import Server

SEEDS = Path(__file__).parents[3] / "shared" / "seeds"
PHONE = {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True}


def headlines(page: Any) -> list[str]:
    found: list[str] = page.locator(".row h2 a").all_inner_texts()
    return found


def is_too_wide(page: Any) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def test_what_arrives_slides_into_an_open_page(server: Server, open_page: Any) -> None:
    post(server)
    page = open_page()
    page.locator("#live[data-state=live]").wait_for()
    post(server, NEWS)
    page.locator(".row", has_text="Avalanche").wait_for()
    assert headlines(page)[0] == NEWS["title"]
    assert page.locator(".row.new").count() == 1


def test_what_is_read_stays_where_it_is(server: Server, open_page: Any) -> None:
    first, *_ = post(server)
    page = open_page()
    page.locator("#live[data-state=live]").wait_for()
    row = page.locator(f".row[data-id={first['cluster_id']}]")
    row.locator("h2 a").focus()
    place = row.bounding_box()
    post(server, NEWS, ARTICLES[0] | {"source": "Bote"})
    page.locator("#newer button").wait_for()
    row.locator(".sum", has_text="3 articles").wait_for()
    assert row.bounding_box() == place
    assert NEWS["title"] not in headlines(page)
    page.keyboard.press(".")
    page.locator(".row", has_text="Avalanche").wait_for()
    assert page.locator("#newer").is_hidden()


def test_search_as_you_type_and_filters_in_the_address(server: Server, open_page: Any) -> None:
    post(server)
    page = open_page()
    page.keyboard.press("/")
    page.keyboard.type("bank")
    expect(page.locator(".row")).to_have_count(1)
    assert headlines(page) == ["Banks agree to merge"]
    assert page.url.endswith("/?q=bank")
    page.reload()
    assert headlines(page) == ["Banks agree to merge"]
    page.locator("#q").fill("nothing at all")
    page.get_by_text("Nothing fits these filters").wait_for()
    page.get_by_role("link", name="Show all clusters").click()
    page.get_by_label("Outlet", exact=True).fill("!Herald")
    expect(page.locator(".row")).to_have_count(1)
    page.get_by_role("link", name="First seen", exact=True).click()


def test_the_keyboard_is_enough(server: Server, open_page: Any) -> None:
    post(server)
    page = open_page()
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.textContent") == "Ferry aground off Sandholm"
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.textContent") == "Banks agree to merge"
    page.keyboard.press("?")
    page.locator("#keys[open]").wait_for()
    page.keyboard.press("j")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.get_by_role("heading", level=1, name="Ferry aground off Sandholm").wait_for()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Why it is here").wait_for()
    page.keyboard.press("?")
    page.get_by_label("Single keys do this").uncheck()
    page.keyboard.press("Escape")
    page.reload()
    page.keyboard.press("/")
    assert "/articles/" in page.url
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"


def test_everything_works_without_javascript(server: Server, open_page: Any) -> None:
    first, _, bank = post(server)
    page = open_page(java_script_enabled=False)
    page.locator("#q").fill("ferry")
    page.get_by_role("button", name="Filter").click()
    assert headlines(page) == ["Ferry aground off Sandholm"]
    page.get_by_role("link", name="Ferry aground off Sandholm").click()
    page.get_by_role("link", name="Look for them").click()
    page.go_back()
    page.get_by_role("link", name="Merge with another…").click()
    page.get_by_label("Words of a title").fill("banks")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Banks agree to merge").click()
    page.get_by_label("Who decides").fill("Ada")
    page.get_by_role("button", name="Merge them").click()
    assert page.url.endswith(f"/clusters/{first['cluster_id']}?done=4")
    with server.client() as client:
        assert client.get(f"/v1/clusters/{bank['cluster_id']}").status_code == 308


def test_two_texts_are_compared(server: Server, open_page: Any) -> None:
    names = sorted(SEEDS.glob("*.txt"))[:2]
    texts = [name.read_text(encoding="utf-8") for name in names]
    first, second = (
        post(server, *({"text": text, "source": f"S{at}"} for at, text in enumerate(texts)))
        if names
        else post(server)[:2]
    )
    page = open_page(f"/compare?left={first['article_id']}&right={second['article_id']}")
    assert page.locator("mark[id^=left-]").count() == page.locator("mark[id^=right-]").count() > 0
    if names:
        assert page.get_by_role("heading", level=1).inner_text().startswith("Told in other words")
    page.locator("#left-1 a").click()
    assert page.url.endswith("#right-1")
    assert page.locator("mark:target").get_attribute("id") == "right-1"


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.soak)])
def test_nothing_is_too_wide_for_a_phone(server: Server, open_page: Any, scheme: str) -> None:
    long = {
        "title": "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft " * 2,
        "text": "x" * 400,
        "source": "w" * 200,
    }
    first, copy, _ = post(server)
    (placed,) = post(server, long)
    paths = [
        "/", f"/clusters/{first['cluster_id']}", f"/clusters/{placed['cluster_id']}", "/docs", "/sign-in", "/health",
        f"/compare?left={first['article_id']}&right={copy['article_id']}", f"/articles/{placed['article_id']}",
        f"/decide/move?article={placed['article_id']}&to=new",
    ]  # fmt: skip
    for path in paths:
        page = open_page(path, color_scheme=scheme, **PHONE)
        assert not is_too_wide(page), path
        page.close()


def test_the_dark_is_dark(server: Server, open_page: Any) -> None:
    colours = {
        scheme: open_page(color_scheme=scheme).evaluate("getComputedStyle(document.body).backgroundColor")
        for scheme in ("light", "dark")
    }
    assert colours == {"light": "rgb(251, 250, 247)", "dark": "rgb(21, 23, 26)"}


def test_times_are_the_readers(server: Server, open_page: Any) -> None:
    post(server, {"title": "Summer", "text": "A warm night.", "published_at": "2026-07-01T22:30:00Z"})
    page = open_page()
    title = page.locator(".when time").first.get_attribute("title")
    assert "11:30" in title, json.dumps(title)  # in Lisbon, in summer


def test_scripts_of_right_to_left_and_without_spaces_stand_right(server: Server, open_page: Any) -> None:
    arabic, japanese = "سفينة تجنح قبالة الميناء", "かき小屋まつりに3万人"
    post(
        server,
        {"title": arabic, "text": arabic, "language": "ar"},
        {"title": japanese, "text": japanese, "language": "ja"},
    )
    page = open_page()
    for title, language, direction in ((arabic, "ar", "rtl"), (japanese, "ja", "ltr")):
        link = page.get_by_role("link", name=title)
        assert link.get_attribute("lang") == language
        assert link.evaluate("link => getComputedStyle(link).direction") == direction


def test_an_article_that_is_markup_is_shown_as_text(server: Server, open_page: Any) -> None:
    (placed,) = post(server, SNEAKY_ARTICLE)
    article, cluster = placed["article_id"], placed["cluster_id"]
    paths = [
        "/", f"/clusters/{cluster}", f"/articles/{article}", f"/compare?left={article}&right={article}",
        f"/decide/pin?article={article}", f"/decide/merge?cluster={cluster}", f"/clusters/{cluster}/related",
    ]  # fmt: skip
    for path in paths:
        page = open_page(path)
        page.get_by_text(SNEAKY).first.wait_for()
        assert page.locator("img").count() == 0
        assert page.locator("main script").count() == 0
        page.close()
    page = open_page()
    page.locator("#live[data-state=live]").wait_for()
    post(server, SNEAKY_ARTICLE | {"url": None, "uri": "2"})
    page.locator(".row.new").wait_for()
    assert page.locator("img").count() == 0


def test_a_server_that_is_gone_is_told_and_found_again(server: Server, open_page: Any, browser: Any) -> None:
    post(server)
    page = open_page()
    page.locator("#live[data-state=live]").wait_for()
    page.route("**/v1/changes*", lambda route: route.fulfill(status=503, body="{}"))
    post(server, NEWS)  # ends the question that is under way
    page.locator("#live[data-state=offline]").wait_for()
    page.unroute("**/v1/changes*")
    page.locator("#live[data-state=live]").wait_for()
