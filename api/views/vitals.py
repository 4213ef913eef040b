"""The last day of the service, minute by minute, turned into plots of a bounded size."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from api.vitals import Vital

WIDTH: Final = 480
HEIGHT: Final = 96
SLOTS: Final = 144
SLOT: Final = timedelta(minutes=10)
DAY: Final = SLOTS * SLOT


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """A plot of the last day: an SVG path of bars, what the highest means, and what it says in words."""

    title: str
    path: str
    most: str
    now: str
    told: str


def plots(minutes: Sequence[Vital], now: datetime) -> list[Plot]:
    """Return the plots of the last day."""
    return [
        _plot("Articles a minute", _slots(minutes, now, lambda vital: float(vital.articles)), "{:,.1f}".format),
        _plot("Deciding and storing, slowest in a hundred", _slots(minutes, now, _slow), _milliseconds),
        _plot("Live articles", _slots(minutes, now, lambda vital: float(vital.live_articles)), "{:,.0f}".format),
    ]


def _slow(vital: Vital) -> float | None:
    return vital.slow_seconds


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1_000:,.1f} ms"


def _slots(minutes: Sequence[Vital], now: datetime, value: Callable[[Vital], float | None]) -> list[float | None]:
    """Return the mean of each ten minutes of the last day, None where nothing is known."""
    found: list[list[float]] = [[] for _ in range(SLOTS)]
    for vital in minutes:
        slot = SLOTS - 1 - (now - vital.at) // SLOT
        known = value(vital)
        if 0 <= slot < SLOTS and known is not None:
            found[slot].append(known)
    return [sum(values) / len(values) if values else None for values in found]


def _plot(title: str, slots: Sequence[float | None], written: Callable[[float], str]) -> Plot:
    known = [value for value in slots if value is not None]
    most = max(known, default=0.0)
    bar = WIDTH / SLOTS
    path = "".join(
        f"M{round(at * bar, 1)} {HEIGHT}v-{round(HEIGHT * value / most, 1)}h{round(bar - 0.4, 1)}V{HEIGHT}z"
        for at, value in enumerate(slots)
        if value and most
    )
    now = written(known[-1]) if known else "nothing yet"
    told = f"{title} over the last day: now {now}, at most {written(most)}" if known else f"{title}: nothing yet"
    return Plot(title=title, path=path, most=written(most) if known else "", now=now, told=told)
