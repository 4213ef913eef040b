"""A real server of feeds and pages, whose content a test changes."""

from __future__ import annotations

import threading
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from api import cli


@dataclass
class Site:
    """What is at which path: a body, or a status with headers."""

    url: str
    bodies: dict[str, bytes] = field(default_factory=dict)
    refusals: dict[str, tuple[int, dict[str, str]]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    answered: Counter[int] = field(default_factory=Counter)

    def rss(self, path: str, *items: tuple[str, str], title: str = "Harbour Gazette") -> None:
        """Put a feed there, of titles and texts; each links to a page of its own."""
        entries = "".join(
            f"<item><title>{head}</title><guid>{head}</guid><link>{self.url}/{zlib.crc32(head.encode())}</link>"
            f"<description>{text}</description></item>"
            for head, text in items
        )
        self.bodies[path] = (
            f'<?xml version="1.0"?><rss version="2.0"><channel><title>{title}</title>{entries}</channel></rss>'.encode()
        )

    def page(self, head: str, text: str) -> str:
        """Put the page of an entry there; return its path."""
        path = f"/{zlib.crc32(head.encode())}"
        self.bodies[path] = f"<html><body><article><h1>{head}</h1><p>{text}</p></article></body></html>".encode()
        return path

    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]


@pytest.fixture
def site() -> Iterator[Site]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
            body = site.bodies.get(self.path, b"")
            tag = f'"{zlib.crc32(body)}"'
            status, headers = site.refusals.get(self.path, (200 if body else 404, {}))
            if status == 200 and self.headers.get("if-none-match") == tag:
                status = 304
            site.answered[status] += 1
            self.send_response(status)
            content = body if status == 200 else b""
            for name, value in {"ETag": tag, "Content-Length": str(len(content)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002  the overridden signature
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        site = Site(f"http://127.0.0.1:{server.server_address[1]}")
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield site
        finally:
            server.shutdown()
            thread.join()


OpmlOf = Callable[..., Path]


@pytest.fixture
def opml(tmp_path: Path, site: Site) -> OpmlOf:
    """Return what writes a list of feeds of the site."""

    def write(*paths: str) -> Path:
        listed = "".join(f'<outline text="A feed" xmlUrl="{site.url}{path}"/>' for path in paths)
        path = tmp_path / "feeds.opml"
        path.write_text(
            f'<?xml version="1.0"?><opml version="2.0"><body><outline text="News">{listed}</outline></body></opml>'
        )
        return path

    return write


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


RunFeeds = Callable[..., Ended]


@pytest.fixture
def feeds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> RunFeeds:
    """Return what runs `storyfold feeds --once` on a store of this test."""

    def run(*arguments: object) -> Ended:
        target = [] if "--server" in arguments else ["--store", f"sqlite:///{tmp_path / 'news.db'}"]
        with pytest.raises(SystemExit) as ended:
            cli.main(["feeds", "--once", "--json", *target, *map(str, arguments)])
        told = capsys.readouterr()
        return Ended(int(ended.value.code or 0), told.out, told.err)

    return run
