"""What the service did minute by minute, for the last day: kept in memory, and begun anew when it starts."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Final

from api.metrics import Metrics
from dedupe.engine import EngineStatistics

EVERY_SECONDS: Final = 60.0
KEPT: Final = 24 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Vital:
    """One minute: articles answered, how long deciding and committing took (None where nothing was), what is live."""

    at: datetime
    articles: int
    median_seconds: float | None
    slow_seconds: float | None
    live_articles: int


class Vitals:
    """The last day. ``slow_seconds`` is what ninety-nine in a hundred groups took at most."""

    def __init__(self, metrics: Metrics, statistics: Callable[[], EngineStatistics]) -> None:
        self._metrics = metrics
        self._statistics = statistics
        self._minutes: deque[Vital] = deque(maxlen=KEPT)
        self._answered = metrics.answered()
        self._took = metrics.group_counts()

    @property
    def minutes(self) -> Sequence[Vital]:
        """Return the minutes there are, oldest first."""
        return tuple(self._minutes)

    def take(self, at: datetime) -> None:
        """Note the minute that ends."""
        answered, took = self._metrics.answered(), self._metrics.group_counts()
        lately = {bound: count - self._took[bound] for bound, count in took.items()}
        self._minutes.append(
            Vital(
                at=at,
                articles=answered - self._answered,
                median_seconds=quantile(lately, 0.5),
                slow_seconds=quantile(lately, 0.99),
                live_articles=self._statistics().live_articles,
            )
        )
        self._answered, self._took = answered, took

    async def keep(self) -> None:
        """Note every minute, for ever."""
        while True:
            await asyncio.sleep(EVERY_SECONDS)
            await asyncio.to_thread(self.take, datetime.now(UTC))


def quantile(counts: Mapping[float, float], share: float) -> float | None:
    """Return below what a share lies of what was counted up to each bound; None where nothing was.

    >>> quantile({1.0: 0, 2.0: 8, 4.0: 10}, 0.5), quantile({1.0: 0, 2.0: 8, 4.0: 10}, 0.9), quantile({1.0: 0}, 0.5)
    (1.625, 3.0, None)
    """
    bounds = sorted(counts)
    total = counts[bounds[-1]]
    if not total:
        return None
    for (low, below), (high, upto) in pairwise([(0.0, 0.0), *((bound, counts[bound]) for bound in bounds)]):
        if upto >= share * total:
            return low if high == float("inf") else low + (high - low) * (share * total - below) / (upto - below)
    return bounds[-1]
