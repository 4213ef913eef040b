"""S6: the list of clusters, asked for again and again, on a large store and while articles arrive."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator, Sequence
from itertools import repeat
from pathlib import Path
from typing import Final

import desk_load
import httpx
from connections import Measured as Exchanged
from connections import Target, Work, asking, exchange, posts
from load_articles import bodies
from servers import serving

from rows.figure import Figure, Measured, Size
from rows.intake import CONNECTIONS, target_of

ADDRESS: Final = "/v1/clusters"
ASKED: Final = 5_000
SECONDS: Final = 20
INGESTED_PER_SECOND: Final = 500
POLLED_PER_SECOND: Final = 100
RATE_TARGET: Final = 1_500.0
UNCHANGED_TARGET: Final = 4_000.0
LATE_TARGET: Final = 25.0


def measure(size: Size) -> Measured:
    """Fill a store, serve it, and ask."""
    with tempfile.TemporaryDirectory(prefix="storyfold-") as folder:
        store = Path(folder) / "desk.db"
        desk_load.fill(store, size.articles, max(size.articles // 10, 1))
        with serving(store) as (url, _):
            target = target_of(url)
            tag = httpx.get(f"{url}{ADDRESS}", timeout=120).headers["etag"]
            asked = min(ASKED, max(100, size.articles))
            whole = [_polled(target, asked, 200) for _ in range(size.runs)]
            new = [_all_new(target, asked // 5, run) for run in range(size.runs)]
            unchanged = [_polled(target, asked, 304, f"If-None-Match: {tag}") for _ in range(size.runs)]
            seconds = min(SECONDS, max(1, size.articles // 1_000))
            busy = [asyncio.run(_while_ingesting(target, seconds, run + 1)) for run in range(size.runs)]
    figures = [
        Figure(what="GET /v1/clusters a second", target=RATE_TARGET, ours=_rates(whole)),
        Figure(what="lists a second, none asked for before", ours=_rates(new)),
        Figure(what="304 a second", target=UNCHANGED_TARGET, ours=_rates(unchanged)),
        Figure(
            what="ms for a list while articles arrive, p99",
            target=LATE_TARGET,
            less_is_better=True,
            ours=[polled.p99_milliseconds or 0.0 for polled, _ in busy],
        ),
        Figure(
            what="articles/s that arrived meanwhile",
            target=0.98 * INGESTED_PER_SECOND,
            ours=_rates([sent for _, sent in busy]),
        ),
    ]
    note = (
        f"{size.articles:,} articles; {asked:,} requests over {CONNECTIONS} connections, the same again and"
        f" again, which are answered with what is kept, and {asked // 5:,} that differ; then {POLLED_PER_SECOND} a"
        f" second for {seconds} s, each counted from when it was due, beside {INGESTED_PER_SECOND} POSTs a second"
    )
    return Measured(figures=figures, note=note)


def _polled(target: Target, count: int, expected: int, *headers: str) -> Exchanged:
    return asyncio.run(exchange(target, Work(_requests(target, count, *headers), expected), CONNECTIONS))


def _all_new(target: Target, count: int, run: int) -> Exchanged:
    """Return how lists are answered of which none is kept: each from another moment on, long before all articles."""
    moments = (f"2000-01-{run % 28 + 1:02}T{n // 3600 % 24:02}:{n // 60 % 60:02}:{n % 60:02}Z" for n in range(count))
    requests = [asking(target, f"{ADDRESS}?from={at}") for at in moments]
    return asyncio.run(exchange(target, Work(iter(requests), 200), CONNECTIONS))


async def _while_ingesting(target: Target, seconds: int, seed: int) -> tuple[Exchanged, Exchanged]:
    """Return how the list was answered, and how the articles that arrived meanwhile."""
    articles = list(bodies(seconds * INGESTED_PER_SECOND, seed, None))
    arriving = Work(posts(target, articles), 201, 1 / INGESTED_PER_SECOND)
    polled = Work(_requests(target, seconds * POLLED_PER_SECOND), 200, 1 / POLLED_PER_SECOND)
    sent, answered = await asyncio.gather(
        exchange(target, arriving, CONNECTIONS), exchange(target, polled, CONNECTIONS)
    )
    return answered, sent


def _requests(target: Target, count: int, *headers: str) -> Iterator[bytes]:
    return repeat(asking(target, ADDRESS, *headers), count)


def _rates(runs: Sequence[Exchanged]) -> list[float]:
    return [run.articles_per_second for run in runs]
