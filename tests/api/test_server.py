"""The service as a process: it ends well when asked to, and loses nothing when killed."""

from __future__ import annotations

import json
import signal
import socket
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.settings import ServiceSettings, from_environment
from dedupe.engine import Engine
from dedupe.settings import EngineSettings
from dedupe.store.sql import SqlStore


def post_until_refused(url: str, poster: int, acknowledged: list[dict[str, Any]]) -> None:
    with httpx.Client(base_url=url, timeout=30) as client:
        for number in range(10_000):
            try:
                article = {"title": f"Report {number} of desk {poster}", "uri": f"{poster}-{number}"}
                answer = client.post("/v1/articles", json=article)
            except httpx.TransportError:
                return
            if answer.status_code != 201:
                return
            acknowledged.append(answer.json())


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_what_was_acknowledged_is_kept(server: Any, how: signal.Signals) -> None:
    acknowledged: list[dict[str, Any]] = []
    posters = [
        threading.Thread(target=post_until_refused, args=(server.url, poster, acknowledged)) for poster in range(8)
    ]
    for poster in posters:
        poster.start()
    while len(acknowledged) < 100:
        time.sleep(0.01)
    server.process.send_signal(how)
    code = server.process.wait(40)
    for poster in posters:
        poster.join()
    assert code == (-signal.SIGKILL if how == signal.SIGKILL else 0)
    store = SqlStore.open(f"sqlite:///{server.path}", EngineSettings().signature_identity())
    try:
        for answer in acknowledged:
            kept = store.catalogue.article(answer["article_id"]).assignment
            assert (kept.cluster_id, kept.seq) == (answer["cluster_id"], answer["seq"])
        assert store.catalogue.totals().articles >= len(acknowledged)
        assert Engine(store).digest() == Engine(store).digest()
    finally:
        store.close()


def test_whoever_waits_for_a_change_is_let_go_at_the_end(server: Any) -> None:
    host, port = server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=60) as waiting:
        waiting.sendall(b"GET /v1/changes?after=0&wait=60 HTTP/1.1\r\nHost: here\r\n\r\n")
        for _ in range(3):  # by then it has read what came before
            assert server.client.get("/readyz").status_code == 200
        server.process.terminate()
        assert server.process.wait(15) == 0
        answer = b"".join(iter(lambda: waiting.recv(65_536), b""))
    assert answer.startswith(b"HTTP/1.1 200 OK")
    assert answer.endswith(b'{"changes":[],"last_seq":0}')


def test_the_log_is_one_object_a_line(server: Any, tmp_path: Path) -> None:
    server.client.post("/v1/articles", json={"title": "Unmistakable headline"}, headers={"X-Request-ID": "desk-9"})
    server.process.terminate()
    server.process.wait(40)
    log = (tmp_path / "server.log").read_text()
    entries = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    posted = [entry for entry in entries if entry.get("request_id") == "desk-9"]
    assert [(entry["route"], entry["status"], entry["level"]) for entry in posted] == [("/v1/articles", 201, "info")]
    assert posted[0]["timestamp"].endswith("Z")
    assert "Unmistakable" not in log


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, ServiceSettings()),
        ({"STORYFOLD_QUEUE_LENGTH": "7"}, ServiceSettings(queue_length=7)),
        ({"STORYFOLD_GROUP_SIZE": "1", "OTHER": "x"}, ServiceSettings(group_size=1)),
    ],
)
def test_settings_are_read_from_the_environment(variables: dict[str, str], expected: ServiceSettings) -> None:
    assert from_environment(variables) == expected


@pytest.mark.parametrize("value", ["0", "-1", "many", ""])
def test_a_wrong_setting_is_refused_by_name(value: str) -> None:
    with pytest.raises(ValueError, match="STORYFOLD_GROUP_SIZE"):
        from_environment({"STORYFOLD_GROUP_SIZE": value})
