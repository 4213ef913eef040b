"""Growth to ten million articles, which nobody wants to wait for one decision at a time.

Before each look, made-up news is entered as a log is replayed: which event each article tells of and what it copies
are known, and nothing is decided. Then some are decided one at a time, as always.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, tee
from tempfile import TemporaryDirectory
from typing import Any, Final, NamedTuple

from news import Report, reports

from dedupe import ids
from dedupe.cli.batch import GROUP_ARTICLES
from dedupe.engine import Engine
from dedupe.events import Event, EventKind
from dedupe.index import Index
from dedupe.settling import read_groups
from dedupe.submission import Submission
from rows.apart import apart
from rows.figure import Figure, Measured, Size
from rows.growth import Beside, Point, curves_of, decide, look, power_of, told, warmed_up
from rows.stream import submission_of

SHARES: Final = (0.1, 0.2, 0.5, 1.0)
DECIDED: Final = 20_000
LARGEST_PAUSE: Final = 100.0


class Filled(NamedTuple):
    """How an index was at each look; pauses are counted by the power of two of the milliseconds that they took."""

    points: Sequence[Point]
    decided: Counter[int]
    entered: Counter[int]
    longest_entry: float


def measure(size: Size) -> Measured:
    """Measure throughput and memory at a tenth, a fifth, a half and all of so many live articles, and pauses."""
    filled = [apart(fill, size.articles, run + 1) for run in range(size.runs)]
    figures = [
        figure
        for at, point in enumerate(filled[0].points)
        for figure in (
            Figure(what=f"articles/s at {point.live:,} live", ours=[run.points[at].per_second for run in filled]),
            Figure(
                what=f"GiB at {point.live:,} live",
                less_is_better=True,
                ours=[run.points[at].resident / 2**30 for run in filled],
            ),
        )
    ]
    longest = [max(point.longest_milliseconds for point in run.points) for run in filled]
    figures += [
        Figure(what="longest pause of one decision, ms", target=LARGEST_PAUSE, less_is_better=True, ours=longest),
        Figure(
            what="longest pause of entering one, ms",
            target=LARGEST_PAUSE,
            less_is_better=True,
            ours=[run.longest_entry for run in filled],
        ),
    ]
    note = (
        f"{size.articles:,} articles, none leaves; before each look the newest {DECIDED:,} are decided one at a time,"
        f" the others entered as a log is replayed; decisions by what they took: {told(filled[0].decided)}; entries:"
        f" {told(filled[0].entered)}"
    )
    return Measured(figures=figures, note=note, curves=curves_of(filled[0].points))


def fill(count: int, seed: int) -> Filled:
    """Grow an index, look at it at each of the `SHARES`, and say so on the way: it takes an hour and more."""
    before, arriving = warmed_up(), reports(count, seed)
    points: list[Point] = []
    decided, entered, longest = Counter[int](), Counter[int](), 0.0
    with TemporaryDirectory() as folder:
        engine, live = Engine(Beside(folder)), 0
        for share in SHARES:
            last, live = live, max(1, int(share * count))
            fresh = min(DECIDED, (live - last + 1) // 2)
            for milliseconds in enter(engine, islice(arriving, live - last - fresh), count):
                entered[power_of(milliseconds)] += 1
                longest = max(longest, milliseconds)
            took = decide(engine, (submission_of(report, count) for report in islice(arriving, fresh)))
            decided.update(map(power_of, took))
            points.append(look(engine, took, before))
            print(points[-1], flush=True)
    return Filled(points, decided, entered, longest)


def enter(engine: Engine, arriving: Iterable[Report], count: int) -> Iterator[float]:
    """Enter reports of a stream of ``count`` without deciding; yield the milliseconds that each took."""
    known, read = tee(arriving)
    waiting = (submission_of(report, count) for report in read)
    groups = iter(lambda: list(islice(waiting, GROUP_ARTICLES)), [])
    with engine.held() as index:
        for group, readings in read_groups(groups, engine.settings):
            for submission, reading, report in zip(group, readings, known, strict=False):
                event = _event(index, submission, report)
                begun = time.thread_time_ns()
                index.apply(event, reading)
                index.take_snapshot(reading)
                yield (time.thread_time_ns() - begun) / 1e6


def _event(index: Index, submission: Submission, report: Report) -> Event:
    """Return what a log would say of an article; a copy lies where its original does."""
    kind, detail = EventKind.JOINED, dict[str, Any](confidence=1.0)
    cluster_id = ids.encode("clu", ids.derive("clu", report.event, 0))
    if report.original != report.number:
        original = ids.encode("art", report.original)
        slot = index.slot_of(original)
        founded = ids.encode("dup", ids.derive("dup", report.original, 0))
        detail |= {"duplicate_of": {"article_id": original}, "duplicate_group_id": index.group_id(slot) or founded}
        kind, cluster_id = EventKind.COPIED, index.cluster_id(index.clusters.cluster_of(slot))
    return Event(
        seq=index.seq + 1,
        at=submission.received_at,
        kind=kind,
        article_id=submission.article_id,
        cluster_id=cluster_id,
        detail=detail,
    )
