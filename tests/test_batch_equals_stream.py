"""The sample stream through `storyfold cluster` and through the service: the same clusters, the same copies."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.app import create_app
from api.settings import ServiceSettings
from dedupe.engine import Engine
from dedupe.settings import EngineSettings
from dedupe.store.sql import SqlStore

SAMPLE = Path(__file__).parents[1] / "data" / "sample" / "articles.jsonl"
FIELDS = ("cluster_id", "duplicate_group_id")

Row = Mapping[str, Any]
Answers = dict[str, Row]
"""Where each article is in the end, by its id in the file."""
Send = Callable[[httpx.AsyncClient, list[Row]], Awaitable[list[str]]]


def sample() -> list[Row]:
    """Return the rows as the service takes them: the file's ``id`` is the client's ``uri``."""
    rows = [json.loads(line) for line in SAMPLE.read_text(encoding="utf-8").splitlines()]
    return [{"uri" if name == "id" else name: value for name, value in row.items()} for row in rows]


def partition(answers: Answers, field: str) -> set[frozenset[str]]:
    """Return the sets of ids that have ``field`` in common; None is nothing to have in common."""
    values = {answer[field] for answer in answers.values()} - {None}
    return {frozenset(name for name, answer in answers.items() if answer[field] == value) for value in values}


async def one_by_one(client: httpx.AsyncClient, rows: list[Row]) -> list[str]:
    """Post each row by itself; return the ids given."""
    answers = [await client.post("/v1/articles", json=row) for row in rows]
    assert {answer.status_code for answer in answers} == {201}
    return [answer.json()["article_id"] for answer in answers]


async def in_bulk(client: httpx.AsyncClient, rows: list[Row]) -> list[str]:
    """Post all rows in one request; return the ids given."""
    body = "".join(json.dumps(row) + "\n" for row in rows)
    answer = await client.post("/v1/articles/bulk", content=body, headers={"Content-Type": "application/x-ndjson"})
    assert answer.status_code == 200
    return [json.loads(line)["article_id"] for line in answer.text.splitlines()]


def from_the_service(send: Send, rows: list[Row], folder: Path) -> Answers:
    """Send rows to the service; return where they are when all are in."""
    with closing(SqlStore.open(f"sqlite:///{folder}/stream.db", EngineSettings().signature_identity())) as store:
        app = create_app(Engine(store), store.catalogue, ServiceSettings())

        async def scenario() -> Answers:
            transport = httpx.ASGITransport(app)
            async with (
                app.router.lifespan_context(app),
                httpx.AsyncClient(transport=transport, base_url="http://storyfold") as client,
            ):
                article_ids = await send(client, rows)
                found = [(await client.get(f"/v1/articles/{article_id}")).json() for article_id in article_ids]
                return {article["uri"]: article["assignment"] for article in found}

        return asyncio.run(scenario())


@pytest.fixture(scope="module")
def from_the_command(tmp_path_factory: pytest.TempPathFactory) -> Answers:
    output, command = tmp_path_factory.mktemp("batch") / "clusters.jsonl", Path(sys.executable).with_name("storyfold")
    subprocess.run([command, "cluster", SAMPLE, "-o", output], check=True, capture_output=True)
    lines: Iterable[Row] = map(json.loads, output.read_text(encoding="utf-8").splitlines())
    return {line["id"]: line for line in lines}


@pytest.mark.parametrize("send", [one_by_one, in_bulk])
def test_the_service_folds_the_stream_as_the_command_does(
    send: Send, from_the_command: Answers, tmp_path: Path
) -> None:
    rows = sample()
    answers = from_the_service(send, rows, tmp_path)
    assert answers.keys() == from_the_command.keys() == {row["uri"] for row in rows}
    for field in FIELDS:
        assert partition(answers, field) == partition(from_the_command, field)


def test_there_is_something_to_compare(from_the_command: Answers) -> None:
    sizes = {field: [len(members) for members in partition(from_the_command, field)] for field in FIELDS}
    assert max(sizes["cluster_id"]) > 5
    assert sum(sizes["duplicate_group_id"]) > len(sizes["duplicate_group_id"]) > 20
