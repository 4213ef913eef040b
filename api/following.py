"""How a reader follows the log: what comes after the last event it has, from memory or from the store."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from fastapi.concurrency import run_in_threadpool

from api.feed import Feed
from dedupe.events import Event
from dedupe.store.protocol import Catalogue
from dedupe.store.queries import ChangeFilter


@dataclass(frozen=True, slots=True)
class Batch:
    """Events in order. Nothing else that was asked for lies between where the reader was and ``last_seq``."""

    events: Sequence[Event]
    last_seq: int


@dataclass(frozen=True, slots=True)
class Follower:
    """One reader's way through the log; it keeps no position, so that any number may be asked for again."""

    feed: Feed
    catalogue: Catalogue
    which: ChangeFilter

    async def read(self, after: int, limit: int) -> Batch:
        """Return up to ``limit`` events beyond ``after``, at once."""
        newest = self.feed.last_seq
        recent = self.feed.recent(after)
        if recent is None:
            events = await run_in_threadpool(self.catalogue.changes, after, limit, self.which)
        else:
            sees_hidden = self.catalogue is self.catalogue.unveiled
            shown = (event for event in recent if sees_hidden or not event.hidden)
            events = [event for event in shown if self.which.passes(event)][:limit]
        told = events[-1].seq if events else after
        # A batch that is not full was looked for up to the newest event, though little of it was asked for.
        return Batch(events, told if len(events) == limit else max(told, newest))

    async def wait(self, after: int, limit: int, seconds: float) -> Batch:
        """Return up to ``limit`` events beyond ``after``, waiting so long for the first of them."""
        clock = asyncio.get_running_loop().time
        end = clock() + seconds
        while True:
            batch = await self.read(after, limit)
            left = end - clock()
            if batch.events or left <= 0 or self.feed.is_closing:
                return batch
            after = batch.last_seq
            await self.feed.wait_for(after, left)
