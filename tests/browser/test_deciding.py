"""An editor in a browser: a merge, its undo, what is refused, and that others see it."""

from __future__ import annotations

from typing import Any

from tests.browser.posting import post
from tests.soak.serving import Server


def test_a_merge_and_its_undo(server: Server, open_page: Any) -> None:
    first, _, bank = post(server)
    watching = open_page(f"/clusters/{bank['cluster_id']}")
    watching.locator("#live[data-state=live]").wait_for()
    page = open_page(f"/clusters/{first['cluster_id']}")
    page.get_by_role("link", name="Merge with another…").click()
    page.get_by_label("Words of a title").fill("bank")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Banks agree to merge").click()
    page.get_by_text("become one cluster of 3 articles").wait_for()
    page.get_by_role("button", name="Merge them").click()
    assert page.locator("[name=actor]").evaluate("field => field.validity.valueMissing")
    page.get_by_label("Who decides").fill("Ada")
    page.get_by_label("Why").fill("one and the same")
    page.get_by_role("button", name="Merge them").click()
    page.get_by_text("Done: decision 4, by Ada.").wait_for()
    assert page.locator(".members > li").count() == 3
    watching.locator("#changed a").click()
    watching.get_by_role("heading", level=1, name="Ferry aground").wait_for()
    page.get_by_role("status").get_by_role("link", name="Undo").click()
    assert page.get_by_label("Who decides").input_value() == "Ada"
    page.get_by_role("button", name="Undo it").click()
    page.get_by_text("Decision 4 was undone").wait_for()
    assert page.locator(".members > li").count() == 2


def test_a_split_by_marking_articles(server: Server, open_page: Any) -> None:
    first, _, bank = post(server)
    with server.client() as client:
        client.put(
            f"/v1/articles/{bank['article_id']}/cluster", json={"cluster_id": first["cluster_id"], "actor": "Ben"}
        )
    page = open_page(f"/clusters/{first['cluster_id']}")
    page.get_by_label("Mark for a split: Banks agree to merge").check()
    page.get_by_role("button", name="Split off those marked…").click()
    page.get_by_label("Who decides").fill("Ada")
    page.get_by_role("button", name="Split it").click()
    page.get_by_role("alert").get_by_text("Nothing was changed.").wait_for()
    page.get_by_role("link", name="Undo decision 4 first").click()
    page.get_by_label("Who decides").fill("Ada")
    page.get_by_role("button", name="Undo it").click()
    page.get_by_text("Decision 4 was undone").wait_for()
