"""The application, built around an engine and what it can be asked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from importlib.metadata import version

from fastapi import FastAPI

from api import problems
from api.deps import Service
from api.feed import Feed
from api.jobs import JobRunner
from api.metrics import Metrics
from api.middleware import Guarded, Observed
from api.routes import (
    articles,
    bulk,
    changes,
    clusters,
    compare,
    corrections,
    explanation,
    jobs,
    neighbours,
    operations,
    pages,
    provenance,
)
from api.settings import ServiceSettings
from api.writer import Writer
from dedupe.engine import Engine
from dedupe.reindexing.desk import Desk
from dedupe.store.protocol import Catalogue
from dedupe.store.sql import sql_store

DESCRIPTION = """POST an article, get back the cluster it belongs to. Errors are problem documents (RFC 9457), times
RFC 3339 in UTC, ids opaque strings; lists are paged by `cursor`, and every GET of data has an `ETag`."""


def create_app(
    engine: Engine, catalogue: Catalogue, settings: ServiceSettings, on_stopped: Callable[[], None] | None = None
) -> FastAPI:
    """Build the service around an engine; ``on_stopped`` is called when the last article is written."""
    metrics = Metrics()
    writer = Writer(engine, metrics, settings.queue_length, settings.group_size)
    feed = Feed(engine.statistics().last_seq)
    metrics.watch(engine.statistics, lambda: writer.depth)
    engine.subscribe(feed.publish)

    runner = JobRunner(Desk(sql_store(engine.store), engine, lambda: datetime.now(UTC)))
    service = Service(engine, catalogue, settings, writer, feed, metrics, runner)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        feed.attach(asyncio.get_running_loop())
        writer.start()
        runner.start()
        yield
        service.let_go()
        await asyncio.to_thread(runner.close)
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
        bulk, articles, clusters, corrections, provenance, neighbours, explanation, compare, changes, jobs, operations,
        pages,
    ):  # fmt: skip
        app.include_router(routes.router)
    if settings.key_digests:
        app.add_middleware(Guarded, digests=settings.key_digests)
    app.add_middleware(Observed, metrics=metrics)
    return app
