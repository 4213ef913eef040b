"""S5: articles over HTTP, each acknowledged when it is on disk."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from connections import Measured as Exchanged
from connections import Target, Work, exchange, posts
from http_load import load_in_bulk
from load_articles import bodies
from servers import echoing, serving

from rows.figure import Figure, Measured, Size

CONNECTIONS: Final = 16
SINGLE_TARGET: Final = 1_500.0
LATE_TARGET: Final = 25.0
BULK_TARGET: Final = 6_000.0


def measure(size: Size) -> Measured:
    """Load a new server in each run: articles singly, then as many in bulk; then one that only echoes them."""
    singly, in_bulk, echoed = [], [], []
    for run in range(size.runs):
        articles = list(bodies(2 * size.articles, run + 1, None))
        with tempfile.TemporaryDirectory(prefix="storyfold-") as folder, serving(Path(folder) / "load.db") as (url, _):
            target = target_of(url)
            _exchange(target, articles[: size.articles // 10])
            singly.append(_exchange(target, articles[size.articles // 10 : size.articles]))
            in_bulk.append(asyncio.run(load_in_bulk(target, articles[size.articles :])))
        with echoing() as (url, _):
            echoed.append(_exchange(target_of(url), articles[: size.articles]))
    figures = [
        Figure(
            what="durable POSTs/s, 16 connections",
            target=SINGLE_TARGET,
            ours=_rates(singly),
            peers={"bare FastAPI echo": _rates(echoed)},
        ),
        Figure(
            what="ms until it is durable, p99",
            target=LATE_TARGET,
            less_is_better=True,
            ours=[run.p99_milliseconds or 0.0 for run in singly],
            peers={"bare FastAPI echo": [run.p99_milliseconds or 0.0 for run in echoed]},
        ),
        Figure(what="articles/s in bulk", target=BULK_TARGET, ours=_rates(in_bulk)),
    ]
    note = f"{size.articles:,} made-up articles of 400 words singly, as many in bulk; a new server in each run"
    return Measured(figures=figures, note=f"{note}, not pinned: it and the load have the machine together")


def target_of(url: str) -> Target:
    """Return the server at an address."""
    address = urlsplit(url)
    return Target(host=address.hostname or "", port=address.port or 80)


def _exchange(target: Target, articles: Sequence[bytes]) -> Exchanged:
    return asyncio.run(exchange(target, Work(posts(target, articles), 201), CONNECTIONS))


def _rates(runs: Sequence[Exchanged]) -> list[float]:
    return [run.articles_per_second for run in runs]
