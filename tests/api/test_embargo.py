"""Embargoes, corrections and kills, as readers notice them."""

from __future__ import annotations

import asyncio
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest

from dedupe.access import Scope, spelt
from dedupe.store.backup import backup
from dedupe.store.keys import SqlKeys
from tests.api.guardhouse import Guardhouse, made
from tests.soak.listening import PATH, messages
from tests.soak.serving import opened, serving, url_of

ADMIN = {"Authorization": f"Bearer {spelt('chief', 'secret_chief')}"}
TEXT = (
    "The ferry Aurora ran aground at dawn on Monday off the northern breakwater, and all 212 people on board were"
    " brought ashore by two tugs before noon, the coast guard said. Salvage crews expect to refloat her on Wednesday."
)
FOLLOW_UP = (
    "Tugs refloated the ferry Aurora off the northern breakwater on Wednesday. The coast guard said that she had run"
    " aground on Monday with 212 people on board because a chart of the breakwater was out of date."
)


def article(uri: str, text: str = TEXT, **fields: Any) -> dict[str, Any]:
    at = "2026-03-02T06:40:00Z"
    return {"title": "Ferry Aurora aground", "text": text, "uri": uri, "source": uri, "published_at": at} | fields


def soon(seconds: float) -> str:
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()


async def post(client: httpx.AsyncClient, body: dict[str, Any]) -> dict[str, Any]:
    answer = await client.post("/v1/articles", json=body)
    assert answer.status_code in (200, 201), answer.text
    found: dict[str, Any] = answer.json()
    return found


async def views(client: httpx.AsyncClient, path: str) -> tuple[Any, Any]:
    """Return what everyone sees at a path, and what the holder of the admin key does; a status where refused."""
    both = [await client.get(path), await client.get(path, headers=ADMIN)]
    plain, admin = (answer.json() if answer.status_code == 200 else answer.status_code for answer in both)
    return plain, admin


class Room:
    """A newsroom where everyone has a key, and one of them sees what is embargoed."""

    def __init__(self, newsroom: Any) -> None:
        self._house = Guardhouse(newsroom, release_seconds=0.05)
        self._plain = add_keys(self._house.keys)

    def run(self, scenario: Any) -> Any:
        async def with_key(client: httpx.AsyncClient) -> Any:
            client.headers.update(self._plain)
            return await scenario(client)

        return self._house.run(with_key)


def add_keys(keys: SqlKeys) -> dict[str, str]:
    """Add a key that sees what is embargoed, `ADMIN`, and one that does not; return the header of the latter."""
    assert made(keys, "chief", Scope.READ, Scope.EDIT, Scope.EMBARGO) == ADMIN
    return made(keys, "plain", Scope.READ, Scope.INGEST, Scope.EDIT)


def room(open_newsroom: Any) -> Any:
    return Room(open_newsroom())


@pytest.mark.parametrize("held", [{"pub_status": "withheld"}, {"embargoed_until": "2100-01-01T00:00:00Z"}])
def test_an_embargoed_article_is_nowhere_to_be_seen(open_newsroom: Any, held: dict[str, str]) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        placed = await post(client, article("wire", title="Secret headline", **held))
        cluster = placed["cluster_id"]
        assert await views(client, f"/v1/articles/{placed['article_id']}") == (404, await admin(client, placed))
        for path in (f"/v1/clusters/{cluster}", f"/v1/clusters/{cluster}/articles"):
            assert (await views(client, path))[0] == 404
        for path, key in (
            ("/v1/clusters", "clusters"),
            ("/v1/clusters?q=secret", "clusters"),
            ("/v1/changes", "changes"),
        ):
            plain, seen = await views(client, path)
            assert (len(plain[key]), len(seen[key])) == (0, 1)
        assert "Secret" not in (await client.get("/")).text
        assert (await client.get("/readyz")).json()["articles"] == 0

        copied = await post(client, article("paper", title="Ferry stuck"))
        assert (copied["decision"], copied["cluster_id"]) == ("copied", cluster)
        plain, seen = await views(client, f"/v1/clusters/{cluster}")
        assert (plain["size"], plain["headline"], plain["sources"]) == (1, "Ferry stuck", ["paper"])
        assert plain["independent_count"] == 1
        assert (seen["size"], seen["headline"], seen["source_count"]) == (2, "Secret headline", 2)
        plain, seen = await views(client, f"/v1/clusters/{cluster}/articles")
        assert [one["source"] for one in plain["articles"]] == ["paper"]
        assert plain["articles"][0]["assignment"]["duplicate_of"] is None
        assert {one["source"] for one in seen["articles"]} == {"paper", "wire"}
        assert (await views(client, "/v1/clusters?source=wire"))[0]["clusters"] == []
        assert len((await views(client, "/v1/clusters?source=wire"))[1]["clusters"]) == 1
        assert [one["seq"] for one in (await views(client, "/v1/changes"))[0]["changes"]] == [2]

    room(open_newsroom).run(scenario)


async def admin(client: httpx.AsyncClient, placed: dict[str, Any]) -> Any:
    return (await client.get(f"/v1/articles/{placed['article_id']}", headers=ADMIN)).json()


def test_an_embargo_lifts_by_itself_and_is_told_once(open_newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        placed = await post(client, article("wire", embargoed_until=soon(1.0)))
        told = asyncio.create_task(client.get("/v1/changes", params={"after": 0, "wait": 60}))
        await asyncio.sleep(0.3)
        assert not told.done()
        (change,) = (await told).json()["changes"]
        assert (change["kind"], change["article_id"], change["seq"]) == ("released", placed["article_id"], 2)
        assert (await client.get(f"/v1/articles/{placed['article_id']}")).status_code == 200
        (cluster,) = (await client.get("/v1/clusters")).json()["clusters"]
        assert (cluster["size"], cluster["updated_seq"]) == (1, 2)

    room(open_newsroom).run(scenario)


def test_versions_hide_show_and_correct(open_newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        placed = await post(client, article("wire", version=2))
        path = f"/v1/articles/{placed['article_id']}"
        older = await post(client, article("wire", FOLLOW_UP, version=1))
        assert (older["decision"], len(older["notices"])) == ("unchanged", 1)
        assert (await client.get(path)).json()["text"] == TEXT
        await post(client, article("wire", version=3, pub_status="withheld"))
        assert (await views(client, path))[0] == 404
        assert (await views(client, path))[1]["version"] == "3"
        await post(client, article("wire", TEXT + " She is 30 years old.", version=4, pub_status="withheld"))
        assert (await post(client, article("wire", FOLLOW_UP, version=5)))["decision"] == "revised"
        assert (await client.get(path)).json()["text"] == FOLLOW_UP
        plain, seen = await views(client, "/v1/changes")
        assert [one["kind"] for one in plain["changes"]] == ["opened", "withheld", "released"]
        kinds = ["opened", "withheld", "revised", "revised", "revised", "released"]
        assert [one["kind"] for one in seen["changes"]] == kinds

    room(open_newsroom).run(scenario)


def test_a_canceled_version_takes_the_article_down(open_newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        kill = {"uri": "wire", "source": "wire", "pub_status": "canceled"}
        nothing = await client.post("/v1/articles", json=kill)
        assert (nothing.status_code, nothing.json()["code"]) == (404, "unknown_article")
        placed = await post(client, article("wire"))
        await post(client, article("paper"))
        tried = await client.post("/v1/articles?dry_run=true", json=kill)
        assert (tried.json()["decision"], tried.json()["seq"]) == ("withdrawn", None)
        killed = await client.post("/v1/articles", json=kill)
        assert (killed.status_code, killed.json()["decision"], killed.json()["seq"]) == (200, "withdrawn", 3)
        assert (await client.get(f"/v1/articles/{placed['article_id']}")).status_code == 410
        assert (await client.get(f"/v1/clusters/{placed['cluster_id']}")).json()["size"] == 1
        lines = b"".join(
            httpx.Request("POST", "http://x", json=body).content + b"\n"
            for body in (article("late", FOLLOW_UP), {"uri": "late", "source": "late", "pub_status": "canceled"}, kill)
        )
        bulk = await client.post("/v1/articles/bulk", content=lines, headers={"Content-Type": "application/x-ndjson"})
        assert '"withdrawn"' in bulk.text.splitlines()[1]
        assert '"unknown_article"' in bulk.text.splitlines()[2]

    newsroom = room(open_newsroom)
    newsroom.run(scenario)


@pytest.mark.soak
def test_an_embargo_that_ends_while_the_server_is_down_lifts_when_it_is_back(tmp_path: Path) -> None:
    path = tmp_path / "news.db"
    opened(path).close()
    with closing(SqlKeys.open(url_of(path))) as keys:
        plain = add_keys(keys)
    with serving(path) as server, server.client() as client:
        client.headers.update(plain)
        placed = client.post("/v1/articles", json=article("wire", embargoed_until=soon(3))).json()
        assert client.get(f"/v1/articles/{placed['article_id']}").status_code == 404
        assert client.get(f"/v1/articles/{placed['article_id']}", headers=ADMIN).status_code == 200
        server.kill()
    time.sleep(3)
    with serving(path) as server, server.client() as client, client.stream("GET", PATH, headers=plain) as answer:
        told = next(message for message in messages(answer.iter_lines()) if message.data)
        assert told.data
        assert (told.id, told.data["kind"]) == ("2", "released")
        server.kill()


def sentences(number: int) -> list[str]:
    """Return sentences that no other article has."""
    mark = f"{number:x}".translate(str.maketrans("0123456789abcdef", "ghijklmnopqrstuv"))
    return [
        f"Quarryman Zo{mark}bel lifted the {mark}th slab before the {step} bell of the Tallow Festival."
        for step in ("first", "second", "third", "seventh")
    ]


def left_behind(folder: Path, words: list[str]) -> list[tuple[str, str]]:
    """Return where in the files of a folder any of the words still stands."""
    found = []
    for file in sorted(folder.iterdir()):
        content = file.read_bytes()
        found += [(file.name, word) for word in words if word.encode() in content or word.lower().encode() in content]
    return found


@pytest.mark.usefixtures("many_snapshots")
def test_what_was_taken_down_is_in_no_file(tmp_path: Path) -> None:
    """Texts short and long, revised and not, taken down by DELETE and by a kill, while the server runs and after."""
    numbers, gone = count(), list[str]()
    with serving(tmp_path / "news.db") as server, server.client() as client:
        for round_ in range(60):
            number = next(numbers)
            said = sentences(number)
            body = article(f"n{number}", " ".join(said * (1 + 9 * (round_ % 3))), title=said[0], language="en")
            placed = client.post("/v1/articles", json=body).json()
            if round_ % 4 == 0:
                longer = body | {"text": body["text"] + " " + " ".join(sentences(10_000 + number) * 12)}
                assert client.post("/v1/articles", json=longer).json()["decision"] == "revised"
                said = said + sentences(10_000 + number)
            if round_ % 3 == 0:
                gone += [*said, f"Zo{said[0].split('Zo')[1].split('bel')[0]}bel"]
                if round_ % 2:
                    assert client.delete(f"/v1/articles/{placed['article_id']}").status_code == 204
                else:
                    kill = {"uri": f"n{number}", "source": f"n{number}", "pub_status": "canceled"}
                    assert client.post("/v1/articles", json=kill).json()["decision"] == "withdrawn"
        kept = sentences(1)[0]
        assert left_behind(tmp_path, [kept])
        assert left_behind(tmp_path, gone) == []
        server.stop()
    assert (tmp_path / "news.db.index").exists()
    assert left_behind(tmp_path, gone) == []
    with_backup = tmp_path / "backups"
    with_backup.mkdir()
    opened(tmp_path / "news.db").close()
    backup(f"sqlite:///{tmp_path / 'news.db'}", with_backup / "copy.db")
    assert left_behind(with_backup, [kept])
    assert left_behind(with_backup, gone) == []
