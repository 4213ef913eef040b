"""Our own mistakes: answered, logged under the request they befell, and nothing of an article in the log."""

from __future__ import annotations

import json
import logging
import socket
import sqlite3
from contextlib import closing
from typing import Any

import httpx
import pytest
import structlog
from structlog.testing import capture_logs

from api.logs import log_as_json, told
from dedupe.engine import Engine

SECRET = "Minister resigns over harbour contract"
LINES = {"content-type": "application/x-ndjson"}


class Faulty(Engine):
    """An engine that cannot cope with one title."""

    def add_each(self, submissions: Any, **options: Any) -> Any:
        if any(submission.article.title == SECRET for submission in submissions):
            raise ZeroDivisionError(SECRET)
        return super().add_each(submissions, **options)


def broken(newsroom: Any) -> None:
    """Give an application a path that fails before it answers."""

    @newsroom.app.get("/before")
    async def before() -> None:
        raise LookupError(SECRET)


def test_a_defect_is_answered_under_the_id_that_the_log_has(newsroom: Any) -> None:
    broken(newsroom)

    async def scenario(client: httpx.AsyncClient) -> httpx.Response:
        return await client.get("/before")

    with capture_logs() as entries:
        answer = newsroom.run(scenario)
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert {entry["request_id"] for entry in entries} == {answer.headers["x-request-id"]}
    defect = next(entry for entry in entries if entry["event"] == "defect")
    assert defect["error"] == "LookupError"
    assert defect["places"][-1].startswith("tests/api/test_defects.py:")
    assert defect["places"][-1].endswith(" before")
    assert SECRET not in str(entries)


def test_a_defect_within_a_bulk_costs_its_group_only(open_newsroom: Any) -> None:
    newsroom = open_newsroom(engine_type=Faulty, group_size=1)
    titles = ["Storm", SECRET, "Election night"]

    async def scenario(client: httpx.AsyncClient) -> list[dict[str, Any]]:
        content = "\n".join(json.dumps({"title": title}) for title in titles)
        answer = await client.post("/v1/articles/bulk", content=content, headers=LINES)
        return [json.loads(line) for line in answer.text.splitlines()]

    with capture_logs() as entries:
        first, failed, last = newsroom.run(scenario)
    assert (first["decision"], last["decision"]) == ("opened", "opened")
    assert (failed["line"], failed["status"], failed["code"]) == (2, 500, "internal_error")
    assert [entry["error"] for entry in entries if entry["event"] == "defect"] == ["ZeroDivisionError"]
    assert SECRET not in str(entries)


def test_pages_come_in_by_the_line_too(newsroom: Any) -> None:
    told_there = " ".join(["The ferry ran aground at dawn, and two tugs are on their way from the mainland."] * 4)
    page = f"<html><head><title>Ferry</title></head><body><article><p>{told_there}</p></article></body></html>"
    lines = [{"html": page}, {"html": ""}, {"title": "Storm"}]

    async def scenario(client: httpx.AsyncClient) -> list[dict[str, Any]]:
        content = "\n".join(map(json.dumps, lines))
        answer = await client.post("/v1/articles/bulk", content=content, headers=LINES)
        return [json.loads(line) for line in answer.text.splitlines()]

    first, refused, last = newsroom.run(scenario)
    assert newsroom.store.catalogue.article(first["article_id"]).article.text == told_there
    assert (refused["line"], refused["errors"][0]["field"]) == (2, "html")
    assert last["decision"] == "opened"


def test_what_cannot_be_stored_is_logged_once_with_its_reason(newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> httpx.Response:
        with closing(sqlite3.connect(newsroom.path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            return await client.post("/v1/articles", json={"title": SECRET})

    with capture_logs() as entries:
        answer = newsroom.run(scenario)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    (warning,) = (entry for entry in entries if entry["event"] == "not stored")
    assert (warning["articles"], warning["reason"]) == (1, answer.json()["detail"])
    assert SECRET not in str(entries)


def test_a_client_that_leaves_is_no_defect(server: Any) -> None:
    host, port = server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        connection.sendall(
            b"POST /v1/articles HTTP/1.1\r\nHost: here\r\nX-Request-ID: gone\r\n"
            b"Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"
        )
    log = server.path.parent / "server.log"
    while '"gone"' not in log.read_text():
        assert server.client.get("/healthz").status_code == 200
    entries = [json.loads(line) for line in log.read_text().splitlines() if '"gone"' in line]
    assert [(entry["event"], entry["status"]) for entry in entries] == [("request", 400)]


@pytest.fixture
def restored_logging() -> Any:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level


def test_libraries_log_as_the_service_does(restored_logging: None, capsys: Any) -> None:
    before = structlog.get_config()
    log_as_json()
    structlog.configure(**before)
    logging.getLogger("uvicorn.error").info("unheard")
    logging.getLogger("uvicorn.error").warning("port %d is odd", 7)
    try:
        {}[SECRET]
    except KeyError:
        logging.getLogger("uvicorn.error").exception("Exception in %s", SECRET)
    odd, defect = map(json.loads, capsys.readouterr().err.splitlines())
    assert (odd["event"], odd["level"], odd["logger"]) == ("port 7 is odd", "warning", "uvicorn.error")
    assert odd["timestamp"].endswith("Z")
    assert (defect["event"], defect["error"]) == ("defect", "KeyError")
    assert SECRET not in str(defect)


def test_of_a_deep_defect_the_last_places_are_told() -> None:
    def deeper(levels: int) -> None:
        if levels == 0:
            raise RecursionError
        deeper(levels - 1)

    try:
        deeper(50)
    except RecursionError as error:
        places = told(error)["places"]
    assert len(places) == 12
    assert all(place.endswith(" deeper") for place in places)
