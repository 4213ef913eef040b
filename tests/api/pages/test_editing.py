"""Editors' decisions: shown before they are taken, refused with a way on, undone, never taken by a foreign form."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from tests.api.pages.articles import post_all


async def token(client: httpx.AsyncClient) -> str:
    """Return what a form of ours brings back."""
    page = (await client.get("/sign-in")).text
    return re.findall(r'name="token" value="([^"]+)"', page)[0]


async def decide(client: httpx.AsyncClient, what: str, **fields: Any) -> httpx.Response:
    """Send the form of a decision."""
    return await client.post(f"/decide/{what}", data={"token": await token(client), "actor": "Ada"} | fields)


def test_a_merge_is_shown_taken_and_undone(newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        first, _, bank = await post_all(client)
        ferry_id, bank_id = first["cluster_id"], bank["cluster_id"]
        page = await client.get("/decide/merge", params={"cluster": ferry_id, "other": bank_id})
        assert "become one cluster of 3 articles" in page.text
        done = await decide(client, "merge", cluster=ferry_id, other=bank_id, note="one & the same")
        assert (done.status_code, done.headers["location"]) == (303, f"/clusters/{ferry_id}?done=4")
        page = (await client.get(done.headers["location"])).text
        assert "Done: decision 4, by <bdi>Ada</bdi>." in page
        assert page.count('href="/decide/undo?seq=4"') == 2
        assert "one &amp; the same" in page
        page = (await client.get("/decide/undo?seq=4")).text
        assert "Decision 4 (merge, by Ada) binds no longer." in page
        assert 'name="actor" value="Ada"' in page
        undone = await decide(client, "undo", seq="4")
        assert undone.status_code == 303
        assert "3 articles" not in (await client.get(f"/clusters/{ferry_id}")).text
        assert "It was undone." in (await client.get(f"/clusters/{ferry_id}?done=4")).text
        assert "Done: decision" not in (await client.get(f"/clusters/{ferry_id}?done=99")).text

    newsroom.run(scenario)


def test_the_other_cluster_is_searched_for(newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        first, _, bank = await post_all(client)
        page = (await client.get(f"/decide/merge?cluster={first['cluster_id']}&q=bank")).text
        assert f"/decide/merge?cluster={first['cluster_id']}&amp;other={bank['cluster_id']}" in page
        assert "No other cluster" in (await client.get(f"/decide/merge?cluster={first['cluster_id']}")).text
        page = (await client.get(f"/decide/move?article={first['article_id']}&q=bank")).text
        assert f"/decide/move?article={first['article_id']}&amp;to={bank['cluster_id']}" in page
        assert "To a new cluster of its own" in page

    newsroom.run(scenario)


def test_a_split_takes_copies_along(newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        first, copy, bank = await post_all(client)
        await decide(client, "merge", cluster=first["cluster_id"], other=bank["cluster_id"])
        await decide(client, "undo", seq="4")
        await decide(client, "move", article=bank["article_id"], to=first["cluster_id"])
        page = (await client.get(f"/decide/split?cluster={first['cluster_id']}&article={copy['article_id']}")).text
        assert "2 articles of “Ferry aground off Sandholm” and the other 1 become two clusters." in page
        assert "1 copy of what was chosen go along." in page
        assert "212 safe (Herald)" in page

    newsroom.run(scenario)


def test_moving_pinning_linking_and_parting(newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        first, copy, bank = await post_all(client)
        one, other = first["article_id"], bank["article_id"]
        for what, fields, said in (
            ("pin", {"article": one}, "It stays in “Ferry aground off Sandholm”"),
            ("move", {"article": other, "to": "new"}, "to a new cluster of its own"),
            ("together", {"left": one, "right": other}, "goes to the cluster of the first"),
            ("apart", {"left": one, "right": copy["article_id"]}, "a copy of the first is no longer taken for one"),
            ("apart", {"left": one, "right": other}, "never share a cluster"),
        ):
            page = await client.get(f"/decide/{what}", params=fields)
            assert page.status_code == 200
            assert said in page.text, said
        for what, fields in (("pin", {"article": one}), ("apart", {"left": one, "right": other})):
            assert (await decide(client, what, **fields)).status_code == 303
        refused = await decide(client, "together", left=one, right=other, note="<b>")
        assert refused.status_code == 409
        assert "Nothing was changed." in refused.text
        assert 'href="/decide/undo?seq=5"' in refused.text
        assert "&lt;b&gt;</textarea>" in refused.text

    newsroom.run(scenario)


@pytest.mark.parametrize(
    ("what", "fields", "status", "said"),
    [
        ("pin", {"actor": " "}, 422, "actor"),
        ("pin", {"actor": "A" * 201}, 422, "actor"),
        ("pin", {"actor": "A\0"}, 422, "a character that no text has"),
        ("pin", {"token": "other"}, 403, "not sent from a page of ours"),
        ("dance", {}, 404, "there is no decision"),
        ("undo", {"seq": "x"}, 422, "is not the number of a decision"),
        ("undo", {"seq": "77"}, 404, "77"),
        ("split", {"cluster": "c"}, 422, "choose the articles of one side first"),
    ],
)
def test_what_cannot_be_decided_is_told(
    newsroom: Any, what: str, fields: dict[str, str], status: int, said: str
) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        first, *_ = await post_all(client)
        answer = await decide(client, what, **({"article": first["article_id"]} if what == "pin" else {}) | fields)
        assert answer.status_code == status
        assert said in answer.text
        assert (await client.get("/v1/constraints")).json()["constraints"] == []

    newsroom.run(scenario)


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}, {"Cookie": ""}],
)
def test_a_foreign_form_decides_nothing(newsroom: Any, headers: dict[str, str]) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        first, *_ = await post_all(client)
        data = {"token": await token(client), "actor": "Ada", "article": first["article_id"]}
        if "Cookie" in headers:
            client.cookies.clear()
        answer = await client.post("/decide/pin", data=data, headers=headers)
        assert answer.status_code == 403
        assert (await client.get("/v1/constraints")).json()["constraints"] == []
        text = await client.post("/decide/pin", content=b"token=1", headers={"Content-Type": "text/plain"})
        assert text.status_code == 415

    newsroom.run(scenario)


def test_a_form_is_bounded(newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        assert (await client.post("/decide/split", content=b"a=1&" * 20_000, headers=form)).status_code == 422
        assert (await client.post("/decide/split", content=b"a" * 1_000_001, headers=form)).status_code == 413

    newsroom.run(scenario)
