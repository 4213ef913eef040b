"""Feeds read when they are due, several at a time, and their articles passed on."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from api.feeds.fetching import Fetcher, FetchFailed
from api.feeds.memory import Memory
from api.feeds.outlines import Outline
from api.feeds.reading import Reading, read_feed
from dedupe.article import Article
from dedupe.cli.failures import CommandFailed, ExitCode, complain
from dedupe.cli.ingest import GROUP_ARTICLES
from dedupe.cli.outcome import Send
from dedupe.errors import UnreadableInput

AT_ONCE: Final = 8
KEEP_SECONDS: Final = 5.0
"""How old what is on disk may be: what is lost in a crash is read once more, and recognised."""


@dataclass(slots=True)
class Tally:
    """What became of feeds and articles so far."""

    feeds: int = 0
    unchanged_feeds: int = 0
    failed_feeds: int = 0
    resting_feeds: int = 0
    failed: int = 0
    decisions: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How often each feed is read, and whether the pages that it links to are read as well."""

    every_seconds: float
    pages: bool = False
    once: bool = False


class Poller:
    """Reads feeds and passes on what is new in them; what was passed on is remembered, and only then."""

    def __init__(self, memory: Memory, fetcher: Fetcher, send: Send, pace: Pace) -> None:
        self.tally = Tally()
        self._memory = memory
        self._fetcher = fetcher
        self._send = send
        self._pace = pace
        self._room = asyncio.Semaphore(AT_ONCE)
        self._kept_at = time.monotonic()

    async def run(self, outlines: Sequence[Outline]) -> None:
        """Read every feed when it is due, for ever; with ``once`` every feed now, but for those to be left alone."""
        if self._pace.once:
            due = [outline for outline in outlines if not self._memory.of(outline.url).is_resting(time.time())]
            self.tally.resting_feeds = len(outlines) - len(due)
            await self._read_all(due)
            return
        while True:
            now = time.time()
            await self._read_all([outline for outline in outlines if self._memory.of(outline.url).due_at <= now])
            next_at = min(self._memory.of(outline.url).due_at for outline in outlines)
            await asyncio.sleep(max(next_at - time.time(), 0.0))

    async def _read_all(self, outlines: Sequence[Outline]) -> None:
        try:
            await asyncio.gather(*map(self._read, outlines))
        finally:
            self._keep()

    async def _read(self, outline: Outline) -> None:
        async with self._room:
            self.tally.feeds += 1
            remembered = self._memory.of(outline.url)
            every_seconds = self._pace.every_seconds
            try:
                reading = await read_feed(outline, remembered, self._fetcher, pages=self._pace.pages)
                self._pass_on(outline, reading)
            except (FetchFailed, UnreadableInput) as problem:
                self.tally.failed_feeds += 1
                remembered.failed(time.time(), every_seconds, getattr(problem, "retry_after_seconds", None))
                where = "" if isinstance(problem, UnreadableInput) else f"{outline.url}: "
                complain(f"{where}{problem}; {self._next(remembered.due_at)}")
            except CommandFailed as problem:
                if self._pace.once or problem.exit_code != ExitCode.SERVER:
                    raise
                remembered.due_at = time.time() + every_seconds  # not the feed's fault: no longer than usual
                complain(f"{problem}; {outline.url} is {self._next(remembered.due_at)}")
            if time.monotonic() - self._kept_at > KEEP_SECONDS:
                self._keep()

    def _pass_on(self, outline: Outline, reading: Reading) -> None:
        known = reading.remembered
        self.tally.failed += reading.refused_count
        self.tally.unchanged_feeds += not reading.articles
        for begin in range(0, len(reading.articles), GROUP_ARTICLES):
            group = reading.articles[begin : begin + GROUP_ARTICLES]
            for key in self._refused(outline, group):
                # What was well-formed here and is refused there may pass the next time: it is asked for anew.
                known.seen.pop(key, None)
                known.validators = {}
        known.succeeded(time.time(), self._pace.every_seconds)
        self._memory.note(outline.url, known)

    def _refused(self, outline: Outline, group: Sequence[tuple[str, Article]]) -> list[str]:
        """Send articles; return the keys of those that were refused."""
        refused = []
        for outcome, (key, _) in zip(self._send([article for _, article in group]), group, strict=True):
            if outcome.decision is None:
                refused.append(key)
                complain(f"{outline.url}: {key}: {outcome.problem}")
            else:
                self.tally.decisions[outcome.decision] += 1
        self.tally.failed += len(refused)
        return refused

    def _keep(self) -> None:
        self._kept_at = time.monotonic()
        self._memory.keep()

    def _next(self, due_at: float) -> str:
        return "not read" if self._pace.once else f"tried again in {max(due_at - time.time(), 0.0):,.0f} s"
