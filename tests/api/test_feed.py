"""The newest events in memory, and reading on from anywhere."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from api.feed import Feed
from api.following import Batch, Follower
from dedupe.events import Event, EventKind
from dedupe.store.queries import ALL_CHANGES, ChangeFilter


def event(seq: int) -> Event:
    kind = EventKind.MERGED if seq % 5 == 0 else EventKind.OPENED
    return Event(seq=seq, at=datetime(2026, 3, 2, tzinfo=UTC), kind=kind, article_id=None, cluster_id=f"clu_{seq}")


class Log:
    """The whole log, as a catalogue reads it; ``asked`` says how often it was."""

    def __init__(self, count: int) -> None:
        self.events = [event(seq) for seq in range(1, count + 1)]
        self.asked = 0

    @property
    def unveiled(self) -> Log:
        return self

    def changes(self, after: int, limit: int, which: ChangeFilter = ALL_CHANGES) -> list[Event]:
        self.asked += 1
        return [one for one in self.events if one.seq > after and which.passes(one)][:limit]


def told(count: int, kept: int) -> Feed:
    feed = Feed(0, kept)
    for seq in range(1, count + 1):
        feed.publish(event(seq))
    return feed


def test_only_the_newest_are_kept() -> None:
    feed = told(20, kept=5)
    assert feed.recent(20) == feed.recent(99) == ()
    assert [one.seq for one in feed.recent(17) or ()] == [18, 19, 20]
    assert [one.seq for one in feed.recent(15) or ()] == [16, 17, 18, 19, 20]
    assert feed.recent(14) is None
    assert Feed(7).recent(3) is None


@pytest.mark.parametrize("after", [0, 3, 14, 15, 19, 20])
@pytest.mark.parametrize("limit", [1, 2, 100])
@pytest.mark.parametrize("which", [ALL_CHANGES, ChangeFilter(kinds=frozenset({EventKind.MERGED}))])
def test_memory_and_store_tell_the_same(after: int, limit: int, which: ChangeFilter) -> None:
    log = Log(20)
    batches = [
        asyncio.run(Follower(told(20, kept), log, which).read(after, limit))  # type: ignore[arg-type]  # a log of a few events
        for kept in (1, 5, 100)
    ]
    expected = [one for one in log.events if one.seq > after and which.passes(one)][:limit]
    end = expected[-1].seq if len(expected) == limit else 20
    assert batches == [Batch(expected, end)] * 3
    assert log.asked <= 2


def test_what_was_told_while_the_store_was_read_is_not_passed_over() -> None:
    feed, log = told(3, kept=1), Log(6)
    batch = asyncio.run(Follower(feed, log, ALL_CHANGES).read(0, 100))  # type: ignore[arg-type]  # a log of a few events
    assert (len(batch.events), batch.last_seq) == (6, 6)


def test_who_waits_is_woken_however_events_come_and_whichever_loop_waits() -> None:
    feed = told(3, kept=5)  # before anyone listens

    async def scenario(last: int) -> None:
        feed.attach(asyncio.get_running_loop())
        for seq in (last + 1, last + 3):
            waiting = asyncio.create_task(feed.wait_for(seq - 1, 30))
            await asyncio.sleep(0)
            feed.publish(event(seq))
            feed.publish(event(seq + 1))
            await asyncio.wait_for(waiting, 10)
        feed.publish(event(last + 5))  # nobody is told before the loop ends

    asyncio.run(scenario(3))
    asyncio.run(scenario(8))
