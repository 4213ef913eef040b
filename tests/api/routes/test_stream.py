"""The stream of changes: numbered, resumed, filtered, kept alive, and cut for those who do not read."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.soak.listening import PATH, Message, messages
from tests.soak.serving import Server, serving

LINES = {"Content-Type": "application/x-ndjson"}


@pytest.fixture
def quick(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server that is impatient, and soon has streams enough."""
    monkeypatch.setenv("STORYFOLD_HEARTBEAT_SECONDS", "1")
    monkeypatch.setenv("STORYFOLD_STREAM_STALL_SECONDS", "1")
    monkeypatch.setenv("STORYFOLD_MOST_STREAMS", "2")
    with serving(tmp_path / "news.db") as running:
        yield running
        running.stop()


def post(client: httpx.Client, *titles: str) -> list[dict[str, Any]]:
    content = b"".join(json.dumps({"title": title}).encode() + b"\n" for title in titles)
    answers = client.post("/v1/articles/bulk", content=content, headers=LINES).text.splitlines()
    return [json.loads(line) for line in answers]


def take(server: Server, count: int, params: dict[str, Any], last_id: str | None = None) -> list[Message]:
    """Return the first messages of a stream."""
    headers = {} if last_id is None else {"Last-Event-ID": last_id}
    with server.client() as client, client.stream("GET", PATH, params=params, headers=headers) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["cache-control"] == "no-store"
        found = messages(answer.iter_lines())
        return [next(found) for _ in range(count)]


def test_a_stream_is_resumed_filtered_and_kept_alive(quick: Server) -> None:
    with quick.client() as client:
        placed = post(client, "Storm over Sandholm", "Election night in Norvik", "Harbour fire at Eastlow")
        client.delete(f"/v1/articles/{placed[0]['article_id']}")
        page = client.get("/v1/changes").json()["changes"]
    everything = take(quick, 5, {})
    assert [message.data for message in everything[:4]] == page
    assert everything[4] == Message("4", None)  # a heartbeat, since nothing more came
    assert [message.id for message in take(quick, 2, {}, last_id="2")] == ["3", "4"]
    assert [message.id for message in take(quick, 1, {"after": 1}, last_id="3")] == ["4"]
    rare = take(quick, 2, {"kind": "withdrawn"})
    assert [(message.id, message.data and message.data["kind"]) for message in rare] == [
        ("4", "withdrawn"),
        ("4", None),
    ]
    (none,) = take(quick, 1, {"kind": "merged"})
    assert none == Message("4", None)
    of_one = take(quick, 2, {"cluster_id": placed[0]["cluster_id"]})
    assert [message.id for message in of_one] == ["1", "4"]


def test_whoever_follows_is_told_at_once(quick: Server) -> None:
    with quick.client() as client, quick.client() as poster, client.stream("GET", PATH) as answer:
        found = messages(answer.iter_lines())
        for number, title in enumerate(("Storm over Sandholm", "Election night in Norvik"), 1):
            (placed,) = post(poster, title)
            told = next(message.data for message in found if message.data)
            assert (told["seq"], told["article_id"]) == (number, placed["article_id"])


def test_whoever_follows_is_told_of_a_reindex_and_of_its_end(quick: Server) -> None:
    with quick.client() as client, quick.client() as admin:
        (placed,) = post(admin, "Storm over Sandholm")
        path = admin.post("/v1/reindex", json={"settings": {"coverage": 0.7}}).headers["location"]
        assert admin.get(f"{path}?wait=15").json()["state"] == "ready"
        with client.stream("GET", PATH, params={"after": 1}) as answer:
            found = messages(answer.iter_lines())
            for kind, act in (("activated", "activate"), ("rolled_back", "rollback")):
                assert admin.post(f"{path}/{act}").status_code == 200
                told = next(message.data for message in found if message.data)
                assert (told["kind"], told["cluster_id"], told["generation"]["article_count"]) == (kind, None, 1)
                assert told == admin.get(f"/v1/changes?after={told['seq'] - 1}").json()["changes"][0]
    assert [message.id for message in take(quick, 2, {"kind": ["activated", "rolled_back"]})] == ["2", "3"]
    of_one = take(quick, 2, {"cluster_id": placed["cluster_id"]})
    assert [(message.id, message.data is None) for message in of_one] == [("1", False), ("3", True)]


def test_a_reader_who_takes_nothing_is_cut_and_comes_back_from_where_it_was(quick: Server) -> None:
    with quick.client() as client:
        for block in range(8):
            post(client, *(f"desk {block} notice {number:x}" for number in range(1_000)))
        newest = client.get("/readyz").json()["last_seq"]
        received = read_late(quick, client)
        got = [json.loads(data)["seq"] for data in re.findall(rb"^data: (.*)\n\n", received, re.MULTILINE)]
        assert 0 < len(got) < newest
        rest = take(quick, newest - got[-1], {}, last_id=str(got[-1]))
        assert got + [int(message.id) for message in rest] == list(range(1, newest + 1))
        assert "storyfold_streams_stalled 1.0" in client.get("/metrics").text


def read_late(server: Server, client: httpx.Client) -> bytes:
    """Open a stream and read nothing of it until the server has cut it; return what there was to read then."""
    host, port = server.url.removeprefix("http://").split(":")
    with socket.socket() as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        slow.settimeout(30)
        slow.connect((host, int(port)))
        slow.sendall(f"GET {PATH} HTTP/1.1\r\nHost: here\r\n\r\n".encode())
        end = time.monotonic() + 30
        while "storyfold_streams_stalled 1.0" not in client.get("/metrics").text and time.monotonic() < end:
            time.sleep(0.05)
        received = b""
        try:
            while part := slow.recv(65_536):
                received += part
        except ConnectionResetError:
            return received
        return received


def test_there_are_only_so_many_streams(quick: Server) -> None:
    with quick.client() as one, quick.client() as two, quick.client() as three:
        with one.stream("GET", PATH), two.stream("GET", PATH):
            refused = three.get(PATH)
            assert (refused.status_code, refused.json()["code"]) == (503, "overloaded")
            assert "storyfold_streams 2.0" in three.get("/metrics").text
        end = time.monotonic() + 30
        while "storyfold_streams 0.0" not in three.get("/metrics").text:
            assert time.monotonic() < end
            time.sleep(0.05)
        with three.stream("GET", PATH) as again:
            assert again.status_code == 200


def test_a_stream_ends_whole_when_the_server_stops(tmp_path: Path) -> None:
    with serving(tmp_path / "news.db") as server, server.client() as client, client.stream("GET", PATH) as answer:
        parts = answer.iter_raw()
        assert next(parts).startswith(b"retry: ")
        server.process.terminate()
        assert list(parts) == []  # ended as HTTP says, not cut
        server.stop()


def test_a_reader_ahead_of_the_log_is_told(newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        answer = await client.get(PATH, headers={"Last-Event-ID": "7"})
        assert (answer.status_code, answer.json()["code"]) == (409, "ahead_of_log")
        assert "ends at 0" in answer.json()["detail"]
        for wrong in ("x", "-1", "1" * 30, ""):
            answer = await client.get(PATH, headers={"Last-Event-ID": wrong})
            assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request"), wrong

    newsroom.run(scenario)


def test_waiting_for_one_cluster_lets_the_others_pass(newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        first = (await client.post("/v1/articles", json={"title": "Storm over Sandholm"})).json()
        waiting = asyncio.create_task(
            client.get("/v1/changes", params={"after": 1, "wait": 60, "cluster_id": first["cluster_id"]})
        )
        await asyncio.sleep(0.1)
        await client.post("/v1/articles", json={"title": "Election night in Norvik"})
        await asyncio.sleep(0.1)
        assert not waiting.done()
        await client.delete(f"/v1/articles/{first['article_id']}")
        answer = (await asyncio.wait_for(waiting, 30)).json()
        assert ([entry["kind"] for entry in answer["changes"]], answer["last_seq"]) == (["withdrawn"], 3)

    newsroom.run(scenario)
