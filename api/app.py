"""The application, built around an engine and what it can be asked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any, Final

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from starlette.exceptions import HTTPException

from api import problems
from api.access import Guarded
from api.conditional import NotModified, Repeated, not_modified
from api.deps import Service
from api.feed import Feed
from api.jobs import JobRunner
from api.keyring import KeyRing
from api.metrics import Metrics
from api.middleware import Headed, Observed
from api.openapi import describe_keys
from api.pages.nowhere import on_http_error
from api.pages.routing import PAGES
from api.rates import Rates
from api.releases import release_when_due
from api.routes import (
    articles,
    bulk,
    changes,
    clusters,
    compare,
    corrections,
    explanation,
    exports,
    jobs,
    neighbours,
    operations,
    provenance,
    webhooks,
)
from api.sessions import Sessions
from api.settings import ServiceSettings
from api.snapshots import SnapshotKeeper
from api.streaming import Streams
from api.vitals import Vitals
from api.webhooks.dispatch import Dispatcher, Pace
from api.writer import Writer
from dedupe.engine import Engine
from dedupe.reindexing.desk import Desk
from dedupe.store.keys import SqlKeys
from dedupe.store.protocol import Catalogue
from dedupe.store.sql import sql_store
from dedupe.store.subscriptions import Subscriptions

_NO_TELEMETRY: Final[Any] = {"tracing": False, "metrics": False, "logs": False}
"""What newer versions of FastAPI look up in the environment for every request; metrics and log here are our own."""
DESCRIPTION = """POST an article, get back the cluster it belongs to. Errors are problem documents (RFC 9457), times
RFC 3339 in UTC, ids opaque strings; lists are paged by `cursor`, and every GET of data has an `ETag`."""


@dataclass(frozen=True, slots=True)
class Beside:
    """What the store keeps beside the log: keys, looked at again while the service runs, and webhooks."""

    keys: SqlKeys | None = None
    subscriptions: Subscriptions | None = None


def create_app(
    engine: Engine,
    catalogue: Catalogue,
    settings: ServiceSettings,
    on_stopped: Callable[[], None] | None = None,
    beside: Beside | None = None,
) -> FastAPI:
    """Build the service around an engine; ``on_stopped`` is called when the last article is written.

    Keys and webhooks are kept in the tables ``beside`` the log; without them there are none.
    """
    beside = beside or Beside()
    metrics = Metrics()
    feed, writer = Feed(engine.store.last_seq()), Writer(engine, metrics, settings.queue_length, settings.group_size)
    metrics.watch(engine.statistics, lambda: writer.depth)
    engine.subscribe(feed.publish)

    streams = Streams(settings.stream_stall_seconds, settings.most_streams)
    metrics.watch_streams(streams)
    ring = KeyRing(beside.keys, settings.key_digests, is_demanded=settings.is_key_demanded)
    service = Service(
        engine, catalogue, settings, writer, feed, metrics, streams, _runner(engine), _keeper(engine, settings)
    )
    dispatcher = _dispatcher(service, beside.subscriptions)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with _running(service, ring, dispatcher, app.state.vitals):
            yield
        if on_stopped:
            on_stopped()

    app = FastAPI(
        title="Storyfold",
        version=version("storyfold"),
        summary="Which articles are the same story, and which the same text.",
        description=DESCRIPTION,
        lifespan=lifespan,
        openapi_url=None,  # a page of ours, with a scope like every other
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry=_NO_TELEMETRY,
    )
    app.state.service = service
    app.state.dispatcher = dispatcher
    app.state.vitals = Vitals(metrics, engine.statistics)
    problems.install(app)
    app.add_exception_handler(HTTPException, on_http_error)  # type: ignore[arg-type]  # it is only called with these
    app.add_exception_handler(NotModified, lambda _request, _known: not_modified())
    for routes in (
        bulk, articles, exports, clusters, corrections, provenance, neighbours, explanation, compare, changes,
        *([webhooks] if dispatcher else []), jobs, operations,
    ):  # fmt: skip
        app.include_router(routes.router)
    for router in PAGES:
        app.include_router(router)
    describe_keys(app)
    app.state.sessions = Sessions(ring)
    _surround(app, service, ring)
    return app


def _surround(app: FastAPI, service: Service, ring: KeyRing) -> None:
    """Put around the application what every request passes through, the innermost first."""
    settings = service.settings
    app.add_middleware(Repeated, service=service)
    app.add_middleware(Guarded, ring=ring, rates=Rates(settings.rate), sessions=app.state.sessions)
    if settings.cors_origins:
        _let_browsers_in(app, settings.cors_origins)
    app.add_middleware(Headed)
    app.add_middleware(Observed, metrics=service.metrics)


def _let_browsers_in(app: FastAPI, origins: Sequence[str]) -> None:
    """Let pages of these origins ask; around the keys, since a browser's first question comes without one."""
    app.add_middleware(
        CORSMiddleware,
        allow_origins=list(origins),
        allow_methods=["GET", "HEAD", "POST", "PUT", "DELETE"],
        allow_headers=[
            "Authorization", "Content-Type", "Idempotency-Key", "If-None-Match", "Last-Event-ID", "X-Request-ID",
        ],
        expose_headers=["ETag", "Link", "Location", "RateLimit", "RateLimit-Policy", "Retry-After", "X-Request-ID"],
    )  # fmt: skip


def _runner(engine: Engine) -> JobRunner:
    return JobRunner(Desk(sql_store(engine.store), engine, lambda: datetime.now(UTC)))


def _keeper(engine: Engine, settings: ServiceSettings) -> SnapshotKeeper:
    return SnapshotKeeper(engine, settings.snapshot_events, settings.snapshot_seconds)


def _dispatcher(service: Service, subscriptions: Subscriptions | None) -> Dispatcher | None:
    if subscriptions is None:
        return None
    pace = Pace(service.settings.webhook_retry_seconds, service.settings.may_reach_private)
    return Dispatcher(subscriptions, service.catalogue, service.feed, pace)


@asynccontextmanager
async def _running(
    service: Service, ring: KeyRing, dispatcher: Dispatcher | None, vitals: Vitals
) -> AsyncIterator[None]:
    """Run what goes on beside the requests; at the end, finish what was accepted."""
    service.feed.attach(asyncio.get_running_loop())
    service.writer.start()
    service.jobs.start()
    service.snapshots.start()
    if dispatcher:
        await dispatcher.start()
    releasing = asyncio.create_task(release_when_due(service.writer, service.settings.release_seconds))
    keeping = asyncio.create_task(ring.keep())
    noting = asyncio.create_task(vitals.keep())
    try:
        yield
    finally:
        service.let_go()
        await _end(releasing)
        await _end(keeping)
        await _end(noting)
        await asyncio.to_thread(ring.note)
        if dispatcher:
            await dispatcher.close()
        await asyncio.to_thread(service.jobs.close)
        await asyncio.to_thread(service.writer.close)
        await asyncio.to_thread(service.snapshots.close)


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
