"""`storyfold serve`, `storyfold demo` and `storyfold ingest --server`, as processes of their own."""

from __future__ import annotations

import json
import os
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from dedupe.store.catalogue import SqlCatalogue

COMMAND = (sys.executable, "-c", "from api.cli import main; main()")
EVERYWHERE = "0.0.0.0"  # noqa: S104  what these tests are about
SAMPLE = Path(__file__).parents[2] / "data" / "sample" / "articles.jsonl"
ARTICLE = {
    "title": "Ferry aground",
    "text": "The ferry Sandholm ran aground at dawn.",
    "uri": "f1",
    "source": "Courier",
}

Started = Callable[..., Any]


class Server:
    """A running `storyfold serve` or `demo`."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout
        self.process = process
        self.figures = json.loads(process.stdout.readline())
        self.url: str = self.figures["url"]
        self.client = httpx.Client(base_url=self.url, transport=httpx.HTTPTransport(retries=5), timeout=30)

    def stop(self, how: signal.Signals) -> int:
        self.process.send_signal(how)
        return self.process.wait(30)


@contextmanager
def started(*arguments: object, **variables: str) -> Iterator[Server]:
    command = [*COMMAND, *map(str, arguments), "--json"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env={**os.environ, **variables}
    ) as process:
        server = None
        try:
            server = Server(process)
            yield server
        finally:
            if server:
                server.client.close()
            process.terminate()
            process.wait(30)


def ran(*arguments: object, **variables: str) -> subprocess.CompletedProcess[str]:
    command = [*COMMAND, *map(str, arguments)]
    return subprocess.run(
        command, check=False, capture_output=True, text=True, timeout=100, env={**os.environ, **variables}
    )


@pytest.fixture
def store(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/news.db"


def article_count(store: str) -> int:
    with closing(SqlCatalogue.open(store)) as catalogue:
        return catalogue.totals().articles


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_server_answers_and_stops_when_told(store: str, how: signal.Signals) -> None:
    with started("serve", "--port", 0, "--store", store) as server:
        assert server.client.post("/v1/articles", json=ARTICLE).status_code == 201
        assert server.figures["articles"] == 0
        assert server.stop(how) == 0
    assert article_count(store) == 1


@pytest.mark.soak
def test_a_killed_server_keeps_what_it_acknowledged(store: str) -> None:
    with started("serve", "--port", 0, "--store", store) as server:
        first = server.client.post("/v1/articles", json=ARTICLE).json()
        assert server.stop(signal.SIGKILL) == -signal.SIGKILL
    with started("serve", "--port", 0, "--store", store) as server:
        again = server.client.post("/v1/articles", json=ARTICLE).json()
        assert server.figures["articles"] == 1
    assert (again["article_id"], again["cluster_id"]) == (first["article_id"], first["cluster_id"])
    assert again["decision"] == "unchanged"


def test_one_server_a_store_and_a_port(store: str, tmp_path: Path) -> None:
    with started("serve", "--port", 0, "--store", store) as server:
        same_store = ran("serve", "--port", 0, "--store", store)
        port = server.url.rpartition(":")[2]
        same_port = ran("serve", "--port", port, "--store", f"sqlite:///{tmp_path}/other.db")
    assert same_store.returncode == 3
    assert f"already being written by process {server.process.pid}" in same_store.stderr
    assert same_port.returncode == 4
    assert same_port.stderr == (
        f"storyfold: 127.0.0.1 port {port} is taken; stop what listens there, or choose another with --port\n"
    )
    assert not (tmp_path / "other.db").exists()


def test_other_machines_are_not_let_in_by_accident(store: str) -> None:
    refused = ran("serve", "--host", EVERYWHERE, "--port", 0, "--store", store)
    assert refused.returncode == 2
    assert "--api-key-file" in refused.stderr
    assert "--open" in refused.stderr
    assert refused.stderr.count("\n") == 1
    with started("serve", "--host", EVERYWHERE, "--port", 0, "--store", store, "--open") as server:
        assert server.client.get("/v1/clusters").status_code == 200


def test_with_a_key_every_request_needs_one(store: str, tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("first-key\nsecond-key\n")
    with started(
        "serve", "--host", EVERYWHERE, "--port", 0, "--store", store, "--api-key-file", tmp_path / "keys"
    ) as server:
        without = server.client.get("/v1/clusters")
        with_key = server.client.get("/v1/clusters", headers={"Authorization": "Bearer second-key"})
        refused = ran("ingest", SAMPLE, "--server", server.url)
        accepted = ran("ingest", SAMPLE, "--server", server.url, "--api-key-file", tmp_path / "keys", "--json")
    assert (without.status_code, with_key.status_code) == (401, 200)
    assert refused.returncode == 4
    assert "refused with status 401: send a known API key" in refused.stderr
    assert accepted.returncode == 0
    assert json.loads(accepted.stdout)["articles"] == article_count(store) == 150


@pytest.mark.parametrize(("content", "reason"), [(None, "cannot be read"), ("\n", "is empty")])
def test_a_key_file_without_a_key(store: str, tmp_path: Path, content: str | None, reason: str) -> None:
    if content is not None:
        (tmp_path / "keys").write_text(content)
    refused = ran("serve", "--port", 0, "--store", store, "--api-key-file", tmp_path / "keys")
    assert refused.returncode == 2
    assert reason in refused.stderr


@pytest.mark.soak
def test_ingesting_into_a_server_equals_ingesting_into_a_store(store: str, tmp_path: Path) -> None:
    other = f"sqlite:///{tmp_path}/other.db"
    with started("serve", "--port", 0, "--store", store) as server:
        through = json.loads(ran("ingest", SAMPLE, "--server", server.url, "--json").stdout)
        again = json.loads(ran("ingest", SAMPLE, "--server", server.url, "--json").stdout)
    directly = json.loads(ran("ingest", SAMPLE, "--store", other, "--json").stdout)
    decisions = ("opened", "joined", "copied", "failed")
    assert [through[name] for name in decisions] == [directly[name] for name in decisions]
    assert again["unchanged"] == 150


def test_a_wrong_setting_is_one_line(store: str) -> None:
    refused = ran("serve", "--port", 0, "--store", store, STORYFOLD_GROUP_SIZE="many")
    assert refused.returncode == 2
    assert refused.stderr == "storyfold: STORYFOLD_GROUP_SIZE must be a whole number above 0, not 'many'\n"


@pytest.mark.parametrize(
    ("host", "reason"), [("192.0.2.1", "is no address of this machine"), ("nowhere.invalid", "is no address")]
)
def test_an_address_of_somewhere_else(store: str, host: str, reason: str) -> None:
    refused = ran("serve", "--host", host, "--port", 8000, "--store", store, "--open")
    assert refused.returncode == 4
    assert reason in refused.stderr


def test_a_person_is_told_where_to_look(store: str) -> None:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port = trial.getsockname()[1]
    with subprocess.Popen(
        [*COMMAND, "serve", "--port", str(port), "--store", store],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    ) as process:  # fmt: skip
        assert process.stdout
        line = process.stdout.readline()
        process.terminate()
    assert line == (
        f"Serving {store} (0 articles) at http://127.0.0.1:{port}, described at http://127.0.0.1:{port}/docs\n"
    )


def test_the_demo_takes_the_article_that_it_suggests() -> None:
    with started("demo", "--port", 0) as server:
        clusters = server.client.get("/v1/clusters", params={"sort": "size"}).json()
        _, _, url, _, header, _, article = shlex.split(server.figures["try"])
        answer = server.client.post(url, content=article, headers=[header.split(": ")])
        folder = Path(server.figures["store"].removeprefix("sqlite:///")).parent
        assert folder.exists()
        assert server.stop(signal.SIGTERM) == 0
    assert server.figures["articles"] == 150
    assert clusters
    assert answer.json()["decision"] == "joined"
    assert not folder.exists()


@pytest.mark.soak
def test_a_demo_that_is_kept(store: str) -> None:
    for _ in range(2):
        with started("demo", "--port", 0, "--store", store) as server:
            assert server.figures["articles"] == 150
    assert article_count(store) == 150
