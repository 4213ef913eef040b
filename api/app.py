"""The application, built around an engine and what it can be asked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from importlib.metadata import version

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

from api import problems
from api.access import Guarded
from api.deps import Service
from api.feed import Feed
from api.keyring import KeyRing
from api.metrics import Metrics
from api.middleware import Observed
from api.openapi import describe_keys
from api.rates import Rates
from api.routes import (
    articles,
    bulk,
    changes,
    clusters,
    compare,
    corrections,
    explanation,
    exports,
    neighbours,
    operations,
    pages,
    provenance,
)
from api.settings import ServiceSettings
from api.writer import Writer
from dedupe.engine import Engine
from dedupe.store.keys import SqlKeys
from dedupe.store.protocol import Catalogue

DESCRIPTION = """POST an article, get back the cluster it belongs to. Errors are problem documents (RFC 9457), times
RFC 3339 in UTC, ids opaque strings; lists are paged by `cursor`, and every GET of data has an `ETag`."""


def create_app(
    engine: Engine,
    catalogue: Catalogue,
    settings: ServiceSettings,
    on_stopped: Callable[[], None] | None = None,
    keys: SqlKeys | None = None,
) -> FastAPI:
    """Build the service around an engine; ``on_stopped`` is called when the last article is written.

    ``keys`` are those of the store, looked at again while the service runs.
    """
    metrics = Metrics()
    writer = Writer(engine, metrics, settings.queue_length, settings.group_size)
    feed = Feed(engine.statistics().last_seq)
    metrics.watch(engine.statistics, lambda: writer.depth)
    engine.subscribe(feed.publish)

    ring = KeyRing(keys, settings.key_digests, is_demanded=settings.is_key_demanded)
    service = Service(engine, catalogue, settings, writer, feed, metrics)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        feed.attach(asyncio.get_running_loop())
        writer.start()
        keeping = asyncio.create_task(ring.keep())
        yield
        service.let_go()
        keeping.cancel()
        with suppress(asyncio.CancelledError):
            await keeping
        await asyncio.to_thread(ring.note)
        await asyncio.to_thread(writer.close)
        if on_stopped:
            on_stopped()

    app = FastAPI(
        title="Storyfold",
        version=version("storyfold"),
        summary="Which articles are the same story, and which the same text.",
        description=DESCRIPTION,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.service = service
    problems.install(app)
    for routes in (
        bulk, articles, exports, clusters, corrections, provenance, neighbours, explanation, compare, changes,
        operations, pages,
    ):  # fmt: skip
        app.include_router(routes.router)
    describe_keys(app)
    app.add_middleware(Guarded, ring=ring, rates=Rates(settings.rate))
    if settings.cors_origins:
        _let_browsers_in(app, settings.cors_origins)
    app.add_middleware(Observed, metrics=metrics)
    return app


def _let_browsers_in(app: FastAPI, origins: Sequence[str]) -> None:
    """Let pages of these origins ask; around the keys, since a browser's first question comes without one."""
    app.add_middleware(
        CORSMiddleware,
        allow_origins=list(origins),
        allow_methods=["GET", "POST", "PUT", "DELETE"],
        allow_headers=["Authorization", "Content-Type", "Idempotency-Key", "If-None-Match", "X-Request-ID"],
        expose_headers=["ETag", "Link", "Location", "RateLimit", "RateLimit-Policy", "Retry-After", "X-Request-ID"],
    )
