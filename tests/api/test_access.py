"""Who may come in: keys, scopes, rates, browsers, against real stores and real server processes."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import APIRouter
from structlog.testing import capture_logs

from api.access import ScopedRoute, needs
from api.keyring import KeyRing
from api.pages.visit import PageRoute
from api.problems import Problem
from api.settings import from_environment
from dedupe.access import Scope, key_digest, spelt
from dedupe.store.keys import SqlKeys
from tests.api.guardhouse import NOON, Guardhouse, made

COMMAND = (sys.executable, "-c", "from api.cli import main; main()")
SECRET = "correct-horse"


@pytest.mark.parametrize(
    ("header", "status"),
    [
        (f"Bearer {SECRET}", 200),
        (f"bearer  {SECRET} ", 200),
        ("Bearer wrong", 401),
        ("Bearer", 401),
        (f"Basic {SECRET}", 401),
        (SECRET, 401),
        (None, 401),
    ],
)
def test_a_known_key_is_asked_for(open_newsroom: Any, header: str | None, status: int) -> None:
    newsroom = open_newsroom(key_digests=frozenset({key_digest("another"), key_digest(SECRET)}))

    async def scenario(client: httpx.AsyncClient) -> httpx.Response:
        return await client.get("/v1/clusters", headers={} if header is None else {"Authorization": header})

    answer = newsroom.run(scenario)
    assert answer.status_code == status
    if status == 401:
        assert answer.json()["code"] == "unauthorised"
        assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_probes_need_no_key(open_newsroom: Any, path: str) -> None:
    async def scenario(client: httpx.AsyncClient) -> httpx.Response:
        return await client.get(path)

    assert open_newsroom(key_digests=frozenset({key_digest(SECRET)})).run(scenario).status_code == 200


def test_a_key_opens_what_its_scopes_say(newsroom: Any) -> None:
    house = Guardhouse(newsroom)
    reader, feeder = made(house.keys, "a1", Scope.READ), made(house.keys, "b2", Scope.INGEST)
    chief = made(house.keys, "c3", Scope.ADMIN)

    async def scenario(client: httpx.AsyncClient) -> None:
        refused = await client.post("/v1/articles", json={"title": "Storm"}, headers=reader)
        assert (refused.status_code, refused.json()["code"]) == (403, "missing_scope")
        assert "'ingest'" in refused.json()["detail"]
        assert refused.headers["content-type"] == "application/problem+json"
        assert refused.headers["www-authenticate"] == 'Bearer error="insufficient_scope", scope="ingest"'
        placed = await client.post("/v1/articles", json={"title": "Storm"}, headers=feeder)
        assert placed.status_code == 201
        assert (await client.get(placed.headers["location"], headers=feeder)).status_code == 403
        assert (await client.get(placed.headers["location"], headers=reader)).status_code == 200
        assert (await client.delete(placed.headers["location"], headers=reader)).status_code == 403
        assert (await client.delete(placed.headers["location"], headers=chief)).status_code == 204
        assert (await client.get("/readyz")).status_code == 200

    house.run(scenario)


def test_keys_made_and_revoked_meanwhile_are_noticed_and_their_use_recorded(newsroom: Any) -> None:
    house = Guardhouse(newsroom)

    async def scenario(client: httpx.AsyncClient) -> None:
        assert (await client.get("/v1/clusters")).status_code == 200
        reader = made(house.keys, "a1", Scope.READ)
        await until(client, {}, 401)
        assert (await client.get("/v1/clusters", headers=reader)).status_code == 200
        assert house.keys.revoke("a1", NOON)
        assert not house.keys.revoke("a1", NOON)
        await until(client, reader, 401)
        refused = await client.get("/v1/clusters", headers=reader)
        assert refused.json()["code"] == "revoked_key"
        assert (await client.get("/v1/clusters")).json()["code"] == "unauthorised"

    before = datetime.now(UTC)
    house.run(scenario)
    (key,) = house.keys.all()
    assert key.last_used_at is not None
    assert before <= key.last_used_at <= datetime.now(UTC)
    assert key.revoked_at == NOON


async def until(client: httpx.AsyncClient, headers: dict[str, str], status: int) -> None:
    for _ in range(100):
        if (await client.get("/v1/clusters", headers=headers)).status_code == status:
            return
        await asyncio.sleep(0.05)
    pytest.fail(f"never answered {status}")


def test_what_was_read_last_holds_while_the_store_cannot_be_read(newsroom: Any) -> None:
    keys = SqlKeys.open(f"sqlite:///{newsroom.path}")
    reader = made(keys, "a1", Scope.READ)["Authorization"]
    ring = KeyRing(keys, ())
    keys.close()
    newsroom.path.rename(newsroom.path.with_suffix(".away"))
    newsroom.path.mkdir()
    with capture_logs() as entries:
        ring.look()
        assert ring.holder(reader).name == "a1"
        ring.note()
    newsroom.path.rmdir()
    newsroom.path.with_suffix(".away").rename(newsroom.path)
    assert [entry["event"] for entry in entries] == ["keys not read", "use of keys not recorded"]
    ring.note()
    (key,) = keys.all()
    assert key.last_used_at is not None


def test_the_right_id_with_another_secret_opens_nothing(newsroom: Any) -> None:
    with closing(SqlKeys.open(f"sqlite:///{newsroom.path}")) as keys:
        made(keys, "a1", Scope.READ)
        with pytest.raises(Problem, match="known API key"):
            KeyRing(keys, ()).holder(f"Bearer {spelt('a1', 'guessed')}")


def test_a_key_is_asked_for_where_one_is_demanded_though_there_is_none(open_newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> httpx.Response:
        return await client.get("/v1/clusters")

    assert open_newsroom(is_key_demanded=True).run(scenario).status_code == 401
    assert open_newsroom().run(scenario).status_code == 200


def test_a_key_that_asks_too_often_is_told_when_to_ask_again(newsroom: Any) -> None:
    house = Guardhouse(newsroom, rate="5/hour")
    slow, usual = made(house.keys, "a1", Scope.READ, rate="2/minute"), made(house.keys, "b2", Scope.READ)

    async def scenario(client: httpx.AsyncClient) -> None:
        answers = [await client.get("/v1/clusters", headers=slow) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert [answer.headers["ratelimit"].partition(";t=")[0] for answer in answers] == [
            '"key";r=1', '"key";r=0', '"key";r=0',
        ]  # fmt: skip
        assert {answer.headers["ratelimit-policy"] for answer in answers} == {'"key";q=2;w=60'}
        assert answers[2].json()["code"] == "rate_limited"
        assert 1 <= int(answers[2].headers["retry-after"]) <= 60
        other = await client.get("/v1/clusters", headers=usual)
        assert (other.status_code, other.headers["ratelimit-policy"]) == (200, '"key";q=5;w=3600')

    house.run(scenario)


def test_every_route_names_its_scope(newsroom: Any) -> None:
    operations = [operation for methods in newsroom.app.openapi()["paths"].values() for operation in methods.values()]
    assert operations
    assert all("security" in operation for operation in operations)
    assert newsroom.app.openapi()["components"]["securitySchemes"]["key"]["scheme"] == "bearer"


def test_to_decide_needs_the_edit_scope_and_to_ask_why_that_of_readers(newsroom: Any) -> None:
    paths = newsroom.app.openapi()["paths"]
    scopes = {
        (method, path): operation["security"][0]["key"][0]
        for path, methods in paths.items()
        for method, operation in methods.items()
        if {"corrections", "reasons"} & set(operation["tags"])
    }
    asks = {operation for operation in scopes if operation[0] == "get" or operation == ("post", "/v1/compare")}
    assert {scopes[operation] for operation in asks} == {"read"}
    assert {scopes[operation] for operation in scopes.keys() - asks} == {"edit"}


def test_a_route_without_a_scope_is_a_defect() -> None:
    router = APIRouter(route_class=ScopedRoute)
    with pytest.raises(TypeError, match="/forgotten names no scope"):
        router.get("/forgotten")(list)
    router.get("/named", openapi_extra=needs(Scope.EDIT))(list)


def walked(routes: Iterable[Any]) -> Iterator[Any]:
    """Yield the routes of an application, those of its routers among them."""
    for route in routes:
        router = getattr(route, "original_router", None)
        yield from [route] if router is None else walked(router.routes)


def test_every_route_names_the_scope_it_needs(newsroom: Any) -> None:
    scopes: dict[Scope | None, set[tuple[str, str]]] = {}
    for route in walked(newsroom.app.routes):
        assert isinstance(route, ScopedRoute), route
        scopes.setdefault(route.scope, set()).update((method, route.path) for method in route.methods)
    assert scopes.pop(None) == {
        ("GET", "/healthz"),
        ("GET", "/readyz"),
        ("GET", "/static/{digest}/{name}"),
        ("GET", "/sign-in"),
        ("POST", "/sign-in"),
        ("POST", "/sign-out"),
    }
    assert scopes.pop(Scope.INGEST) == {("POST", "/v1/articles"), ("POST", "/v1/articles/bulk")}
    assert scopes.pop(Scope.EDIT) == {
        ("PUT", "/v1/articles/{article_id}/cluster"),
        ("DELETE", "/v1/articles/{article_id}/cluster"),
        ("POST", "/v1/clusters/{cluster_id}/merge"),
        ("POST", "/v1/clusters/{cluster_id}/split"),
        ("POST", "/v1/constraints"),
        ("POST", "/v1/constraints/{seq}/undo"),
        ("GET", "/decide/{what}"),
        ("POST", "/decide/{what}"),
    }
    administered = scopes.pop(Scope.ADMIN)
    webhooks = {(method, path) for method, path in administered if path.startswith("/v1/webhooks")}
    jobs = {(method, path) for method, path in administered if path.startswith(("/v1/jobs", "/v1/reindex", "/jobs"))}
    assert administered - webhooks - jobs == {("DELETE", "/v1/articles/{article_id}")}
    assert (len(webhooks), len(jobs)) == (6, 11)
    reading = scopes.pop(Scope.READ)
    assert {method for method, path in reading if path != "/v1/compare"} == {"GET"}
    assert not any(path.startswith("/v1/webhooks") for _, path in reading)
    assert scopes == {}


def test_a_key_without_a_scope_is_kept_out_of_every_route_that_needs_it(newsroom: Any) -> None:
    house = Guardhouse(newsroom)
    stranger = made(house.keys, "a1", Scope.EMBARGO)

    async def scenario(client: httpx.AsyncClient) -> None:
        for route in walked(newsroom.app.routes):
            path = route.path.replace("{seq}", "1").replace("{form}", "json")
            for method in route.methods if route.scope else ():
                answer = await client.request(method, path, headers=stranger)
                assert answer.status_code == 403, (method, path)
                if isinstance(route, PageRoute):
                    assert f"&#39;{route.scope}&#39;" in answer.text
                else:
                    assert answer.json()["code"] == "missing_scope"
                    assert f"'{route.scope}'" in answer.json()["detail"]

    house.run(scenario)


def test_a_page_of_a_named_origin_may_ask_and_no_other(newsroom: Any) -> None:
    house = Guardhouse(newsroom, cors_origins=("https://desk.example",))
    reader = made(house.keys, "a1", Scope.READ)
    asked = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "authorization"}

    async def scenario(client: httpx.AsyncClient) -> None:
        first = await client.options("/v1/clusters", headers=asked | {"Origin": "https://desk.example"})
        assert first.headers["access-control-allow-origin"] == "https://desk.example"
        answer = await client.get("/v1/clusters", headers=reader | {"Origin": "https://desk.example"})
        assert answer.headers["access-control-allow-origin"] == "https://desk.example"
        assert "ETag" in answer.headers["access-control-expose-headers"]
        again = asked | {"Access-Control-Request-Headers": "authorization, last-event-id"}
        stream = await client.options("/v1/changes/stream", headers=again | {"Origin": "https://desk.example"})
        assert stream.status_code == 200
        assert "Last-Event-ID" in stream.headers["access-control-allow-headers"]
        other = await client.get("/v1/clusters", headers=reader | {"Origin": "https://evil.example"})
        assert "access-control-allow-origin" not in other.headers

    house.run(scenario)


def test_no_page_may_ask_by_default(newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> httpx.Response:
        return await client.get("/v1/clusters", headers={"Origin": "https://desk.example"})

    assert "access-control-allow-origin" not in newsroom.run(scenario).headers


def test_settings_of_access_are_read_and_checked() -> None:
    read = from_environment(
        {"STORYFOLD_RATE_LIMIT": "10/second", "STORYFOLD_CORS_ORIGINS": "https://a.example, http://[::1]:8080"}
    )
    assert (read.rate, read.cors_origins) == ("10/second", ("https://a.example", "http://[::1]:8080"))
    with pytest.raises(ValueError, match="STORYFOLD_RATE_LIMIT: 'often' is no rate"):
        from_environment({"STORYFOLD_RATE_LIMIT": "often"})
    for origin in ("*", "https://desk.example/path", "desk.example"):
        with pytest.raises(ValueError, match="STORYFOLD_CORS_ORIGINS holds"):
            from_environment({"STORYFOLD_CORS_ORIGINS": origin})


def ran(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, *map(str, arguments)], check=False, capture_output=True, text=True, timeout=100)


def test_a_key_made_beside_a_running_server_opens_it(server: Any) -> None:
    store = f"sqlite:///{server.path}"
    created = ran("keys", "create", "Wire desk", "--scope", "ingest", "--scope", "read", "--store", store)
    key = created.stdout.strip()
    assert key.startswith("sfk_")
    assert key not in created.stderr
    assert "shown this once" in created.stderr
    deadline = time.monotonic() + 20
    while server.client.get("/v1/clusters").status_code != 401 and time.monotonic() < deadline:
        time.sleep(0.1)
    headers = {"Authorization": f"Bearer {key}"}
    assert server.client.post("/v1/articles", json={"title": "Storm"}, headers=headers).status_code == 201
    assert server.client.delete("/v1/articles/art_1", headers=headers).json()["code"] == "missing_scope"
    listed = json.loads(ran("keys", "list", "--store", store, "--json").stdout)["keys"]
    assert [(entry["name"], entry["scopes"]) for entry in listed] == [("Wire desk", ["ingest", "read"])]
    revoked = ran("keys", "revoke", listed[0]["id"], "--store", store)
    assert revoked.returncode == 0
    deadline = time.monotonic() + 20
    while server.client.get("/v1/clusters", headers=headers).status_code != 401 and time.monotonic() < deadline:
        time.sleep(0.1)
    assert server.client.get("/v1/clusters", headers=headers).json()["code"] == "revoked_key"
    server.process.terminate()
    server.process.wait(40)
    assert key.rpartition("_")[2].encode() not in server.path.read_bytes()
    assert key not in (Path(server.path).parent / "server.log").read_text()
    assert (
        "used 20" in ran("keys", "list", "--store", store).stdout
        or "revoked 20" in ran("keys", "list", "--store", store).stdout
    )
