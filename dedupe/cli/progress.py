"""How far long work is: a bar on a terminal, a plain line now and then in a log. Both on standard error."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Protocol

PLAIN_INTERVAL_SECONDS: Final = 10.0


class Reporter(Protocol):
    """Told how many articles are done so far, and how much of the total that is."""

    def __call__(self, articles: int, done: int) -> None:
        """Show it."""
        ...


@contextmanager
def progress(what: str, total: int | None, interval_seconds: float = PLAIN_INTERVAL_SECONDS) -> Iterator[Reporter]:
    """Yield what shows progress towards ``total``, counted in anything; None where the end is not known."""
    if sys.stderr.isatty():
        with _bar(what, total) as reporter:
            yield reporter
    else:
        yield _Lines(what, total, interval_seconds)


class _Lines:
    """Plain lines for a log."""

    def __init__(self, what: str, total: int | None, interval_seconds: float) -> None:
        self._what = what
        self._total = total
        self._interval_seconds = interval_seconds
        self._started = self._told = time.monotonic()

    def __call__(self, articles: int, done: int) -> None:
        now = time.monotonic()
        if now - self._told < self._interval_seconds:
            return
        self._told = now
        seconds = max(now - self._started, 1e-9)
        line = f"{self._what}: {articles:,} articles, {articles / seconds:,.0f}/s"
        if self._total and done:
            left = seconds * (self._total - done) / done
            line += f", {done / self._total:.0%}, {left:,.0f} s left"
        sys.stderr.write(line + "\n")
        sys.stderr.flush()


@contextmanager
def _bar(what: str, total: int | None) -> Iterator[Reporter]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn(what),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[articles]:,} articles, {task.fields[rate]:,.0f}/s"),
        TimeRemainingColumn(),
    )
    started = time.monotonic()
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=total, articles=0, rate=0.0)

        def report(articles: int, done: int) -> None:
            rate = articles / max(time.monotonic() - started, 1e-9)
            bar.update(task, completed=done, articles=articles, rate=rate)

        yield report
