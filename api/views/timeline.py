"""When a cluster's articles came, turned into a plot: a lane an outlet, a dot an article, copies tied to originals."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from api.views.times import clock_time
from api.views.wording import counted

WIDTH: Final = 960
LEFT: Final = 168
RIGHT: Final = 908
"""The last date stands in the middle under its moment, half of it beyond."""
TOP: Final = 12
LANE: Final = 24
MOST_LANES: Final = 14
MOST_LINKS: Final = 300
NEAR: Final = 8
"""Dots of one lane that are nearer than this become one larger dot."""
MOST_TICKS: Final = 7
NAME_LENGTH: Final = 24
UNNAMED: Final = "no outlet named"
OTHERS: Final = "other outlets"
_STEPS: Final = [
    timedelta(hours=hours) for hours in (1, 2, 3, 6, 12, 24, 48, 168, 336, 730, 2_190, 8_760, 87_600, 876_000)
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """An article as the plot needs it."""

    article_id: str
    outlet: str | None
    at: datetime
    title: str
    copied_from: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """An outlet, or all those that have no lane of their own."""

    name: str
    full_name: str
    y: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """One article, or several that came at the same time from the same outlet."""

    x: float
    y: int
    radius: float
    kind: str
    article_id: str
    told: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A moment on the axis."""

    x: float
    at: datetime
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """The plot, in SVG coordinates, and what it says in words."""

    height: int
    lanes: Sequence[Lane]
    dots: Sequence[Dot]
    links: Sequence[str]
    ticks: Sequence[Tick]
    told: str


def timeline(articles: Sequence[Seen]) -> Timeline:
    """Draw articles, of which there is at least one."""
    plot = _Plot(articles)
    begun, ended = plot.begun, plot.ended
    return Timeline(
        height=plot.foot + 24,
        lanes=plot.lanes(),
        dots=list(plot.dots()),
        links=plot.links(),
        ticks=plot.ticks(),
        told=f"{counted(len(articles), 'article')} of {counted(len(plot.outlets), 'outlet')} "
        f"from {clock_time(begun)} to {clock_time(ended)}",
    )


class _Plot:
    """Knows where an article stands."""

    def __init__(self, articles: Sequence[Seen]) -> None:
        self._articles = articles
        self.begun = min(article.at for article in articles)
        self.ended = max(article.at for article in articles)
        self.outlets = Counter(article.outlet or UNNAMED for article in articles)
        self._rank = _ranks(articles, self.outlets)
        self.foot = TOP + LANE * (max(self._rank.values()) + 1)
        self._places = {article.article_id: self._place(article) for article in articles}

    def _place(self, article: Seen) -> tuple[float, int]:
        return self.x(article.at), TOP + LANE // 2 + LANE * self._rank[article.outlet or UNNAMED]

    def x(self, moment: datetime) -> float:
        """Return where a moment lies; the middle where all happened at once."""
        span = self.ended - self.begun
        share = (moment - self.begun) / span if span else 0.5
        return round(LEFT + (RIGHT - LEFT) * share, 1)

    def lanes(self) -> list[Lane]:
        """Return the lanes, the outlet that came first on top."""
        names: dict[int, str] = {}
        for outlet, rank in self._rank.items():
            names[rank] = OTHERS if rank in names or rank == MOST_LANES - 1 < len(self._rank) - 1 else outlet
        return [
            Lane(name=_short(name), full_name=name, y=TOP + LANE // 2 + LANE * rank)
            for rank, name in sorted(names.items())
        ]

    def dots(self) -> Iterator[Dot]:
        """Yield the dots, those that would cover each other as one."""
        originals = {article.copied_from for article in self._articles}
        together: dict[tuple[int, int, str], list[Seen]] = {}
        for article in self._articles:
            x, y = self._places[article.article_id]
            kind = "copy" if article.copied_from else "original" if article.article_id in originals else "report"
            together.setdefault((round(x / NEAR), y, kind), []).append(article)
        for (_, y, kind), articles in together.items():
            first = articles[0]
            yield Dot(
                x=self._places[first.article_id][0],
                y=y,
                radius=round(min(4 + 1.5 * math.log2(len(articles)), 10), 1),
                kind=kind,
                article_id=first.article_id,
                told=_told(articles, kind),
            )

    def links(self) -> list[str]:
        """Return the paths from originals to their copies."""
        paths: dict[str, None] = {}
        for article in self._articles:
            origin = self._places.get(article.copied_from or "")
            if origin is not None:
                (x, y), (to_x, to_y) = origin, self._places[article.article_id]
                middle = round((x + to_x) / 2, 1)
                paths[f"M{x} {y}C{middle} {y} {middle} {to_y} {to_x} {to_y}"] = None
        return list(paths)[:MOST_LINKS]

    def ticks(self) -> list[Tick]:
        """Return the moments that the axis names: whole hours or days, in UTC."""
        span = self.ended - self.begun
        step = next(step for step in _STEPS if span / step < MOST_TICKS)
        epoch = datetime(2001, 1, 1, tzinfo=UTC)  # a Monday
        moment = epoch - ((epoch - self.begun) // step) * step
        label = "%-d %b %Y" if step > timedelta(days=60) else "%-d %b" if step >= timedelta(days=1) else "%-d %b %H:%M"
        ticks = []
        while moment <= self.ended:
            if moment >= self.begun:
                ticks.append(Tick(x=self.x(moment), at=moment, label=moment.strftime(label)))
            moment += step
        return ticks


def _ranks(articles: Sequence[Seen], outlets: Mapping[str, int]) -> dict[str, int]:
    """Return the lane of each outlet: in order of appearance, those with least articles together in the last."""
    kept = set(sorted(outlets, key=lambda outlet: -outlets[outlet])[: MOST_LANES - (len(outlets) > MOST_LANES)])
    ranks: dict[str, int] = {}
    for outlet in dict.fromkeys(article.outlet or UNNAMED for article in articles):
        ranks[outlet] = sum(other in kept for other in ranks) if outlet in kept else len(kept)
    return ranks


def _told(articles: Sequence[Seen], kind: str) -> str:
    first = articles[0]
    if len(articles) > 1:
        return f"{counted(len(articles), kind, 'copies' if kind == 'copy' else None)}, from {clock_time(first.at)}"
    return f"{first.title} ({first.outlet or UNNAMED}, {kind}, {clock_time(first.at)})"


def _short(name: str) -> str:
    return name if len(name) <= NAME_LENGTH else name[: NAME_LENGTH - 1].rstrip() + "…"
