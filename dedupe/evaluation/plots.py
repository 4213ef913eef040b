"""From the figures of a report to plots: where lines, bars and labels go, for the page to draw as SVG."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from dedupe.evaluation.breakdown import SizeCount
from dedupe.evaluation.report import Curves
from dedupe.evaluation.sweep import Histogram, Point

WIDTH: Final = 360
HEIGHT: Final = 220
LEFT, RIGHT, TOP, BOTTOM = 38, 350, 16, 178
FIFTHS: Final = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
BAR_SHARE: Final = 0.38


@dataclass(frozen=True, slots=True)
class Tick:
    """A label at an axis."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a series, with what it says when pointed at."""

    series: int
    x: float
    y: float
    width: float
    height: float
    told: str


@dataclass(frozen=True, slots=True)
class Curve:
    """One line of a series, as the path of an SVG, and the area below it where there is one."""

    series: int
    path: str
    area: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """Everything on one plot. ``names`` are those of its series; ``mark`` is a line upwards from the axis."""

    title: str
    caption: str
    x_label: str
    names: tuple[str, ...]
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    curves: tuple[Curve, ...] = ()
    bars: tuple[Bar, ...] = ()
    mark: Tick | None = None


def plots_of(curves: Curves | None, sizes: Sequence[SizeCount]) -> list[Plot]:
    """Return the plots that there are figures for."""
    plots = [_thresholds(curves.points, curves.threshold)] if curves and curves.points else []
    plots += [_sizes(sizes)] if sizes else []
    if curves and _has_values(curves.probabilities):
        plots.append(_probabilities(curves.probabilities, curves.threshold))
    if curves and _has_values(curves.similarities):
        plots.append(_similarities(curves.similarities))
    return plots


def _has_values(histograms: Sequence[Histogram]) -> bool:
    return any(sum(part.counts) for part in histograms)


def _thresholds(points: Sequence[Point], threshold: float) -> Plot:
    return Plot(
        title="Precision and recall over the threshold",
        caption="Of the joins at or above a threshold, the share that are right; of the articles whose event was there"
        " already, the share that join it. As the stream was: another threshold would also have changed what came"
        " after.",
        x_label="threshold",
        names=("precision", "recall"),
        x_ticks=_unit_ticks(_across),
        y_ticks=_unit_ticks(_up),
        curves=(
            Curve(0, _path([(_across(point.threshold), _up(point.precision)) for point in points])),
            Curve(1, _path([(_across(point.threshold), _up(point.recall)) for point in points])),
        ),
        mark=Tick(_across(threshold), f"{threshold:.2f}"),
    )


def _sizes(sizes: Sequence[SizeCount]) -> Plot:
    total = sum(part.event_articles for part in sizes)
    top = max(max(part.event_articles, part.cluster_articles) for part in sizes) / total
    slot = (RIGHT - LEFT) / len(sizes)
    return Plot(
        title="Sizes of events and of clusters",
        caption="The share of labelled articles that are in an event, or in a cluster, of each size.",
        x_label="labelled articles",
        names=("events", "clusters"),
        x_ticks=tuple(Tick(LEFT + (at + 0.5) * slot, _short(part.name)) for at, part in enumerate(sizes)),
        y_ticks=_share_ticks(top),
        bars=tuple(
            bar for at, part in enumerate(sizes) for bar in _two_bars(part, LEFT + at * slot, slot, total * top)
        ),
    )


def _two_bars(part: SizeCount, left: float, slot: float, most: float) -> tuple[Bar, Bar]:
    told = (
        f"{part.event_count:,} events of {part.name}: {part.event_articles:,} articles",
        f"{part.cluster_count:,} clusters of {part.name}: {part.cluster_articles:,} articles",
    )
    shares = part.event_articles / most, part.cluster_articles / most
    width = BAR_SHARE * slot
    start = left + (0.5 - BAR_SHARE) * slot
    first, second = (
        Bar(
            k,
            round(start + k * width, 1),
            _up(shares[k]),
            round(width - 1, 1),
            round(BOTTOM - _up(shares[k]), 1),
            told[k],
        )
        for k in (0, 1)
    )
    return first, second


def _probabilities(histograms: Sequence[Histogram], threshold: float) -> Plot:
    return _distribution(
        histograms,
        title="How probable right and wrong clusters were",
        caption="The most probable cluster of each article: the share of right ones, and of wrong ones, at each"
        " probability.",
        x_label="probability",
        mark=Tick(_across(threshold), f"{threshold:.2f}"),
    )


def _similarities(histograms: Sequence[Histogram]) -> Plot:
    return _distribution(
        histograms,
        title="How similar pairs of articles are",
        caption="An article and the one before it in its event, or in its cluster: the share of each kind of pair at"
        " each cosine of weighted terms.",
        x_label="cosine",
    )


def _distribution(
    histograms: Sequence[Histogram], *, title: str, caption: str, x_label: str, mark: Tick | None = None
) -> Plot:
    filled = [(series, part) for series, part in enumerate(histograms) if sum(part.counts)]
    top = max(max(part.counts) / sum(part.counts) for _, part in filled)
    return Plot(
        title=title,
        caption=caption,
        x_label=x_label,
        names=tuple(f"{part.name} ({sum(part.counts):,})" for part in histograms),
        x_ticks=_unit_ticks(_across),
        y_ticks=_share_ticks(top),
        curves=tuple(_steps(series, part, top) for series, part in filled),
        mark=mark,
    )


def _steps(series: int, part: Histogram, top: float) -> Curve:
    total, bins = sum(part.counts), len(part.counts)
    corners = [
        (_across((at + side) / bins), _up(count / total / top))
        for at, count in enumerate(part.counts)
        for side in (0, 1)
    ]
    outline = _path(corners)
    return Curve(series, outline, f"{outline}L{_across(1.0)} {BOTTOM}L{_across(0.0)} {BOTTOM}Z")


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x} {y}" for x, y in points)


def _across(value: float) -> float:
    return round(LEFT + value * (RIGHT - LEFT), 1)


def _up(value: float) -> float:
    return round(BOTTOM - value * (BOTTOM - TOP), 1)


def _unit_ticks(place: Callable[[float], float]) -> tuple[Tick, ...]:
    return tuple(Tick(place(value), f"{value:.1f}") for value in FIFTHS)


def _share_ticks(top: float) -> tuple[Tick, ...]:
    return tuple(Tick(_up(part), f"{part * top:.0%}") for part in (0.0, 0.5, 1.0))


def _short(name: str) -> str:
    return name.replace(" to ", "–").replace(" and more", "+")
