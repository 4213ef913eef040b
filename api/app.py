"""The application, built around an engine and what it can be asked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI

from api import problems
from api.deps import Service
from api.feed import Feed
from api.metrics import Metrics
from api.middleware import Guarded, Observed
from api.releases import release_when_due
from api.routes import articles, bulk, changes, clusters, operations, pages, webhooks
from api.settings import ServiceSettings
from api.streaming import Streams
from api.webhooks.dispatch import Dispatcher, Pace
from api.writer import Writer
from dedupe.engine import Engine
from dedupe.store.protocol import Catalogue
from dedupe.store.subscriptions import Subscriptions

DESCRIPTION = """POST an article, get back the cluster it belongs to. Errors are problem documents (RFC 9457), times
RFC 3339 in UTC, ids opaque strings; lists are paged by `cursor`, and every GET of data has an `ETag`."""


def create_app(
    engine: Engine,
    catalogue: Catalogue,
    settings: ServiceSettings,
    on_stopped: Callable[[], None] | None = None,
    subscriptions: Subscriptions | None = None,
) -> FastAPI:
    """Build the service around an engine; ``on_stopped`` is called when the last article is written.

    Webhooks need ``subscriptions``.
    """
    metrics = Metrics()
    writer = Writer(engine, metrics, settings.queue_length, settings.group_size)
    feed = Feed(engine.statistics().last_seq)
    metrics.watch(engine.statistics, lambda: writer.depth)
    engine.subscribe(feed.publish)

    streams = Streams(settings.stream_stall_seconds, settings.most_streams)
    metrics.watch_streams(streams)
    service = Service(engine, catalogue, settings, writer, feed, metrics, streams)

    dispatcher = _dispatcher(service, subscriptions)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with _running(service, dispatcher):
            yield
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
    app.state.dispatcher = dispatcher
    for routes in (bulk, articles, clusters, changes, operations, pages, *([webhooks] if dispatcher else [])):
        app.include_router(routes.router)
    if settings.key_digests:
        app.add_middleware(Guarded, digests=settings.key_digests | settings.admin_key_digests)
    app.add_middleware(Observed, metrics=metrics)
    return app


def _dispatcher(service: Service, subscriptions: Subscriptions | None) -> Dispatcher | None:
    if subscriptions is None:
        return None
    pace = Pace(service.settings.webhook_retry_seconds, service.settings.may_reach_private)
    return Dispatcher(subscriptions, service.catalogue, service.feed, pace)


@asynccontextmanager
async def _running(service: Service, dispatcher: Dispatcher | None) -> AsyncIterator[None]:
    """Run what goes on beside the requests; at the end, finish what was accepted."""
    service.feed.attach(asyncio.get_running_loop())
    service.writer.start()
    if dispatcher:
        await dispatcher.start()
    releasing = asyncio.create_task(release_when_due(service.writer, service.settings.release_seconds))
    yield
    releasing.cancel()
    service.let_go()
    if dispatcher:
        await dispatcher.close()
    await asyncio.to_thread(service.writer.close)
