"""Half an hour of articles arriving while dashboards poll: is anything late, is anything refused, what does it hold."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Iterator, Sequence
from itertools import repeat
from pathlib import Path
from typing import Final, NamedTuple

from connections import Measured as Exchanged
from connections import Target, Work, asking, exchange, posts
from load_articles import bodies
from servers import serving

from rows.figure import Figure, Measured, Size
from rows.intake import CONNECTIONS, target_of
from rows.memory import resident

PER_SECOND: Final = 500
ENOUGH_PER_SECOND: Final = 490.0
DASHBOARDS: Final = 20
"""Each asks for its list once a second."""
LATE_TARGET: Final = 25.0
LOOKS: Final = 12


class Endured(NamedTuple):
    """How articles and lists were answered, and what the server held at equal intervals, in bytes."""

    articles: Exchanged
    lists: Exchanged
    held: Sequence[int]


def measure(size: Size) -> Measured:
    """Load a new server at a pace; any answer but the one that is due ends the run with an error."""
    runs = [endure(size.articles, run + 1) for run in range(size.runs)]
    figures = [
        Figure(
            what=f"articles/s that arrived, of {PER_SECOND}",
            target=ENOUGH_PER_SECOND,
            ours=[run.articles.articles_per_second for run in runs],
        ),
        Figure(
            what="ms until it is durable, p99",
            target=LATE_TARGET,
            less_is_better=True,
            ours=[run.articles.p99_milliseconds or 0.0 for run in runs],
        ),
        Figure(
            what="ms until it is durable, slowest",
            less_is_better=True,
            ours=[run.articles.slowest_milliseconds or 0.0 for run in runs],
        ),
        Figure(
            what="ms for a list, p99",
            target=LATE_TARGET,
            less_is_better=True,
            ours=[run.lists.p99_milliseconds or 0.0 for run in runs],
        ),
        Figure(
            what="kB that memory grew by for an article, second half",
            less_is_better=True,
            ours=[grown(run.held, size.articles) for run in runs],
        ),
    ]
    held = ", ".join(f"{bytes_held / 2**30:.2f}" for bytes_held in runs[0].held)
    note = (
        f"{size.articles:,} made-up articles of 400 words, {PER_SECOND} a second over {CONNECTIONS} connections, while"
        f" {DASHBOARDS} dashboards ask for the list once a second, all answered as they should be; the server held, in"
        f" GiB and at equal intervals, {held}"
    )
    return Measured(figures=figures, note=note)


def endure(count: int, seed: int) -> Endured:
    """Load a new server with so many articles, which are made up beforehand."""
    seconds = count / PER_SECOND
    with tempfile.TemporaryDirectory(prefix="storyfold-") as folder:
        articles = Path(folder) / "articles.jsonl"
        with articles.open("wb") as file:
            file.writelines(body + b"\n" for body in bodies(count, seed, None))
        with serving(Path(folder) / "load.db") as (url, process):
            target = target_of(url)
            arriving = Work(posts(target, _lines(articles)), 201, 1 / PER_SECOND)
            lists = repeat(asking(target, "/v1/clusters"), max(round(seconds * DASHBOARDS), DASHBOARDS))
            polled = Work(lists, 200, 1 / DASHBOARDS)
            return asyncio.run(_watched(target, arriving, polled, lambda: resident(process), seconds / LOOKS))


async def _watched(target: Target, arriving: Work, polled: Work, held: Callable[[], int], interval: float) -> Endured:
    """Send both, and look what is held meanwhile; the last look is at the end."""
    loading = asyncio.gather(exchange(target, arriving, CONNECTIONS), exchange(target, polled, DASHBOARDS))
    looks = []
    while not loading.done() and len(looks) < LOOKS - 1:
        await asyncio.wait([loading], timeout=interval)
        looks.append(held())
    articles, lists = await loading
    return Endured(articles, lists, [*looks, held()])


def grown(held: Sequence[int], count: int) -> float:
    """Return by how many kB an article memory grew between the middle of ``count`` articles and their end."""
    return (held[-1] - held[len(held) // 2 - 1]) / (count / 2) / 1_000


def _lines(file: Path) -> Iterator[bytes]:
    with file.open("rb") as lines:
        for line in lines:
            yield line.rstrip(b"\n")
