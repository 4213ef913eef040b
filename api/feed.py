"""The newest events: kept for a while for those who follow closely, and waking those who wait for the next one."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections import deque
from collections.abc import Sequence

from dedupe.events import Event

KEPT = 1_000


class Feed:
    """Knows the newest durable event and a number of those before it, and wakes whoever waits for a newer one."""

    def __init__(self, last_seq: int, kept: int = KEPT) -> None:
        self.last_seq = last_seq
        self._recent: deque[Event] = deque(maxlen=kept)
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._newer = asyncio.Event()
        self._closing = False
        self._is_waking = False

    @property
    def is_closing(self) -> bool:
        """Return whether everyone who waits has been let go."""
        return self._closing

    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        """Name the event loop that waits."""
        self._loop, self._is_waking = loop, False

    def publish(self, event: Event) -> None:
        """Tell of a durable event; called by a thread of the writer, once for each event of a group."""
        with self._lock:
            self._recent.append(event)
            self.last_seq = event.seq
            loop = None if self._is_waking or self._loop is None or self._loop.is_closed() else self._loop
            self._is_waking |= loop is not None
        if loop is not None:
            loop.call_soon_threadsafe(self._wake)

    def recent(self, after: int) -> Sequence[Event] | None:
        """Return all events beyond ``after``, None when they go further back than what is kept."""
        with self._lock:
            if after >= self.last_seq:
                return ()
            if not self._recent or self._recent[0].seq > after + 1:
                return None
            return [event for event in self._recent if event.seq > after]

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
        with self._lock:
            self._is_waking = False
        self._newer.set()
        self._newer = asyncio.Event()
