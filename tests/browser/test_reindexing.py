"""A re-index in a browser: asked for, watched, looked at, put into force and taken back."""

from __future__ import annotations

from typing import Any

from tests.browser.posting import post
from tests.browser.test_access_for_all import broken
from tests.soak.serving import Server


def test_a_reindex_is_looked_at_before_it_is_in_force(server: Server, open_page: Any) -> None:
    post(server)
    page = open_page("/jobs")
    page.get_by_text("No job so far.").wait_for()
    page.get_by_text("With other settings").click()
    page.get_by_label("Share of its words").fill("0.7")
    assert broken(page) == []
    page.get_by_role("button", name="Cluster the archive anew").click()
    page.get_by_role("heading", name="Re-index, ready to look at").wait_for()
    page.get_by_text("make it a copy: 0.7, now 0.65").wait_for()
    page.get_by_text("0 articles of 3 would be in another cluster: 0 % churn.").wait_for()
    assert broken(page) == []
    page.get_by_role("button", name="Put it into force").click()
    page.get_by_role("heading", name="Re-index, in force").wait_for()
    assert broken(page) == []
    page.get_by_role("button", name="Bring the former clustering back").click()
    page.get_by_role("heading", name="Re-index, rolled back").wait_for()
    page.goto("/jobs")
    page.get_by_role("button", name="Cluster the archive anew").click()
    page.get_by_role("button", name="Discard it").click()
    page.get_by_text("Discarded, opened").wait_for()
