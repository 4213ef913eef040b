"""S2: the copy layer for one article at a time: sign, find what looks alike, enter."""

from __future__ import annotations

import time
from typing import Final

import numpy as np
from news import texts
from peers import Peer

from rows.apart import apart
from rows.copies import OURS, contenders
from rows.figure import Figure, Measured, Size

TARGET: Final = 15.0
ASKED: Final = 1_000


def measure(size: Size) -> Measured:
    """Measure each look-up in microseconds, in an index that holds the articles already."""
    measured = apart(latencies, size)
    figure = Figure(
        what="µs for one article, p50",
        target=TARGET,
        less_is_better=True,
        ours=measured.pop(OURS),
        peers=dict(measured),
    )
    return Measured(figures=[figure], note=f"{size.articles:,} articles indexed, {ASKED:,} more in each run")


def latencies(size: Size) -> dict[str, list[float]]:
    """Return the median microseconds for one article, of us and each peer, run after run."""
    articles = texts(size.articles + size.runs * ASKED)
    filled = {name: make() for name, make in contenders().items()}
    for contender in filled.values():
        for number, text in enumerate(articles[: size.articles]):
            contender.find_and_add(number, text)
    measured: dict[str, list[float]] = {name: [] for name in filled}
    for run in range(size.runs):
        first = size.articles + run * ASKED
        for name, contender in filled.items():
            took = [_one(contender, number, articles[number]) for number in range(first, first + ASKED)]
            measured[name].append(float(np.median(took)) / 1_000)
    return measured


def _one(contender: Peer, number: int, text: str) -> int:
    begun = time.perf_counter_ns()
    contender.find_and_add(number, text)
    return time.perf_counter_ns() - begun
