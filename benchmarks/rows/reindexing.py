"""S7: a store clustered anew, from its log to a generation that could be activated."""

from __future__ import annotations

import tempfile
import time
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

from dedupe import ids
from dedupe.cli.startup import open_store
from dedupe.reindexing.desk import Desk
from rows.apart import unpinned
from rows.figure import Figure, Measured, Size
from rows.memory import peak, resident
from rows.stream import FIRST, SPAN, submissions

MILLION: Final = 1_000_000
RATE_TARGET: Final = MILLION / 180
MEMORY_TARGET: Final = 4.0
GROUP: Final = 1_000


class Built(NamedTuple):
    """The seconds that a generation took, and the bytes that the process held at most, without files and with them."""

    seconds: float
    held: int
    seen: int


def measure(size: Size) -> Measured:
    """Fill a store, and build another generation of it as often as asked, each time in a new process."""
    with tempfile.TemporaryDirectory(prefix="storyfold-") as folder:
        url = f"sqlite:///{Path(folder) / 'archive.db'}"
        unpinned(fill, url, size.articles)
        built = [unpinned(build, url) for _ in range(size.runs)]
    is_whole = size.articles >= MILLION
    figures = [
        Figure(
            what="articles/s re-indexed (a million in 3 minutes)",
            target=RATE_TARGET,
            ours=[size.articles / one.seconds for one in built],
        ),
        Figure(
            what=f"GiB at most, {size.articles:,} articles, memory of the process",
            target=MEMORY_TARGET if is_whole else None,
            less_is_better=True,
            ours=[one.held / 2**30 for one in built],
        ),
        Figure(
            what="GiB at most, with files that the system may hold in memory besides",
            less_is_better=True,
            ours=[one.seen / 2**30 for one in built],
        ),
    ]
    note = f"a store of {size.articles:,} articles of 400 words; memory is that of the index in force and the new one"
    return Measured(figures=figures, note=note)


def fill(url: str, count: int) -> None:
    """Put made-up news into a new store."""
    arriving = submissions(count)
    with open_store(url) as opened:
        while group := list(islice(arriving, GROUP)):
            opened.engine.add_all(group)


def build(url: str) -> Built:
    """Return what a new generation takes; it is discarded."""
    held = []
    with open_store(url) as opened:
        desk = Desk(opened.store, opened.engine, lambda: FIRST + SPAN)
        begun = time.perf_counter()
        job = desk.request(ids.encode("job", time.time_ns() % 2**63), {"coverage": 0.7})
        desk.build(job, lambda _progress: held.append(resident()), lambda: False)
        seconds = time.perf_counter() - begun
        desk.discard(job.job_id)
    return Built(seconds, max(held), peak())
