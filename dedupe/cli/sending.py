"""Articles to a running server, a group a request, and its answers."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from pathlib import Path
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

import orjson

from dedupe.article import Article
from dedupe.cli.failures import CommandFailed, ExitCode
from dedupe.cli.outcome import Outcome, Send

WAITS_SECONDS: Final = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Between attempts: a server that restarts, or whose disk is full for a moment, is waited for."""
_TIMEOUT_SECONDS: Final = 60.0
_BUSY: Final = frozenset({429, 502, 503, 504})
_FIELDS: Final = (
    "title", "text", "source", "uri", "url", "published_at", "language", "version", "authors", "pub_status",
    "embargoed_until",
)  # fmt: skip


@contextmanager
def sending_to(server: str, key_file: Path | None, waits_seconds: Sequence[float] = WAITS_SECONDS) -> Iterator[Send]:
    """Yield what sends articles to a server; raise `CommandFailed` when its address or the key cannot be used."""
    address = _address(server)
    headers = {"Content-Type": "application/x-ndjson"} | _authorization(key_file)

    def send(articles: Sequence[Article]) -> Sequence[Outcome]:
        body = b"".join(orjson.dumps(_payload(article), option=orjson.OPT_APPEND_NEWLINE) for article in articles)
        lines = _answered(address, body, headers, waits_seconds).splitlines()
        if len(lines) != len(articles):
            raise CommandFailed(f"{server} answered {len(lines)} lines to {len(articles)} articles", ExitCode.SERVER)
        try:
            return [_outcome(orjson.loads(line)) for line in lines]
        except (ValueError, TypeError) as problem:
            raise CommandFailed(f"{server} answered something else than Storyfold does", ExitCode.SERVER) from problem

    yield send


def read_keys(path: Path) -> list[str]:
    """Return the keys in a file, one a line; raise `CommandFailed` when there is none."""
    try:
        keys = [line.strip() for line in path.read_text("utf-8").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError) as problem:
        raise CommandFailed(f"the key in {path} cannot be read: {problem}", ExitCode.USAGE) from problem
    if not keys:
        raise CommandFailed(f"{path} is empty; put the key on its first line", ExitCode.USAGE)
    return keys


def _address(server: str) -> SplitResult:
    address = urlsplit(server)
    if address.scheme not in ("http", "https") or not address.hostname:
        raise CommandFailed(f"{server} is no address of a server; write it as http://127.0.0.1:8000", ExitCode.USAGE)
    return address


def _authorization(key_file: Path | None) -> dict[str, str]:
    return {} if key_file is None else {"Authorization": f"Bearer {read_keys(key_file)[0]}"}


def _payload(article: Article) -> dict[str, Any]:
    return {field: value for field in _FIELDS if (value := getattr(article, field))}


def _answered(address: SplitResult, body: bytes, headers: dict[str, str], waits_seconds: Sequence[float]) -> bytes:
    """Return the answer to a group; it may be sent again, since a server recognises what it has."""
    for wait_seconds in waits_seconds:
        try:
            status, answer = _exchange(address, body, headers)
        except (OSError, HTTPException):
            status, answer = 503, b""
        if status not in _BUSY:
            return _accepted(address, status, answer)
        time.sleep(wait_seconds)
    try:
        return _accepted(address, *_exchange(address, body, headers))
    except (OSError, HTTPException) as problem:
        reason = str(problem) or type(problem).__name__
        raise CommandFailed(
            f"{address.netloc} cannot be reached ({reason}); is the server running?", ExitCode.SERVER
        ) from problem


def _exchange(address: SplitResult, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
    kind = HTTPSConnection if address.scheme == "https" else HTTPConnection
    connection = kind(address.hostname or "", address.port, timeout=_TIMEOUT_SECONDS)
    try:
        connection.request("POST", f"{address.path.rstrip('/')}/v1/articles/bulk", body, headers)
        response: HTTPResponse = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def _accepted(address: SplitResult, status: int, answer: bytes) -> bytes:
    if status == 200:
        return answer
    raise CommandFailed(f"{address.netloc} refused with status {status}: {_detail(answer)}", ExitCode.SERVER)


def _detail(answer: bytes) -> str:
    try:
        problem = orjson.loads(answer)
        return str(problem.get("detail") or problem.get("title"))
    except (orjson.JSONDecodeError, AttributeError):
        return answer[:200].decode("utf-8", "replace") or "no reason given"


def _outcome(answer: dict[str, Any]) -> Outcome:
    if "decision" in answer:
        return Outcome(decision=answer["decision"])
    return Outcome(problem=str(answer.get("detail") or answer.get("title") or "refused without a reason"))
