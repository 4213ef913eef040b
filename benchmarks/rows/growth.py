"""S9 and S10: memory and speed as the articles that are live grow in number."""

from __future__ import annotations

import gc
import math
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

from news import reports

from dedupe.engine import Engine
from dedupe.store.discard import DiscardStore
from dedupe.submission import Submission
from dedupe.warming import warm_up
from rows.apart import apart
from rows.copies import OURS, contenders
from rows.figure import Figure, Measured, Size
from rows.memory import array_bytes, in_files, resident
from rows.stream import submissions

MEMORY_TARGET: Final = 1.5
LARGEST_TARGET: Final = 16.0
KEPT_TARGET: Final = 0.7
STEPS: Final = 20
COMPARED: Final = 100_000
PEER_ARTICLES: Final = 20_000
WARM: Final = 200
SHORTEST: Final = 0.25


class Point(NamedTuple):
    """How it was with so many live articles: rate and longest pause since the point before, memory, and file."""

    live: int
    per_second: float
    longest_milliseconds: float
    resident: int
    arrays: int
    filed: int


class Place(NamedTuple):
    """Where an index would be kept."""

    path: Path


class Beside(DiscardStore):
    """A store that keeps nothing, in a folder all the same: the index puts there what it does beside a real one."""

    def __init__(self, folder: str) -> None:
        super().__init__()
        self._place = Place(Path(folder) / "index")

    @property
    def index_file(self) -> Place:
        """Return where there is no file."""
        return self._place


class Grown(NamedTuple):
    """How an index grew; ``pauses`` counts adds by the power of two of the milliseconds that they took."""

    points: Sequence[Point]
    pauses: dict[int, int]


def measure_memory(size: Size) -> Measured:
    """Measure what a live article takes, in the index of the engine and in those of peers."""
    grown = [_grown(size.articles, run) for run in range(size.runs)]
    last = [run.points[-1] for run in grown]
    copies = _copies_alone(min(size.articles, PEER_ARTICLES))
    figures = [
        Figure(
            what="kB for a live article, both levels, memory of the process",
            target=MEMORY_TARGET,
            less_is_better=True,
            ours=[point.resident / point.live / 1_000 for point in last],
        ),
        Figure(
            what="GiB for 10 million live articles, extrapolated",
            target=LARGEST_TARGET,
            less_is_better=True,
            ours=[10_000_000 * point.resident / point.live / 2**30 for point in last],
        ),
        Figure(
            what="kB for a live article, both levels, arrays alone",
            less_is_better=True,
            ours=[point.arrays / point.live / 1_000 for point in last],
        ),
        Figure(
            what="kB for a live article in a file, which the system may hold in memory besides",
            less_is_better=True,
            ours=[point.filed / point.live / 1_000 for point in last],
        ),
        Figure(what="kB for an article, copies alone", less_is_better=True, ours=copies.pop(OURS), peers=copies),
    ]
    note = f"{last[0].live:,} live articles of 400 words; copies alone: {min(size.articles, PEER_ARTICLES):,} articles"
    return Measured(figures=figures, note=note)


def measure_growth(size: Size) -> Measured:
    """Measure how throughput, memory and pauses change while the index grows."""
    grown = [_grown(size.articles, run) for run in range(size.runs)]
    points = grown[0].points
    first = next((point for point in points if point.live >= min(COMPARED, size.articles // 3)), points[0])
    kept = [_rate_at(run, points[-1].live) / _rate_at(run, first.live) for run in grown]
    figures = [
        Figure(
            what=f"throughput at {points[-1].live:,} live, as a share of that at {first.live:,}",
            target=KEPT_TARGET,
            ours=kept,
        ),
        Figure(what=f"articles/s at {first.live:,} live", ours=[_rate_at(run, first.live) for run in grown]),
        Figure(what=f"articles/s at {points[-1].live:,} live", ours=[run.points[-1].per_second for run in grown]),
        Figure(
            what="longest pause of one add, ms",
            less_is_better=True,
            ours=[max(point.longest_milliseconds for point in run.points) for run in grown],
        ),
    ]
    note = f"{size.articles:,} articles, one at a time, none leaves; adds by what they took: {told(grown[0].pauses)}"
    return Measured(figures=figures, note=note, curves=curves_of(points))


def curves_of(points: Sequence[Point]) -> dict[str, Sequence[float]]:
    """Return throughput and memory over live articles, as they are plotted."""
    return {
        "live": [point.live for point in points],
        "per_second": [round(point.per_second, 1) for point in points],
        "bytes": [point.resident for point in points],
    }


@cache
def _grown(count: int, run: int) -> Grown:
    """Return what `grow` shows in a new process; both rows look at the same runs."""
    return apart(grow, count, run + 1)


def grow(count: int, seed: int) -> Grown:
    """Add made-up news to an engine, one article at a time, and look at it now and then."""
    before, arriving = warmed_up(), submissions(count, seed)
    points: list[Point] = []
    pauses: Counter[int] = Counter()
    with TemporaryDirectory() as folder:
        engine = Engine(Beside(folder))
        while took := decide(engine, islice(arriving, max(1, count // STEPS))):
            points.append(look(engine, took, before))
            pauses.update(power_of(milliseconds) for milliseconds in took)
    return Grown(points, dict(pauses))


def warmed_up() -> int:
    """Return how many bytes are resident once all that is needed was loaded, as a server does at its start."""
    warm_up()
    Engine(DiscardStore()).add_all(list(submissions(WARM)))
    gc.collect()
    return resident()


def decide(engine: Engine, arriving: Iterable[Submission]) -> list[float]:
    """Add articles; return the milliseconds of the processor that each took."""
    took = []
    for submission in arriving:
        begun = time.process_time_ns()
        engine.add(submission)
        took.append((time.process_time_ns() - begun) / 1e6)
    return took


def look(engine: Engine, took: Sequence[float], before: int) -> Point:
    """Return how an index is after adds that took so many milliseconds; ``before`` it, so many bytes were resident."""
    with engine.held() as index:
        arrays, filed = array_bytes(index), in_files(index)
    live = engine.statistics().live_articles
    return Point(live, 1_000 * len(took) / sum(took), max(took), resident() - before, arrays, filed)


def _rate_at(grown: Grown, live: int) -> float:
    return min(grown.points, key=lambda point: abs(point.live - live)).per_second


def power_of(milliseconds: float) -> int:
    """Return the binary logarithm of what an add took, rounded up; `SHORTEST` is the least that counts."""
    return math.ceil(math.log2(max(milliseconds, SHORTEST)))


def told(pauses: Mapping[int, int]) -> str:
    """Return how many adds took up to each power of two, in milliseconds."""
    return ", ".join(f"≤ {2.0**power:g} ms {pauses[power]:,}" for power in sorted(pauses))


def _copies_alone(count: int) -> dict[str, list[float]]:
    """Return the kilobytes for an article of our copy layer and of each peer's, each in a process of its own."""
    return {name: [apart(copies_memory, name, count)] for name in contenders()}


def copies_memory(name: str, count: int) -> float:
    """Return the kilobytes that one contender takes for an article."""
    contender = contenders()[name]()
    gc.collect()
    before = resident()
    for report in reports(count):
        contender.find_and_add(report.number, report.text)
    gc.collect()
    return (resident() - before) / count / 1_000
