"""`storyfold feeds`: what the feeds of a list bring, into a store or to a server."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from api.feeds.fetching import Fetcher
from api.feeds.memory import Memory
from api.feeds.outlines import Outline, read_outlines
from api.feeds.polling import Pace, Poller, Tally
from dedupe.cli.failures import CommandFailed, ExitCode, complain
from dedupe.cli.ingest import Destination
from dedupe.cli.outcome import Send
from dedupe.cli.output import print_json, say
from dedupe.errors import DedupeError
from dedupe.events import Decision

_EVERY: Final = re.compile(r"([1-9][0-9]{0,5})([smhd])")
_SECONDS: Final = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which list to read, how, and what to remember where."""

    opml: Path
    pace: Pace
    allow_private: bool = False
    state: Path | None = None


def seconds_of(every: str) -> float:
    """Return a pause such as ``5m`` in seconds; raise `CommandFailed`.

    >>> seconds_of("90s"), seconds_of("5m"), seconds_of("1d")
    (90.0, 300.0, 86400.0)
    """
    found = _EVERY.fullmatch(every)
    if found is None:
        raise CommandFailed(f"{every!r} is no pause; write it as 90s, 5m, 2h or 1d", ExitCode.USAGE)
    return float(int(found[1]) * _SECONDS[found[2]])


def run(wanted: Wanted, destination: Destination, *, as_json: bool) -> None:
    """Read feeds, once or until interrupted, and print what became of them; raise `CommandFailed`."""
    outlines = read_outlines(wanted.opml)
    memory = Memory(wanted.state or wanted.opml.with_name(f"{wanted.opml.name}.state.json"))
    memory.keep()  # where nothing can be kept, say so before anything is read
    with destination.opened() as send:
        tally = asyncio.run(_read(outlines, memory, send, wanted))
    figures = _figures(tally)
    if as_json:
        print_json(figures)
    else:
        say(_summary(figures))
    if tally.failed_feeds or tally.failed:
        reason = f"{tally.failed_feeds} of {tally.feeds} feeds and {tally.failed} entries could not be read"
        raise CommandFailed(f"{reason}; the rest is in", ExitCode.INCOMPLETE)


async def _read(outlines: list[Outline], memory: Memory, send: Send, wanted: Wanted) -> Tally:
    async with Fetcher(allow_private=wanted.allow_private) as fetcher:
        poller = Poller(memory, fetcher, send, wanted.pace)
        try:
            await poller.run(outlines)
        except (DedupeError, CommandFailed):
            complain("stopped; run it again: what is in already is recognised")
            raise
        return poller.tally


def _figures(tally: Tally) -> dict[str, Any]:
    return {
        "feeds": tally.feeds,
        "unchanged_feeds": tally.unchanged_feeds,
        "failed_feeds": tally.failed_feeds,
        "resting_feeds": tally.resting_feeds,
        "articles": tally.decisions.total(),
        **{decision.value: tally.decisions[decision] for decision in Decision},
        "failed": tally.failed,
    }


def _summary(figures: dict[str, Any]) -> str:
    decisions = ", ".join(f"{figures[name]:,} {name}" for name in (*Decision, "failed") if figures[name])
    resting = f", {figures['resting_feeds']:,} left alone for now" if figures["resting_feeds"] else ""
    return f"{figures['feeds']:,} feeds{resting}: {decisions or 'nothing new'}"
