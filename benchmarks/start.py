"""How long a server with many articles takes to be ready, and what it costs to keep its index for that.

    python benchmarks/start.py                                         # 50,000 articles in a temporary folder
    python benchmarks/start.py --articles 1000000 --store ./big.db     # half an hour to fill, kept for the next time
    python benchmarks/start.py --store ./big.db --replay               # and once without the snapshot

Fills a store with made-up articles of 150 to 600 words, one in seven a copy, all of them live; stops and starts a
server on it, with the files in the operating system's memory and without; then writes the snapshot from a process
that goes on taking articles in, and tells how long these had to wait.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, Final

import httpx
import numpy as np

from dedupe import ids
from dedupe.article import Article
from dedupe.cli.startup import load_kernels
from dedupe.engine import Engine
from dedupe.index import Index
from dedupe.settings import EngineSettings
from dedupe.snapshot.keeping import keep
from dedupe.store.index_file import path_beside
from dedupe.store.sql import SqlStore
from dedupe.submission import Submission

FIRST: Final = datetime(2026, 3, 2, tzinfo=UTC)
SPACING: Final = timedelta(seconds=0.4)
SYLLABLES: Final = np.array(
    ["bar", "den", "fil", "gor", "hal", "lun", "mer", "nov", "ost", "ri", "sel", "tam", "ve", "wy"]
)
WORDS: Final = 400_000
EVENTS: Final = 2_000
OWN_WORDS: Final = 60
GROUP: Final = 256
ROUNDS: Final = 3


def made_up(seed: int) -> Iterator[Submission]:
    """Yield articles of events that come and go, some of them copies, without end."""
    draw = np.random.default_rng(seed)
    words = np.array(["".join(word) for word in SYLLABLES[draw.integers(len(SYLLABLES), size=(WORDS, 5))]])
    events = draw.integers(WORDS, size=(EVENTS, OWN_WORDS))
    recent: list[tuple[str, str]] = []
    number = 0
    while True:
        if recent and draw.random() < 1 / 7:
            title, text = recent[int(draw.integers(len(recent)))]
            text = text[: int(len(text) * draw.uniform(0.8, 1.0))]
        else:
            place = int(draw.integers(EVENTS))
            if draw.random() < 0.2:
                events[place] = draw.integers(WORDS, size=OWN_WORDS)
            length = int(draw.integers(150, 600))
            usual = np.minimum(draw.zipf(1.25, length) - 1, WORDS - 1)
            own = events[place][draw.integers(OWN_WORDS, size=length)]
            text = " ".join(words[np.where(draw.random(length) < 0.3, own, usual)])
            title = " ".join(words[events[place][draw.integers(OWN_WORDS, size=7)]])
            recent = [*recent[-199:], (title, text)]
        at, uri = FIRST + number * SPACING, f"{seed}:{number}"
        source = f"Outlet {number % 200}"
        article = Article(title=title, text=text, source=source, published_at=at, uri=uri, language="en")
        yield Submission(article=article, article_id=ids.encode("art", (seed << 40) + number), received_at=at)
        number += 1


def opened(path: Path) -> SqlStore:
    """Open a store, as the server does."""
    return SqlStore.open(f"sqlite:///{path}", EngineSettings().signature_identity())


def fill(path: Path, count: int) -> None:
    """Take articles in until there are so many; tell how far it is."""
    with closing(opened(path)) as store:
        there = store.catalogue.totals().articles
        if there >= count:
            return
        engine = Engine(store)
        news = islice(made_up(1), there, count)
        while group := list(islice(news, GROUP)):
            engine.add_all(group)
            print(f"\r{store.last_seq():,} events", end="", file=sys.stderr)
        print(file=sys.stderr)


@dataclass
class Started:
    """What a start took: time, that of processors, memory."""

    seconds: float
    user_seconds: float
    system_seconds: float
    resident: int


def start(path: Path) -> Started:
    """Start a server, and ask it to stop once it is ready."""
    command = [sys.executable, "-c", "from api.cli import main; main()", "serve", "--port", "0", "--json"]
    begun = time.perf_counter()
    with subprocess.Popen(
        [*command, "--store", f"sqlite:///{path}"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        first = process.stdout.readline() if process.stdout else ""
        with httpx.Client(base_url=json.loads(first)["url"], timeout=120) as client:
            while not is_ready(client):
                time.sleep(0.01)
        started = Started(time.perf_counter() - begun, *spent(process.pid), resident(process.pid))
        process.terminate()
    return started


def is_ready(client: httpx.Client) -> bool:
    """Ask a server that may not listen yet."""
    try:
        return client.get("/readyz").status_code == httpx.codes.OK
    except httpx.TransportError:
        return False


def spent(process: int) -> tuple[float, float]:
    """Return the seconds that a process has spent on its own, and had the operating system spend."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2].split()
    ticks = os.sysconf("SC_CLK_TCK")
    return int(fields[11]) / ticks, int(fields[12]) / ticks


def resident(process: int) -> int:
    """Return how many bytes of memory a process has."""
    status = dict(line.split(":", 1) for line in Path(f"/proc/{process}/status").read_text().splitlines())
    return int(status["VmRSS"].split()[0]) << 10


def forget(*paths: Path) -> None:
    """Have the operating system forget what it holds of files, so that they are read from the disk."""
    os.sync()
    for path in paths:
        if path.exists():
            with path.open("rb") as file:
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


@dataclass
class Timed:
    """An engine that tells how long its index was held."""

    engine: Engine
    held_seconds: list[float] = field(default_factory=list)

    @property
    def store(self) -> Any:
        """The engine's store."""
        return self.engine.store

    @property
    def settings(self) -> EngineSettings:
        """The engine's settings."""
        return self.engine.settings

    @contextmanager
    def held(self) -> Iterator[Index]:
        """Give the index."""
        with self.engine.held() as index:
            begun = time.perf_counter()
            yield index
            self.held_seconds.append(time.perf_counter() - begun)


def write_while_taking_in(path: Path) -> list[str]:
    """Write the snapshot while articles come in; return lines that say how long that took, and what waited."""
    with closing(opened(path)) as store:
        load_kernels()
        begun = time.perf_counter()
        timed = Timed(Engine(store))
        opening = time.perf_counter() - begun
        news, waits = made_up(time.time_ns() % (1 << 20) + 2), list[float]()
        before = adding(timed.engine, news, waits, threading.Event(), 5.0)
        finished, waits = threading.Event(), []
        kept: list[Any] = []
        begun = time.perf_counter()

        def write() -> None:
            kept.append(keep(timed, lambda: False))
            kept.append(time.perf_counter() - begun)
            finished.set()

        writing = threading.Thread(target=write)
        writing.start()
        during = adding(timed.engine, news, waits, finished, 600.0)
        writing.join()
    return [
        f"the index from snapshot and log            {opening:8.2f} s",
        f"written while articles come in             {kept[1]:8.2f} s",
        f"size of the snapshot                       {kept[0].size_bytes / 1e6:8,.0f} MB",
        f"longest hold of the index                  {1e3 * max(timed.held_seconds):8.1f} ms",
        f"one article at a time: median, p99, longest {told(before)} ms before, {told(during)} ms meanwhile",
    ]


def adding(
    engine: Engine, news: Iterator[Submission], waits: list[float], finished: threading.Event, most_seconds: float
) -> list[float]:
    """Add articles singly until something has finished, or for so long; return how long each took."""
    end = time.perf_counter() + most_seconds
    while not finished.is_set() and time.perf_counter() < end:
        submission = next(news)
        begun = time.perf_counter()
        engine.add(submission)
        waits.append(time.perf_counter() - begun)
    return waits


def told(waits: list[float]) -> str:
    """Return median, 99th percentile and longest of some times, in milliseconds."""
    return " ".join(f"{1e3 * float(np.quantile(waits, share)):.1f}" for share in (0.5, 0.99, 1.0))


def measure(path: Path, articles: int, *, replay: bool) -> Iterator[str]:
    """Yield lines of what was measured."""
    fill(path, articles)
    snapshot = path_beside(path)
    if replay:
        snapshot.unlink(missing_ok=True)
        yield f"ready, from the log alone                  {start(path).seconds:8.2f} s"
    if not snapshot.exists():
        with closing(opened(path)) as store:
            keep(Engine(store), lambda: False)
    starts = [start(path) for _ in range(ROUNDS)]
    yield "ready, files in memory (each start)        " + " ".join(f"{one.seconds:8.2f}" for one in starts) + " s"
    forget(path, snapshot)
    yield f"ready, files on the disk                   {start(path).seconds:8.2f} s"
    spent_each = (f"{one.user_seconds:.1f}+{one.system_seconds:.1f}" for one in starts)
    yield "of a processor, own + system               " + " ".join(f"{spent:>8}" for spent in spent_each) + " s"
    yield f"memory when ready                          {starts[-1].resident / 1e6:8,.0f} MB"
    yield from write_while_taking_in(path)


def main() -> None:
    """Fill a store, and print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=50_000)
    parser.add_argument("--store", type=Path, help="a store to fill, or filled before; by default a temporary one")
    parser.add_argument("--replay", action="store_true", help="measure a start without the snapshot, too")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="storyfold-") as folder:
        path = (options.store or Path(folder) / "start.db").absolute()
        for line in measure(path, options.articles, replay=options.replay):
            print(line, flush=True)


if __name__ == "__main__":
    main()
