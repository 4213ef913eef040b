"""Real services: in this process around a store in a file, and as a process of their own."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from api.app import Beside, create_app
from api.settings import ServiceSettings
from dedupe.engine import Engine
from dedupe.settings import EngineSettings
from dedupe.store.sql import SqlStore
from dedupe.store.subscriptions import Subscriptions
from dedupe.warming import warm_up

Scenario = Callable[[httpx.AsyncClient], Awaitable[Any]]


@dataclass(frozen=True)
class Newsroom:
    """An application around a store in a file; ``run`` starts it, asks it things and stops it."""

    app: FastAPI
    store: SqlStore
    path: Path

    def run(self, scenario: Scenario) -> Any:
        return asyncio.run(self._run(scenario))

    async def _run(self, scenario: Scenario) -> Any:
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        async with (
            self.app.router.lifespan_context(self.app),
            httpx.AsyncClient(transport=transport, base_url="http://newsroom") as client,
        ):
            return await scenario(client)


OpenNewsroom = Callable[..., Newsroom]


@pytest.fixture(scope="session")
def kernels() -> None:
    warm_up()


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a store once, for tests to copy: laying out its tables takes longer than most of them."""
    path = tmp_path_factory.mktemp("stores") / "empty.db"
    SqlStore.open(f"sqlite:///{path}", EngineSettings().signature_identity()).close()
    return path


@pytest.fixture
def open_newsroom(tmp_path: Path, kernels: None, empty_store: Path) -> Iterator[OpenNewsroom]:
    opened: list[SqlStore] = []

    def open_one(engine_type: type[Engine] = Engine, **settings: Any) -> Newsroom:
        path = tmp_path / f"news-{len(opened)}.db"
        shutil.copyfile(empty_store, path)
        store = SqlStore.open(f"sqlite:///{path}", EngineSettings().signature_identity())
        opened.append(store)
        service = ServiceSettings(**settings)
        app = create_app(
            engine_type(store), store.catalogue, service, beside=Beside(subscriptions=Subscriptions(store))
        )
        return Newsroom(app, store, path)

    yield open_one
    for store in opened:
        store.close()


@pytest.fixture
def newsroom(open_newsroom: OpenNewsroom) -> Newsroom:
    return open_newsroom()


@dataclass(frozen=True)
class Server:
    """A `storyfold serve` process: where it answers, and the file it writes."""

    url: str
    process: subprocess.Popen[str]
    path: Path
    client: httpx.Client


def start(path: Path, log: Path) -> subprocess.Popen[str]:
    command = (sys.executable, "-c", "from api.cli import main; main()")
    arguments = ("serve", "--port", "0", "--store", f"sqlite:///{path}", "--json")
    with log.open("a") as errors:
        return subprocess.Popen(
            [*command, *arguments], stdout=subprocess.PIPE, stderr=errors, text=True, env=os.environ
        )


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    path = tmp_path / "served.db"
    with start(path, tmp_path / "server.log") as process:
        assert process.stdout
        url = json.loads(process.stdout.readline())["url"]
        with closing(httpx.Client(base_url=url, transport=httpx.HTTPTransport(retries=8), timeout=60)) as client:
            try:
                assert client.get("/readyz").status_code == 200
                yield Server(url, process, path, client)
            finally:
                process.terminate()
                process.wait(40)


@pytest.fixture
def many_snapshots(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have servers write a snapshot every second, and when they stop."""
    monkeypatch.setenv("STORYFOLD_SNAPSHOT_EVENTS", "1")
    monkeypatch.setenv("STORYFOLD_SNAPSHOT_SECONDS", "1")
