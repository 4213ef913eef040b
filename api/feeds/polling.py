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
from dedupe.cli.failures import complain
from dedupe.cli.ingest import GROUP_ARTICLES
from dedupe.cli.outcome import Send
from dedupe.errors import UnreadableInput

AT_ONCE: Final = 8


@dataclass(slots=True)
class Tally:
    """What became of feeds and articles so far."""

    feeds: int = 0
    unchanged_feeds: int = 0
    failed_feeds: int = 0
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

    async def run(self, outlines: Sequence[Outline]) -> None:
        """Read every feed when it is due, for ever; with ``once``, every feed now, and no second time."""
        if self._pace.once:
            await self._read_all(outlines)
            return
        while True:
            now = time.time()
            due = [outline for outline in outlines if self._memory.of(outline.url).due_at <= now]
            await self._read_all(due)
            next_at = min(self._memory.of(outline.url).due_at for outline in outlines)
            await asyncio.sleep(max(next_at - time.time(), 0.0))

    async def _read_all(self, outlines: Sequence[Outline]) -> None:
        await asyncio.gather(*map(self._read, outlines))

    async def _read(self, outline: Outline) -> None:
        async with self._room:
            self.tally.feeds += 1
            remembered = self._memory.of(outline.url)
            try:
                reading = await read_feed(outline, remembered, self._fetcher, pages=self._pace.pages)
            except (FetchFailed, UnreadableInput) as problem:
                self.tally.failed_feeds += 1
                remembered.failed(time.time(), self._pace.every_seconds, getattr(problem, "retry_after_seconds", None))
                where = "" if isinstance(problem, UnreadableInput) else f"{outline.url}: "
                complain(f"{where}{problem}; {self._next(remembered.due_at)}")
            else:
                self._pass_on(outline, reading)
            self._memory.keep()

    def _pass_on(self, outline: Outline, reading: Reading) -> None:
        self.tally.failed += reading.refused_count
        self.tally.unchanged_feeds += not reading.articles
        for begin in range(0, len(reading.articles), GROUP_ARTICLES):
            self._send_group(outline, reading.articles[begin : begin + GROUP_ARTICLES])
        remembered = self._memory.of(outline.url)
        remembered.validators, remembered.seen = reading.remembered.validators, reading.remembered.seen
        remembered.succeeded(time.time(), self._pace.every_seconds)

    def _send_group(self, outline: Outline, articles: Sequence[Article]) -> None:
        for outcome, article in zip(self._send(articles), articles, strict=True):
            if outcome.decision is None:
                self.tally.failed += 1
                complain(f"{outline.url}: {article.uri or article.url}: {outcome.problem}")
            else:
                self.tally.decisions[outcome.decision] += 1

    def _next(self, due_at: float) -> str:
        return "not read" if self._pace.once else f"tried again in {max(due_at - time.time(), 0.0):,.0f} s"
