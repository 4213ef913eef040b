"""What ingest makes of servers that are busy, gone, or no Storyfold at all; a real one is in tests/api."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from dedupe.article import Article
from dedupe.cli.failures import CommandFailed, ExitCode
from dedupe.cli.outcome import Outcome
from dedupe.cli.sending import sending_to

FERRY = Article(title="Ferry aground", source="Courier", authors=("A. Writer",))
STRIKE = Article(title="Dockers to strike", language="en")


class Scripted(ThreadingHTTPServer):
    """Answers one request after the other as it was told to, and keeps what it was sent."""

    def __init__(self, answers: Sequence[tuple[int, bytes]]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers = list(answers)
        self.bodies: list[bytes] = []
        self.keys: list[str | None] = []
        self.paths: list[str] = []


class Handler(BaseHTTPRequestHandler):
    server: Scripted

    def do_POST(self) -> None:
        self.server.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.keys.append(self.headers["Authorization"])
        self.server.paths.append(self.path)
        status, body = self.server.answers.pop(0)
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


@contextmanager
def scripted(*answers: tuple[int, bytes]) -> Iterator[tuple[Scripted, str]]:
    with Scripted(answers) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_a_group_is_one_request_and_each_line_has_its_outcome(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("secret\nolder\n")
    answer = b'{"decision":"opened"}\n{"title":"Invalid","detail":"text: too long"}\n'
    with scripted((200, answer)) as (server, url), sending_to(f"{url}/news/", tmp_path / "key") as send:
        outcomes = send([FERRY, STRIKE])

    assert outcomes == [Outcome(decision="opened"), Outcome(problem="text: too long")]
    assert server.keys == ["Bearer secret"]
    assert server.paths == ["/news/v1/articles/bulk"]
    assert [json.loads(line) for line in server.bodies[0].splitlines()] == [
        {"title": "Ferry aground", "source": "Courier", "authors": ["A. Writer"], "pub_status": "usable"},
        {"title": "Dockers to strike", "language": "en", "pub_status": "usable"},
    ]


def test_a_busy_server_is_asked_again() -> None:
    with (
        scripted((503, b""), (429, b""), (200, b'{"decision":"opened"}\n')) as (server, url),
        sending_to(url, None, waits_seconds=(0, 0)) as send,
    ):
        assert send([FERRY]) == [Outcome(decision="opened")]
    assert len(server.bodies) == 3


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ([(503, b'{"detail": "the disk is full"}')] * 2, "refused with status 503: the disk is full"),
        ([(404, b"<html>nothing here</html>")], "refused with status 404: <html>nothing here</html>"),
        ([(400, b"[]")], "refused with status 400: []"),
        ([(500, b"")], "refused with status 500: no reason given"),
        ([(200, b"")], "answered 0 lines to 1 articles"),
        ([(200, b"<html>nothing here</html>")], "answered something else than Storyfold does"),
        ([(200, b"7")], "answered something else than Storyfold does"),
    ],
)
def test_a_server_that_refuses(answers: list[tuple[int, bytes]], reason: str) -> None:
    with (
        scripted(*answers) as (_, url),
        sending_to(url, None, waits_seconds=(0,)) as send,
        pytest.raises(CommandFailed) as refused,
    ):
        send([FERRY])
    assert url.removeprefix("http://") in str(refused.value)
    assert reason in str(refused.value)
    assert refused.value.exit_code is ExitCode.SERVER


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "https://127.0.0.1:9"])
def test_a_server_that_is_not_there(url: str) -> None:
    with sending_to(url, None, waits_seconds=(0,)) as send, pytest.raises(CommandFailed, match="is the server running"):
        send([FERRY])


@pytest.mark.parametrize("url", ["127.0.0.1:8000", "ftp://news.example", "http://"])
def test_what_is_no_address(url: str) -> None:
    with pytest.raises(CommandFailed, match="write it as http://127"), sending_to(url, None):
        pass
