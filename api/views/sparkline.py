"""The hours of a cluster, turned into a small plot of how it grew: texts of their own below, copies above them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from api.views.wording import counted
from dedupe.store.answers import Hour

BARS: Final = 24
HOURS_A_BAR: Final = 3
SPAN: Final = timedelta(hours=BARS * HOURS_A_BAR)
STEP: Final = 4
THICK: Final = 3
HEIGHT: Final = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Sparkline:
    """Two SVG paths, and what they say in words."""

    reports: str
    copies: str
    told: str


def sparkline(hours: Iterable[Hour], last_seen: datetime) -> Sparkline:
    """Draw the three days up to the last article of a cluster, three hours a bar."""
    reports, copies = [0] * BARS, [0] * BARS
    end = last_seen.replace(minute=0, second=0, microsecond=0)
    for hour in hours:
        bar = BARS - 1 - (end - hour.at) // timedelta(hours=HOURS_A_BAR)
        if 0 <= bar < BARS:
            reports[bar] += hour.articles - hour.copies
            copies[bar] += hour.copies
    most = max(map(sum, zip(reports, copies, strict=True)), default=0)
    return Sparkline(
        reports=_path(reports, [0] * BARS, most),
        copies=_path(copies, reports, most),
        told=f"Three days to the last article: {counted(sum(reports) + sum(copies), 'article')}, "
        f"{most:,} at most in {HOURS_A_BAR} hours",
    )


def _path(counts: Sequence[int], below: Sequence[int], most: int) -> str:
    """Return bars that stand on those below, each at least a pixel high."""
    parts = []
    for at, (count, under) in enumerate(zip(counts, below, strict=True)):
        if count:
            foot = HEIGHT - round(HEIGHT * under / most)
            tall = max(round(HEIGHT * count / most), 1)
            parts.append(f"M{at * STEP} {foot}v-{tall}h{THICK}v{tall}z")
    return "".join(parts)
