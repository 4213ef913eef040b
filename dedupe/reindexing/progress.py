"""How far the building of a generation is, and how long it will still take."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How many articles of how many are in a generation, and how fast that went since ``since`` (then ``begun``)."""

    done: int = 0
    total: int = 0
    begun: int = 0
    since: datetime | None = None

    def rate(self, now: datetime) -> float:
        """Return articles a second."""
        seconds = (now - self.since).total_seconds() if self.since else 0.0
        return (self.done - self.begun) / seconds if seconds > 0 else 0.0

    def seconds_left(self, now: datetime) -> float | None:
        """Return how long it will still take, None where that cannot be told yet."""
        rate = self.rate(now)
        return max(self.total - self.done, 0) / rate if rate > 0 else None
