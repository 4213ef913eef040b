"""S1: texts in, signatures of 128 permutations out."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Final

from news import texts

from rows.apart import apart
from rows.copies import OURS, contenders
from rows.figure import Figure, Measured, Size

TARGET: Final = 100_000.0
ANY_SCRIPT_TARGET: Final = 50_000.0
RATIO: Final = 10.0
RATIOS: Final = {"gaoya": 5.0}


def measure(size: Size) -> Measured:
    """Sign articles that are mostly ASCII, then articles of six other scripts."""
    plain, other = (apart(rates, size, any_script=any_script) for any_script in (False, True))
    figures = [
        _figure("signatures/s, mostly ASCII", TARGET, plain),
        _figure("signatures/s, other scripts", ANY_SCRIPT_TARGET, other),
        *(_ratio(name, plain) for name in plain if name != OURS),
    ]
    return Measured(figures=figures, note=f"{size.articles:,} texts of 400 words; gaoya with an index of 16 bands")


def _figure(what: str, target: float, measured: Mapping[str, Sequence[float]]) -> Figure:
    theirs = {name: runs for name, runs in measured.items() if name != OURS}
    return Figure(what=what, target=target, ours=measured[OURS], peers=theirs)


def _ratio(peer: str, measured: Mapping[str, Sequence[float]]) -> Figure:
    """Return how many times quicker than a peer we were in each run."""
    ratios = [ours / theirs for ours, theirs in zip(measured[OURS], measured[peer], strict=True)]
    return Figure(
        what=f"times as quick as {peer}, mostly ASCII", target=RATIOS.get(peer.split(maxsplit=1)[0], RATIO), ours=ratios
    )


def rates(size: Size, *, any_script: bool) -> dict[str, list[float]]:
    """Return the signatures per second of us and each peer, run after run."""
    articles = texts(size.articles, any_script=any_script)
    there = contenders()
    measured: dict[str, list[float]] = {name: [] for name in there}
    for _ in range(size.runs):
        for name, make in there.items():
            contender = make()
            begun = time.process_time()
            contender.sign_all(articles)
            measured[name].append(len(articles) / (time.process_time() - begun))
    return measured
