"""What routes are given."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Annotated, cast

from fastapi import Depends, Request

from api.ending import Ending
from api.feed import Feed
from api.jobs import JobRunner
from api.kept import KeptAnswers
from api.metrics import Metrics
from api.randomness import random_numbers
from api.settings import ServiceSettings
from api.snapshots import SnapshotKeeper
from api.streaming import Streams
from api.writer import Writer
from dedupe.engine import Engine
from dedupe.store.protocol import Catalogue


@dataclass(frozen=True, slots=True)
class Service:
    """The parts of a running service; ``run`` tells this run of it from every other."""

    engine: Engine
    catalogue: Catalogue
    settings: ServiceSettings
    writer: Writer
    feed: Feed
    metrics: Metrics
    streams: Streams
    jobs: JobRunner
    snapshots: SnapshotKeeper
    numbers: Iterator[int] = field(default_factory=random_numbers)
    ending: Ending = field(default_factory=Ending)
    answers: KeptAnswers = field(default_factory=KeptAnswers)
    run: bytes = field(default_factory=lambda: secrets.token_bytes(16))

    def let_go(self) -> None:
        """Let those go who wait for a change, or are not through with what they send."""
        self.feed.close()
        self.ending.begin()


def service_of(request: Request) -> Service:
    """Return the service that a request came to.

    `ServiceDep` is the same: it reads better, and takes as long as reading an article's JSON.
    """
    return cast("Service", request.app.state.service)


async def _service(request: Request) -> Service:  # a plain function would be sent to a thread, for every request
    return service_of(request)


ServiceDep = Annotated[Service, Depends(_service)]
