"""A `storyfold serve` process of our own, that is started, asked, killed and started again."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from dedupe.settings import EngineSettings
from dedupe.store.sql import SqlStore
from dedupe.submission import Submission

COMMAND = (sys.executable, "-c", "from api.cli import main; main()", "serve", "--json")


@dataclass(frozen=True)
class Server:
    """A running server, and where it answers."""

    process: subprocess.Popen[str]
    url: str

    def client(self) -> httpx.Client:
        """Return a client of one kept-alive connection; it waits for the server to listen, and repeats nothing else."""
        limits = httpx.Limits(max_connections=1)
        return httpx.Client(base_url=self.url, transport=httpx.HTTPTransport(retries=8, limits=limits), timeout=60)

    def kill(self) -> None:
        """End it as a power cut would, with no time to finish anything."""
        self.process.kill()
        assert self.process.wait(30) == -signal.SIGKILL

    def stop(self) -> None:
        """Ask it to finish what it accepted, and check that it does."""
        self.process.terminate()
        assert self.process.wait(60) == 0


@contextmanager
def serving(path: Path, port: int = 0) -> Iterator[Server]:
    """Serve the store in a file, at any free port if none is named; its complaints are added to a log beside it."""
    log = path.with_suffix(".log")
    options = ["--store", url_of(path), "--port", str(port)]
    with (
        log.open("a") as errors,
        subprocess.Popen([*COMMAND, *options], stdout=subprocess.PIPE, stderr=errors, text=True) as process,
    ):
        try:
            assert process.stdout
            first = process.stdout.readline()
            assert first, log.read_text()[-2_000:]
            server = Server(process, json.loads(first)["url"])
            with server.client() as client:
                assert client.get("/readyz").status_code == 200
            yield server
        finally:
            process.kill()
    assert '"level": "error"' not in log.read_text()


def url_of(path: Path) -> str:
    """Return the URL of the store in a file."""
    return f"sqlite:///{path}"


def opened(path: Path) -> SqlStore:
    """Open the store in a file, as the server does."""
    return SqlStore.open(url_of(path), EngineSettings().signature_identity())


def row_of(submission: Submission) -> Mapping[str, Any]:
    """Return an invented article as a client sends it."""
    article = submission.article
    assert article.published_at
    return {
        "title": article.title,
        "text": article.text,
        "source": article.source,
        "uri": article.uri,
        "published_at": article.published_at.isoformat(),
        "language": article.language,
    }
