"""`storyfold serve` and `storyfold demo`: a store opened, an address found safe and free, the service put on it."""

from __future__ import annotations

import errno
import shlex
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from ipaddress import ip_address
from pathlib import Path
from typing import Final

import orjson

from api.app import Beside, create_app
from api.logs import log_as_json
from api.server import Address
from api.server import serve as answer_requests
from api.settings import ServiceSettings, from_environment
from dedupe.access import key_digest
from dedupe.cli.failures import CommandFailed, ExitCode
from dedupe.cli.ingest import Intake
from dedupe.cli.output import print_json, say
from dedupe.cli.progress import progress
from dedupe.cli.sending import read_keys
from dedupe.cli.startup import Opened, open_store
from dedupe.errors import StoreError
from dedupe.readers.formats import format_of
from dedupe.readers.source import open_source
from dedupe.store.keys import SqlKeys
from dedupe.store.subscriptions import Subscriptions

SAMPLE: Final = Path(__file__).parents[1] / "data" / "sample" / "articles.jsonl"
ONE_MORE: Final = {
    "title": "Bank tie-up makes Halvern Mutual a top-three lender",
    "text": "Halvern Mutual is to take over Eastlow Savings Bank in an all-share merger worth 8.9 billion crowns, "
    "the banks announced on Monday. The combined lender will be the third largest in the country, with 2.3 million "
    "customers. Unions fear for the 900 jobs that are to go as branches close.",
    "source": "Your Gazette",
    "published_at": "2026-03-02T15:00:00Z",
}


@dataclass(frozen=True, slots=True)
class Hosting:
    """Where to listen, and who may come in."""

    host: str
    port: int
    key_file: Path | None = None
    is_open: bool = False

    def address(self, store: str) -> Address:
        """Return where to listen, a free port in place of 0; raise `CommandFailed` where that is unsafe or taken."""
        if not (is_loopback(self.host) or self.key_file or self.is_open or has_keys(store)):
            raise CommandFailed(
                f"--host {self.host} lets other machines in: ask them for a key, which `storyfold keys create NAME"
                f" --scope admin --store {store}` makes (or --api-key-file FILE holds), or let everyone in with --open",
                ExitCode.USAGE,
            )
        return Address(host=self.host, port=free_port(self.host, self.port))

    def settings(self) -> ServiceSettings:
        """Return the service's settings, with the keys it accepts; raise `CommandFailed`."""
        try:
            settings = from_environment()
        except ValueError as problem:
            raise CommandFailed(str(problem), ExitCode.USAGE) from problem
        keys = read_keys(self.key_file) if self.key_file else []
        return replace(
            settings,
            key_digests=frozenset(key_digest(key) for key in keys),
            is_key_demanded=not (is_loopback(self.host) or self.is_open),
        )


def serve(hosting: Hosting, store: str, started: float, *, as_json: bool) -> None:
    """Serve a store until told to stop; raise `CommandFailed` or `StoreError`."""
    settings, address = hosting.settings(), hosting.address(store)
    log_as_json()  # opening a store may have something to say
    with open_store(store, settings.snapshot_events) as opened:
        articles = opened.store.catalogue.totals().articles
        if as_json:
            print_json(_figures(address, store, articles, started))
        else:
            say(f"Serving {store} ({articles:,} articles) at {url_of(address)}, described at {url_of(address)}/docs")
        _answer(opened, store, settings, address)


def demo(port: int, store: str | None, started: float, *, as_json: bool) -> None:
    """Serve the sample stream until told to stop; raise `CommandFailed` or `StoreError`."""
    hosting = Hosting("127.0.0.1", port)
    settings, address = hosting.settings(), hosting.address("")
    with tempfile.TemporaryDirectory(prefix="storyfold-") as folder:
        url = store or f"sqlite:///{folder}/demo.db"
        with open_store(url, settings.snapshot_events) as opened:
            articles = _take_sample(opened)
            if as_json:
                print_json(_figures(address, url, articles, started) | {"try": one_more(address)})
            else:
                say(f"{articles:,} articles are in. Look at {url_of(address)}/?sort=size")
                say(f"One more, told in other words; the answer says where it belongs:\n\n{one_more(address)}\n")
            _answer(opened, url, settings, address)


def is_loopback(host: str) -> bool:
    """Return whether only this machine reaches an address.

    >>> [is_loopback(host) for host in ("localhost", "127.0.0.9", "::1", "0.0.0.0", "news.example")]
    [True, True, True, False, False]
    """
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def has_keys(store: str) -> bool:
    """Return whether a key was ever made for a store; False where there is no store yet."""
    try:
        with closing(SqlKeys.open(store)) as keys:
            return bool(keys.all())
    except StoreError:
        return False


def free_port(host: str, port: int) -> int:
    """Return ``port``, or a free one for 0; raise `CommandFailed` when nothing can listen there."""
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(place)
            found: int = trial.getsockname()[1]
            return found
    except OSError as problem:
        reason = _REASONS.get(problem.errno or 0, f"cannot be listened on: {problem.strerror or problem}")
        raise CommandFailed(f"{host} port {port} {reason}", ExitCode.SERVER) from problem


_REASONS: Final = {
    errno.EADDRINUSE: "is taken; stop what listens there, or choose another with --port",
    errno.EACCES: "is reserved for the administrator; choose one above 1023 with --port",
    errno.EADDRNOTAVAIL: "is no address of this machine; choose another with --host",
    socket.EAI_NONAME: "is no address that is known here; choose another with --host",
}


def url_of(address: Address) -> str:
    """Return where a browser on this machine finds the service.

    >>> url_of(Address(host="0.0.0.0", port=80)), url_of(Address(host="::1", port=8000))
    ('http://127.0.0.1:80', 'http://[::1]:8000')
    """
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(address.host, address.host)  # noqa: S104  shown, not bound
    return f"http://[{host}]:{address.port}" if ":" in host else f"http://{host}:{address.port}"


def one_more(address: Address) -> str:
    """Return a command, ready to paste, that posts an article to the demo."""
    article = shlex.quote(orjson.dumps(ONE_MORE).decode())
    return f"curl -s {url_of(address)}/v1/articles -H 'Content-Type: application/json' -d {article}"


def _figures(address: Address, store: str, articles: int, started: float) -> dict[str, object]:
    seconds = round(time.perf_counter() - started, 3)
    return {"url": url_of(address), "store": store, "articles": articles, "startup_seconds": seconds}


def _take_sample(opened: Opened) -> int:
    with progress("Ingesting", SAMPLE.stat().st_size) as report, open_source(str(SAMPLE)) as source:
        intake = Intake(opened.send, report)
        intake.take(source, format_of(SAMPLE.name))
    return intake.accepted_count


def _answer(opened: Opened, store: str, settings: ServiceSettings, address: Address) -> None:
    with closing(SqlKeys.open(store)) as keys, _stopping_well(), suppress(KeyboardInterrupt):
        beside = Beside(keys, Subscriptions(opened.store))
        answer_requests(create_app(opened.engine, opened.store.catalogue, settings, beside=beside), address)


@contextmanager
def _stopping_well() -> Iterator[None]:
    """See that the store is closed after SIGTERM too, which uvicorn raises again once it has finished."""
    before: Callable[..., object] | int | None = signal.signal(signal.SIGTERM, lambda *_: sys.exit(ExitCode.DONE))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
