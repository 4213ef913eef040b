"""Webhook subscriptions: how far each got in the log, and what could not be delivered to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from sqlalchemy import delete, func, insert, select, update

from dedupe.store.dialect import insert_if_absent
from dedupe.store.rows import Record, packed, unpacked
from dedupe.store.schema_beside import dead_letters, webhook_growths, webhooks
from dedupe.store.sql import SqlStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """Whom to tell of what. ``position`` is the last event that is settled: delivered, not asked for, or a dead letter.

    ``attempts`` were made at the next delivery, and no more before ``retry_at``, in microseconds since 1970.
    """

    id: str
    url: str
    secret: str = field(repr=False)
    kinds: tuple[str, ...]
    grew_past: int
    created_at: int
    position: int
    attempts: int = 0
    retry_at: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """A delivery that was given up; ``is_due`` when it was asked for again."""

    webhook_id: str
    seq: int
    kind: str
    cluster_id: str
    attempts: int
    reason: str
    at: int
    is_due: bool = False


class Subscriptions:
    """The subscriptions of a store, written by its one writer between the commits of articles."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store

    def add(self, subscription: Subscription) -> None:
        """Store a new subscription; raise `StoreError`."""
        values = asdict(subscription) | {"kinds": packed(subscription.kinds)}
        self._run(insert(webhooks).values(values))

    def remove(self, webhook_id: str) -> bool:
        """Forget a subscription with its secret and dead letters; return whether there was one."""
        with self._store.transaction() as connection:
            connection.execute(delete(dead_letters).where(dead_letters.c.webhook_id == webhook_id))
            connection.execute(delete(webhook_growths).where(webhook_growths.c.webhook_id == webhook_id))
            return connection.execute(delete(webhooks).where(webhooks.c.id == webhook_id)).rowcount > 0

    def all(self) -> list[Subscription]:
        """Return all subscriptions, the oldest first."""
        with self._store.transaction() as connection:
            rows = connection.execute(select(webhooks).order_by(webhooks.c.created_at, webhooks.c.id)).all()
        return [_subscription(row) for row in rows]

    def find(self, webhook_id: str) -> Subscription | None:
        """Return one subscription, None where there is none."""
        with self._store.transaction() as connection:
            row = connection.execute(select(webhooks).where(webhooks.c.id == webhook_id)).one_or_none()
        return None if row is None else _subscription(row)

    def settle(self, webhook_id: str, position: int, grown: str | None = None) -> None:
        """Note that everything up to ``position`` is settled, and that the cluster ``grown`` was told to have grown."""
        with self._store.transaction() as connection:
            settled = update(webhooks).where(webhooks.c.id == webhook_id)
            connection.execute(settled.values(position=position, attempts=0, retry_at=0))
            if grown is not None:
                row = {"webhook_id": webhook_id, "cluster_id": grown}
                connection.execute(insert_if_absent(webhook_growths).values(row))

    def postpone(self, webhook_id: str, attempts: int, retry_at: int) -> None:
        """Note that a delivery failed, and when the next attempt is due."""
        self._run(update(webhooks).where(webhooks.c.id == webhook_id).values(attempts=attempts, retry_at=retry_at))

    def has_grown(self, webhook_id: str, cluster_id: str) -> bool:
        """Tell whether a subscription was told already that a cluster has grown."""
        row = (webhook_growths.c.webhook_id == webhook_id, webhook_growths.c.cluster_id == cluster_id)
        with self._store.transaction() as connection:
            return connection.execute(select(webhook_growths).where(*row)).first() is not None

    def bury(self, letter: DeadLetter) -> None:
        """Put a delivery that was given up on the list, in place of what the list says of it so far."""
        with self._store.transaction() as connection:
            connection.execute(delete(dead_letters).where(*_key(letter.webhook_id, letter.seq, letter.kind)))
            connection.execute(insert(dead_letters).values(asdict(letter)))

    def unbury(self, letter: DeadLetter) -> None:
        """Take a letter that was delivered after all off the list."""
        self._run(delete(dead_letters).where(*_key(letter.webhook_id, letter.seq, letter.kind)))

    def letters(self, webhook_id: str, *, only_due: bool = False) -> Sequence[DeadLetter]:
        """Return the dead letters of a subscription in the order of the log."""
        statement = select(dead_letters).where(dead_letters.c.webhook_id == webhook_id)
        if only_due:
            statement = statement.where(dead_letters.c.is_due)
        with self._store.transaction() as connection:
            rows = connection.execute(statement.order_by(dead_letters.c.seq, dead_letters.c.kind)).mappings().all()
        return [DeadLetter(**row) for row in rows]

    def letter_count(self, webhook_id: str) -> int:
        """Return how many dead letters a subscription has."""
        statement = select(func.count()).where(dead_letters.c.webhook_id == webhook_id)
        with self._store.transaction() as connection:
            return int(connection.execute(statement).scalar_one())

    def redeliver(self, webhook_id: str, seq: int | None) -> int:
        """Ask for dead letters again, for those of one event or all; return how many there are."""
        statement = update(dead_letters).where(dead_letters.c.webhook_id == webhook_id).values(is_due=True)
        with self._store.transaction() as connection:
            return connection.execute(statement if seq is None else statement.where(dead_letters.c.seq == seq)).rowcount

    def _run(self, statement: Any) -> None:
        with self._store.transaction() as connection:
            connection.execute(statement)


def _subscription(row: Record) -> Subscription:
    values = {one.name: getattr(row, one.name) for one in fields(Subscription)}
    return Subscription(**values | {"kinds": unpacked(row.kinds)})


def _key(webhook_id: str, seq: int, kind: str) -> tuple[Any, ...]:
    return dead_letters.c.webhook_id == webhook_id, dead_letters.c.seq == seq, dead_letters.c.kind == kind
