"""Embargoes that end: looked for every second, and written into the log by the one writer."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import structlog

from api.problems import Problem
from api.writer import Release, Writer
from dedupe.errors import StoreError


async def release_when_due(writer: Writer, seconds: float) -> None:
    """Have the articles shown whose embargo ended, for ever; a store that cannot be written is asked again."""
    log = structlog.get_logger("storyfold.releases")
    while True:
        try:
            await writer.submit(Release(datetime.now(UTC)))
        except (Problem, StoreError) as failure:
            log.warning("not released", reason=str(failure))
        await asyncio.sleep(seconds)
