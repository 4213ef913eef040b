"""What routes are given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends, Request

from api.feed import Feed
from api.metrics import Metrics
from api.settings import ServiceSettings
from api.writer import Writer
from dedupe.engine import Engine
from dedupe.store.protocol import Catalogue


@dataclass(frozen=True, slots=True)
class Service:
    """The parts of a running service."""

    engine: Engine
    catalogue: Catalogue
    settings: ServiceSettings
    writer: Writer
    feed: Feed
    metrics: Metrics


async def _service(request: Request) -> Service:  # a plain function would be sent to a thread, for every request
    return cast("Service", request.app.state.service)


ServiceDep = Annotated[Service, Depends(_service)]
