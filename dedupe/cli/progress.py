"""How far long work is: a bar on a terminal, a plain line now and then in a log. Both on standard error."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Protocol

PLAIN_INTERVAL_SECONDS: Final = 10.0


class Reporter(Protocol):
    """Told how many articles (or other units) are done so far, and how much of the total that is."""

    def __call__(self, count: int, done: int, /) -> None:
        """Show it."""
        ...


@contextmanager
def progress(
    what: str, total: int | None, unit: str = "articles", interval_seconds: float = PLAIN_INTERVAL_SECONDS
) -> Iterator[Reporter]:
    """Yield what shows progress towards ``total``, counted in anything; None where the end is not known."""
    if sys.stderr.isatty():
        with _bar(what, total, unit) as reporter:
            yield reporter
    else:
        yield _Lines(what, total, unit, interval_seconds)


class _Lines:
    """Plain lines for a log."""

    def __init__(self, what: str, total: int | None, unit: str, interval_seconds: float) -> None:
        self._what = what
        self._unit = unit
        self._total = total
        self._interval_seconds = interval_seconds
        self._started = self._told = time.monotonic()

    def __call__(self, count: int, done: int, /) -> None:
        now = time.monotonic()
        if now - self._told < self._interval_seconds:
            return
        self._told = now
        seconds = max(now - self._started, 1e-9)
        line = f"{self._what}: {count:,} {self._unit}, {count / seconds:,.0f}/s"
        if self._total and done:
            left = seconds * (self._total - done) / done
            line += f", {done / self._total:.0%}, {left:,.0f} s left"
        sys.stderr.write(line + "\n")
        sys.stderr.flush()


@contextmanager
def _bar(what: str, total: int | None, unit: str) -> Iterator[Reporter]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn(what),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[count]:,} " + unit + ", {task.fields[rate]:,.0f}/s"),
        TimeRemainingColumn(),
    )
    started = time.monotonic()
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=total, count=0, rate=0.0)

        def report(count: int, done: int, /) -> None:
            rate = count / max(time.monotonic() - started, 1e-9)
            bar.update(task, completed=done, count=count, rate=rate)

        yield report
