"""Signing in with a key: what a session opens, how it ends, and what it never opens."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from api import sessions
from dedupe.access import Scope
from dedupe.store.keys import SqlKeys
from tests.api.guardhouse import NOON, Guardhouse, made
from tests.api.pages.articles import ARTICLES

PERSON = {"Accept": "text/html,*/*;q=0.8"}


async def sign_in(client: httpx.AsyncClient, header: dict[str, str], onward: str = "/") -> httpx.Response:
    """Sign in as a browser does."""
    page = (await client.get("/sign-in", headers=PERSON)).text
    token = re.findall(r'name="token" value="([^"]+)"', page)[0]
    key = header["Authorization"].removeprefix("Bearer ")
    return await client.post("/sign-in", data={"token": token, "key": key, "next": onward})


def house(newsroom: Any) -> tuple[Guardhouse, dict[str, str], dict[str, str]]:
    opened = Guardhouse(newsroom)
    return opened, made(opened.keys, "ed1", Scope.READ, Scope.EDIT, Scope.INGEST), made(opened.keys, "rd1", Scope.READ)


def test_a_person_is_led_to_the_door_and_back(newsroom: Any) -> None:
    opened, editor, _ = house(newsroom)

    async def scenario(client: httpx.AsyncClient) -> None:
        turned = await client.get("/?q=a b", headers=PERSON)
        assert (turned.status_code, turned.headers["location"]) == (303, "/sign-in?next=%2F%3Fq%3Da%2520b")
        door = await client.get(turned.headers["location"], headers=PERSON)
        assert 'name="next" value="/?q=a%20b"' in door.text
        let_in = await sign_in(client, editor, "/?q=a%20b")
        assert (let_in.status_code, let_in.headers["location"]) == (303, "/?q=a%20b")
        cookie = let_in.headers["set-cookie"]
        assert cookie.startswith("storyfold_session=")
        assert "HttpOnly" in cookie
        assert "SameSite=lax" in cookie
        assert editor["Authorization"].split()[1] not in cookie
        page = await client.get("/", headers=PERSON)
        assert page.status_code == 200
        assert "Signed in as ed1" in page.text

    opened.run(scenario)


def test_programs_are_still_answered_in_json(newsroom: Any) -> None:
    opened, _, _ = house(newsroom)

    async def scenario(client: httpx.AsyncClient) -> None:
        for path, headers in (("/", {}), ("/v1/clusters", PERSON)):
            refused = await client.get(path, headers=headers)
            assert (refused.status_code, refused.json()["code"]) == (401, "unauthorised")
        style = re.findall(r'"(/static/[^"]+css)"', (await client.get("/sign-in")).text)[0]
        assert (await client.get(style)).status_code == 200

    opened.run(scenario)


def test_a_session_reads_the_api_and_writes_only_by_forms(newsroom: Any) -> None:
    opened, editor, _ = house(newsroom)

    async def scenario(client: httpx.AsyncClient) -> None:
        await sign_in(client, editor)
        assert (await client.get("/v1/changes")).status_code == 200
        refused = await client.post("/v1/articles", json=ARTICLES[0])
        assert refused.status_code == 401
        placed = (await client.post("/v1/articles", json=ARTICLES[0], headers=editor)).json()
        token = client.cookies["storyfold_form"]
        fields = {"token": token, "actor": "Ada", "article": placed["article_id"]}
        assert (await client.post("/decide/pin", data=fields)).status_code == 303

    opened.run(scenario)


def test_a_reader_is_not_shown_what_editors_do(newsroom: Any) -> None:
    opened, editor, reader = house(newsroom)

    async def scenario(client: httpx.AsyncClient) -> None:
        placed = (await client.post("/v1/articles", json=ARTICLES[0], headers=editor)).json()
        await sign_in(client, reader)
        page = await client.get(f"/clusters/{placed['cluster_id']}")
        assert page.status_code == 200
        assert "/decide/" not in page.text
        refused = await client.get(f"/decide/pin?article={placed['article_id']}", headers=PERSON)
        assert refused.status_code == 403
        assert "this needs a key with the scope &#39;edit&#39;" in refused.text
        assert "Sign in with another key" in refused.text

    opened.run(scenario)


def test_a_wrong_key_is_told_and_a_revoked_one_ends_the_session(newsroom: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    opened, editor, reader = house(newsroom)
    keys: SqlKeys = opened.keys

    async def scenario(client: httpx.AsyncClient) -> None:
        wrong = await sign_in(client, {"Authorization": "Bearer sfk_no_such"})
        assert wrong.status_code == 401
        assert "This key is not known here" in wrong.text
        assert "sfk_no_such" not in wrong.text
        await sign_in(client, editor)
        token = client.cookies["storyfold_form"]
        out = await client.post("/sign-out", data={"token": token})
        assert (out.status_code, out.headers["location"]) == (303, "/sign-in")
        assert (await client.get("/", headers=PERSON)).status_code == 303
        await sign_in(client, reader)
        assert (await client.get("/", headers=PERSON)).status_code == 200
        keys.revoke("rd1", NOON)
        monkeypatch.setattr(sessions.time, "monotonic", lambda: 0.0)
        client.app.look()  # type: ignore[attr-defined]  # the tests' own

    async def with_ring(client: httpx.AsyncClient) -> None:
        client.app = client._transport.app.state.sessions._ring  # type: ignore[attr-defined]  # the tests' own
        await scenario(client)
        assert (await client.get("/", headers=PERSON)).status_code == 303
        revoked = await sign_in(client, reader)
        assert "was revoked" in revoked.text

    opened.run(with_ring)


def test_a_session_ends_by_itself(newsroom: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    opened, editor, _ = house(newsroom)

    async def scenario(client: httpx.AsyncClient) -> None:
        await sign_in(client, editor)
        assert (await client.get("/", headers=PERSON)).status_code == 200
        monkeypatch.setattr(sessions, "MOST", 1)
        kept = client.cookies["storyfold_session"]
        await sign_in(client, editor)
        client.cookies.set("storyfold_session", kept)
        assert (await client.get("/", headers=PERSON)).status_code == 303

    opened.run(scenario)


@pytest.mark.parametrize("cookie", ["storyfold_session", "=;;", "storyfold_session=\x7f", "storyfold_session=nothing"])
def test_a_cookie_that_is_none_opens_nothing(newsroom: Any, cookie: str) -> None:
    opened, _, _ = house(newsroom)

    async def scenario(client: httpx.AsyncClient) -> None:
        assert (await client.get("/", headers=PERSON | {"Cookie": cookie})).status_code == 303

    opened.run(scenario)
