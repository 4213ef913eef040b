"""A real server for the clients to ask, and one that answers what it is told to."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from api.client import Client, Retries
from tests.soak.serving import Server, serving

QUICK = Retries(most=4, first_wait=0.01, longest_wait=0.05)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve one store to all tests of a module."""
    with serving(tmp_path_factory.mktemp("client") / "news.db") as running:
        yield running


@pytest.fixture
def client(served: Server) -> Iterator[Client]:
    with Client(served.url, retries=QUICK) as asking:
        yield asking


@dataclass
class Stub:
    """A server on a real port that gives the answers it was told to, in order, and the last of them ever after.

    None is no answer: the connection is cut. It is there for what a healthy server cannot be made to do.
    """

    answers: list[tuple[int, dict[str, str], bytes] | None]
    url: str = ""
    asked: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)


@contextmanager
def answering(*answers: tuple[int, dict[str, str], bytes] | None) -> Iterator[Stub]:
    stub = Stub(list(answers))

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            stub.asked.append((self.command, self.path, headers, body))
            told = stub.answers.pop(0) if len(stub.answers) > 1 else stub.answers[0]
            if told is None:
                self.close_connection = True
                return
            status, named, content = told
            self.send_response(status)
            for name, value in {**named, "Content-Length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815  names that the server looks for

        def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002  the overridden signature
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        stub.url = f"http://127.0.0.1:{server.server_address[1]}"
        try:
            yield stub
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def missing_port() -> int:
    """Return a port at which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
    return port
