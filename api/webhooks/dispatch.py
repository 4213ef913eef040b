"""Follows the log for each subscription and delivers what it asked for, in order, until it is taken or given up."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Coroutine
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

import httpx
import structlog

from api.feed import Feed
from api.following import Follower
from api.logs import told
from api.webhooks.notices import CONCERNING, Notice, notices
from api.webhooks.sending import deliver, sender
from api.webhooks.signing import signed_headers
from dedupe.errors import StoreError, UnknownCluster
from dedupe.events import Event
from dedupe.store.protocol import Catalogue
from dedupe.store.queries import ChangeFilter
from dedupe.store.subscriptions import DeadLetter, Subscription, Subscriptions

Found = TypeVar("Found")

BATCH: Final = 100
MOST_LETTERS: Final = 1_000
"""With so many dead letters a subscription rests; the log keeps what comes after."""
PATIENCE: Final = 14
REFUSED_PATIENCE: Final = 4
"""Attempts before giving up: on a receiver that cannot be reached, and on one that says no."""
LONGEST_SECONDS: Final = 6 * 3600
IDLE_SECONDS: Final = 30.0
NOTED_EVERY: Final = 1_000
"""Events that a subscription may pass over, asking for none, before that is noted: a restart looks at them again."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds before the second attempt, each further one waiting three times as long; and who may be reached."""

    retry_seconds: float = 5.0
    allow_private: bool = False


def delay(attempts: int, pace: Pace) -> float:
    """Return how long to wait after so many attempts, give or take a half, so that not all come back at once."""
    longest = min(pace.retry_seconds * 3 ** (attempts - 1), LONGEST_SECONDS)
    return float(longest * (0.5 + secrets.randbelow(1_001) / 1_000))


def is_worth_more(outcome: int | str, attempts: int) -> bool:
    """Tell whether to try again after ``attempts``: a refusal will hardly change, an outage will end."""
    is_refusal = isinstance(outcome, int) and 300 <= outcome < 500 and outcome not in (408, 425, 429)
    return attempts < (REFUSED_PATIENCE if is_refusal else PATIENCE)


class Dispatcher:
    """One task a subscription; what they do is noted in the store, and goes on from there after a restart."""

    def __init__(self, subscriptions: Subscriptions, catalogue: Catalogue, feed: Feed, pace: Pace) -> None:
        self.subscriptions = subscriptions
        self.pace = pace
        self._catalogue = catalogue
        self._feed = feed
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._wakers: dict[str, asyncio.Event] = {}
        self._client: httpx.AsyncClient | None = None
        self._log = structlog.get_logger("storyfold.webhooks")

    async def start(self) -> None:
        """Take up every subscription where it was left."""
        self._client = sender(allow_private=self.pace.allow_private)
        for subscription in await asyncio.to_thread(self.subscriptions.all):
            self.take_up(subscription.id)

    async def close(self) -> None:
        """End every task; a delivery under way is made again after the next start."""
        for webhook_id in list(self._tasks):
            await self.drop(webhook_id)
        if self._client:
            await self._client.aclose()

    def take_up(self, webhook_id: str) -> None:
        """Begin to deliver to a subscription."""
        self._wakers[webhook_id] = asyncio.Event()
        self._tasks[webhook_id] = asyncio.create_task(self._follow(webhook_id))

    async def drop(self, webhook_id: str) -> None:
        """Deliver no more to a subscription."""
        self._wakers.pop(webhook_id, None)
        task = self._tasks.pop(webhook_id, None)
        if task:
            task.cancel()
            await asyncio.wait((task,))

    def wake(self, webhook_id: str) -> None:
        """Have a subscription look at its dead letters now."""
        if webhook_id in self._wakers:
            self._wakers[webhook_id].set()

    async def _follow(self, webhook_id: str) -> None:
        position = 0
        while not self._feed.is_closing:
            try:
                subscription = await asyncio.to_thread(self.subscriptions.find, webhook_id)
                if subscription is None:
                    return
                position = max(position, subscription.position)
                await self._redeliver(subscription)
                position = await self._advance(subscription, position)
            except StoreError as failure:
                self._log.warning("not delivered", webhook_id=webhook_id, reason=str(failure))
                await asyncio.sleep(self.pace.retry_seconds)
            except Exception as failure:  # noqa: BLE001  one subscription must not end for a defect
                self._log.error("defect", webhook_id=webhook_id, **told(failure))
                await asyncio.sleep(self.pace.retry_seconds)

    async def _advance(self, subscription: Subscription, position: int) -> int:
        """Deliver what comes after ``position``, waiting for it; return how far that went."""
        if await asyncio.to_thread(self.subscriptions.letter_count, subscription.id) >= MOST_LETTERS:
            await self._wait_for_waker(subscription.id, asyncio.sleep(IDLE_SECONDS))
            return position
        follower = Follower(self._feed, self._catalogue, ChangeFilter(kinds=CONCERNING))
        batch = await self._wait_for_waker(subscription.id, follower.wait(position, BATCH, IDLE_SECONDS))
        if batch is None:
            return position
        for event in batch.events:
            for notice in await asyncio.to_thread(self._notices, event, subscription):
                await self._deliver(subscription, notice)
                subscription = replace(subscription, attempts=0, retry_at=0)
                position = event.seq
        if batch.last_seq - subscription.position >= NOTED_EVERY:
            await asyncio.to_thread(self.subscriptions.settle, subscription.id, batch.last_seq)
        return batch.last_seq

    async def _wait_for_waker(self, webhook_id: str, waiting: Coroutine[Any, Any, Found]) -> Found | None:
        """Return what ``waiting`` gives, or None when the subscription was woken before."""
        waker = self._wakers[webhook_id]
        found, woken = asyncio.ensure_future(waiting), asyncio.ensure_future(waker.wait())
        try:
            await asyncio.wait((found, woken), return_when=asyncio.FIRST_COMPLETED)
            return found.result() if found.done() else None
        finally:
            waker.clear()
            found.cancel()
            woken.cancel()

    def _notices(self, event: Event, subscription: Subscription) -> list[Notice]:
        return notices(event, subscription, self._size, self.subscriptions.has_grown)

    def _size(self, cluster_id: str) -> int:
        try:
            return self._catalogue.cluster(cluster_id).size
        except UnknownCluster:
            return 0

    async def _deliver(self, subscription: Subscription, notice: Notice) -> None:
        """Deliver one notice, trying again for as long as that is worth it, and note that it is settled."""
        attempts = subscription.attempts
        await asyncio.sleep(max(0.0, subscription.retry_at / 1e6 - datetime.now(UTC).timestamp()))
        while True:
            outcome = await self._send(subscription, notice)
            attempts += 1
            if _is_taken(outcome):
                break
            if not is_worth_more(outcome, attempts):
                await asyncio.to_thread(self.subscriptions.bury, _letter(subscription.id, notice, attempts, outcome))
                self._log.warning("given up", webhook_id=subscription.id, seq=notice.seq, reason=str(outcome))
                break
            seconds = delay(attempts, self.pace)
            retry_at = int((datetime.now(UTC).timestamp() + seconds) * 1e6)
            await asyncio.to_thread(self.subscriptions.postpone, subscription.id, attempts, retry_at)
            await asyncio.sleep(seconds)
        # With another notice of the same event still to come, the event is not settled yet.
        position = notice.seq if notice.is_last else notice.seq - 1
        await asyncio.to_thread(self.subscriptions.settle, subscription.id, position, notice.grown)

    async def _redeliver(self, subscription: Subscription) -> None:
        """Try once each of the dead letters that were asked for again."""
        for letter in await asyncio.to_thread(self.subscriptions.letters, subscription.id, only_due=True):
            notice = await asyncio.to_thread(self._notice_of, letter)
            outcome = await self._send(subscription, notice) if notice else "the log has it no more"
            if _is_taken(outcome):
                await asyncio.to_thread(self.subscriptions.unbury, letter)
            else:
                again = _letter(subscription.id, letter, letter.attempts + 1, outcome)
                await asyncio.to_thread(self.subscriptions.bury, again)

    def _notice_of(self, letter: DeadLetter) -> Notice | None:
        events = self._catalogue.changes(letter.seq - 1, 1)
        return Notice(events[0], letter.kind) if events and events[0].seq == letter.seq else None

    async def _send(self, subscription: Subscription, notice: Notice) -> int | str:
        body = notice.body()
        now = int(datetime.now(UTC).timestamp())
        headers = signed_headers(subscription.secret, notice.message_id, now, body)
        assert self._client is not None  # noqa: S101  tasks run between start and close
        return await deliver(self._client, subscription.url, headers, body)


def _is_taken(outcome: int | str) -> bool:
    return isinstance(outcome, int) and 200 <= outcome < 300


def _letter(webhook_id: str, of: Notice | DeadLetter, attempts: int, outcome: int | str) -> DeadLetter:
    reason = f"answered {outcome}" if isinstance(outcome, int) else outcome
    at = int(datetime.now(UTC).timestamp() * 1e6)
    return DeadLetter(
        webhook_id=webhook_id, seq=of.seq, kind=of.kind, cluster_id=of.cluster_id, attempts=attempts, reason=reason,
        at=at,
    )  # fmt: skip
