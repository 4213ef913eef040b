"""`storyfold ingest`: files of articles into a store or to a server; a bad line is reported, the rest goes in."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from dedupe.article import Article
from dedupe.cli.failures import CommandFailed, ExitCode, complain
from dedupe.cli.options import DEFAULT_STORE
from dedupe.cli.outcome import Send
from dedupe.cli.output import print_json, say
from dedupe.cli.progress import Reporter, progress
from dedupe.cli.sending import sending_to
from dedupe.cli.startup import open_store
from dedupe.errors import DedupeError, InvalidArticle, UnreadableInput
from dedupe.events import Decision
from dedupe.readers.entry import Entry, Format
from dedupe.readers.fields import article_of
from dedupe.readers.formats import format_of
from dedupe.readers.source import STANDARD_INPUT, Source, open_source

GROUP_ARTICLES: Final = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """Where articles go: a server if one is named, else a store."""

    store: str | None = None
    server: str | None = None
    key_file: Path | None = None

    @contextmanager
    def opened(self) -> Iterator[Send]:
        """Yield what takes a group of articles; raise `CommandFailed` or `StoreError`."""
        if self.server is not None and self.store is not None:
            raise CommandFailed("--store and --server exclude each other; name one of them", ExitCode.USAGE)
        if self.server is not None:
            with sending_to(self.server, self.key_file) as send:
                yield send
        else:
            with open_store(self.store or DEFAULT_STORE) as opened:
                yield opened.send


class Intake:
    """Takes entries, passes them on in groups, and keeps count of what became of them."""

    def __init__(self, send: Send, report: Reporter) -> None:
        self.decisions: Counter[str] = Counter()
        self.failed_count = 0
        self._send = send
        self._report = report
        self._waiting: list[tuple[str, Article]] = []
        self._bytes_before = 0

    @property
    def accepted_count(self) -> int:
        """Return how many articles are in."""
        return self.decisions.total()

    def take(self, source: Source, form: Format) -> None:
        """Take every entry of a file; damage to the file ends it, and counts as one failure."""
        try:
            for entry in form.read(source):
                self._add(entry)
                if len(self._waiting) == GROUP_ARTICLES:
                    self._flush(source.position)
        except UnreadableInput as problem:
            self._refuse(str(problem))
        self._flush(source.position)
        self._bytes_before += source.size or 0

    def _add(self, entry: Entry) -> None:
        try:
            self._waiting.append((entry.place, article_of(entry.checked())))
        except InvalidArticle as problem:
            self._refuse(f"{entry.place}: {problem}")
        except UnreadableInput as problem:
            self._refuse(str(problem))

    def _flush(self, position: int) -> None:
        waiting, self._waiting = self._waiting, []
        outcomes = self._send([article for _, article in waiting]) if waiting else []
        for (place, _), outcome in zip(waiting, outcomes, strict=True):
            if outcome.decision is None:
                self._refuse(f"{place}: {outcome.problem}")
            else:
                self.decisions[outcome.decision] += 1
        self._report(self.accepted_count + self.failed_count, self._bytes_before + position)

    def _refuse(self, reason: str) -> None:
        self.failed_count += 1
        complain(reason)


def run(names: Sequence[str], destination: Destination, form: str | None, *, as_json: bool) -> None:
    """Take files in and print what became of them; raise `CommandFailed` when a line was refused."""
    files = [(name, format_of(name, form)) for name in names]
    size = _size(names)
    with destination.opened() as send, progress("Ingesting", size) as report:
        started = time.perf_counter()
        intake = Intake(send, report)
        _take_all(files, intake)
        seconds = time.perf_counter() - started
    figures = _figures(intake, seconds)
    if as_json:
        print_json(figures)
    else:
        say(_summary(figures))
    if intake.failed_count:
        raise CommandFailed(
            f"refused {intake.failed_count} of {figures['articles']}; the rest is in", ExitCode.INCOMPLETE
        )


def _take_all(files: Sequence[tuple[str, Format]], intake: Intake) -> None:
    try:
        for name, form in files:
            with open_source(name) as source:
                intake.take(source, form)
    except (DedupeError, CommandFailed, KeyboardInterrupt):
        complain(f"stopped; {intake.accepted_count} articles are in. Run it again: what is there is recognised")
        raise


def _size(names: Sequence[str]) -> int | None:
    """Return the bytes of all files, None where they cannot be known; raise `UnreadableInput` for a missing one."""
    for name in names:
        if name != STANDARD_INPUT and (Path(name).is_dir() or not os.access(name, os.R_OK)):
            raise UnreadableInput(f"{name}: there is no such file, or it may not be read; nothing was taken in")
    if all(Path(name).is_file() for name in names):
        return sum(Path(name).stat().st_size for name in names)
    return None


def _figures(intake: Intake, seconds: float) -> dict[str, Any]:
    articles = intake.accepted_count + intake.failed_count
    return {
        "articles": articles,
        **{decision.value: intake.decisions[decision] for decision in Decision},
        "failed": intake.failed_count,
        "seconds": round(seconds, 3),
        "articles_per_second": round(articles / seconds, 1),
    }


def _summary(figures: dict[str, Any]) -> str:
    decisions = ", ".join(f"{figures[name]:,} {name}" for name in (*Decision, "failed") if figures[name])
    pace = f"in {figures['seconds']:,.1f} s ({figures['articles_per_second']:,.0f}/s)"
    return f"{figures['articles']:,} articles: {decisions or 'nothing to do'}, {pace}"
