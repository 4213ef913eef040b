"""Waking those who wait for the next change."""

from __future__ import annotations

import asyncio
import contextlib

from dedupe.events import Event


class Feed:
    """Knows the newest durable event and wakes whoever waits for a newer one."""

    def __init__(self, last_seq: int) -> None:
        self.last_seq = last_seq
        self._loop: asyncio.AbstractEventLoop | None = None
        self._newer = asyncio.Event()
        self._closing = False

    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        """Name the event loop that waits."""
        self._loop = loop

    def publish(self, event: Event) -> None:
        """Tell of a durable event; called by the writer's thread."""
        self.last_seq = event.seq
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake)

    def close(self) -> None:
        """Let everyone who waits go."""
        self._closing = True
        self._wake()

    async def wait_for(self, after: int, seconds: float) -> None:
        """Return once there is an event beyond ``after``, or after so many seconds."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self.last_seq <= after and not self._closing:
                    await self._newer.wait()

    def _wake(self) -> None:
        self._newer.set()
        self._newer = asyncio.Event()
