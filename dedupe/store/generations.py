"""Generations in a SQL store: built to the side, in transactions of their own, and activated by one event."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import orjson
from sqlalchemy import Connection, bindparam, delete, func, select, update

from dedupe.errors import StoreError
from dedupe.events import PLACING, Event
from dedupe.store import generation_reads
from dedupe.store.dialect import Batch
from dedupe.store.generation_reads import LOG
from dedupe.store.generation_rows import Rearrangement, rearrange
from dedupe.store.generation_schema import (
    generation_embargoes,
    generation_events,
    generation_names,
    generation_vocabularies,
    generations,
    jobs,
)
from dedupe.store.preparation import IDENTITY_PREFIX, Identity
from dedupe.store.projection import last_seq
from dedupe.store.records import Name, Replayed, VocabularySnapshot
from dedupe.store.rows import Record, event_values, packed, replayed_of, vocabulary_values
from dedupe.store.schema import events, settings
from dedupe.store.sql import SqlStore
from dedupe.store.times import microseconds, moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """One clustering of the archive, as the store has it; see `generation_schema`."""

    number: int
    origin: int
    base_seq: int
    followed_seq: int
    settings: Mapping[str, Any]
    created_at: datetime
    activated_seq: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One event of a generation; ``text_seq`` is the event of the log that brought the text which it placed."""

    event: Event
    text_seq: int | None = None
    vocabulary: VocabularySnapshot | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Activation:
    """All that one activation writes, whole or not at all."""

    event: Event
    steps: Sequence[Step]
    names: Sequence[Name]
    embargoed: Sequence[str]
    change: Rearrangement
    identity: Identity
    job_id: str
    job_values: Mapping[str, Any]


_INSERT_EVENTS: Final = Batch(events.insert(), events.c.keys())
_INSERT_STEPS: Final = Batch(generation_events.insert(), generation_events.c.keys())
_INSERT_VOCABULARIES: Final = Batch(generation_vocabularies.insert(), generation_vocabularies.c.keys())
_INSERT_EMBARGOES: Final = Batch(generation_embargoes.insert(), generation_embargoes.c.keys())
_INSERT_NAMES: Final = Batch(generation_names.insert(), generation_names.c.keys())
_FOLLOWING: Final = LOG.where(events.c.seq > bindparam("after")).limit(bindparam("most"))
_OF_GENERATION: Final = (generation_events, generation_vocabularies)


class Generations:
    """What a re-index asks of a SQL store."""

    def __init__(self, store: SqlStore) -> None:
        self.store = store

    def last_seq(self) -> int:
        """Return the number of the newest event of the log."""
        return self.store.last_seq()

    def following(self, after: int, most: int) -> list[Replayed]:
        """Return up to ``most`` events of the log behind ``after``, with the texts that they placed."""
        with self.store.catalogue.snapshot() as connection:
            rows = connection.execute(_FOLLOWING, {"after": after, "most": most})
            return [replayed_of(row) for row in rows]

    def arrivals(self, after: int) -> int:
        """Count the events of the log behind ``after`` that placed a text."""
        with self.store.catalogue.snapshot() as connection:
            counted = select(func.count()).where(events.c.seq > after, events.c.kind.in_(sorted(PLACING)))
            return connection.execute(counted).scalar_one()

    def built(self, number: int) -> Iterator[Replayed]:
        """Yield what leads to the state that a generation has built so far."""
        with self.store.catalogue.snapshot() as connection:
            row = connection.execute(select(generations).where(generations.c.number == number)).one()
            yield from generation_reads.generation(connection, row)

    def get(self, number: int) -> Generation:
        """Return one generation that is known to be there."""
        with self.store.catalogue.snapshot() as connection:
            return _generation(connection.execute(select(generations).where(generations.c.number == number)).one())

    def active(self, until: int | None = None) -> Generation | None:
        """Return the generation in force now, or after an event; None while that is the first."""
        with self.store.catalogue.snapshot() as connection:
            end = last_seq(connection) if until is None else until
            row = generation_reads.active_generation(connection, end)
            return None if row is None else _generation(row)

    def unfinished(self) -> list[int]:
        """Return the numbers of the generations that were never activated."""
        with self.store.catalogue.snapshot() as connection:
            return list(
                connection.execute(select(generations.c.number).where(generations.c.activated_seq.is_(None))).scalars()
            )

    def begin(self, settings: Mapping[str, Any], at: datetime, restored: Generation | None = None) -> Generation:
        """Begin a generation: an empty one, or one that goes on where another was when ``restored`` took its place."""
        with self.store.transaction() as connection:
            number = (connection.execute(select(func.max(generations.c.number))).scalar_one() or 0) + 1
            begun = _begun(connection, number, at, settings, restored)
            connection.execute(generations.insert(), _values(begun))
        return begun

    def append(self, number: int, followed_seq: int, steps: Sequence[Step]) -> None:
        """Write events of a generation, and how far it has followed the log."""
        with self.store.transaction() as connection:
            _append(connection, number, followed_seq, steps)

    def discard(self, number: int) -> None:
        """Erase a generation that was never activated, a stretch at a time."""
        while self._erase(number):
            pass

    def activate(self, activation: Activation) -> None:
        """Put a generation into force in one transaction; raise `StoreError` having done nothing."""
        event, number = activation.event, activation.change.generation
        with self.store.transaction() as connection:
            if last_seq(connection) != event.seq - 1:
                raise StoreError(f"event {event.seq} does not follow event {last_seq(connection)}")
            _append(connection, number, event.seq - 1, activation.steps)
            _INSERT_EVENTS.run(connection, [event_values(event)])
            rows = [
                {"activated_seq": event.seq, "ordinal": at, **name._asdict()}
                for at, name in enumerate(activation.names)
            ]
            _INSERT_NAMES.run(connection, rows)
            embargoed = [{"activated_seq": event.seq, "public_id": public_id} for public_id in activation.embargoed]
            _INSERT_EMBARGOES.run(connection, embargoed)
            connection.execute(
                update(generations).where(generations.c.number == number).values(activated_seq=event.seq)
            )
            rearrange(connection, event, activation.change)
            for name, value in activation.identity.items():
                is_it = settings.c.key == IDENTITY_PREFIX + name
                connection.execute(update(settings).where(is_it).values(value=packed(value)))
            connection.execute(update(jobs).where(jobs.c.id == activation.job_id), dict(activation.job_values))
        self.store.note_seq(event.seq)

    def _erase(self, number: int) -> bool:
        with self.store.transaction() as connection:
            for table in _OF_GENERATION:
                mine = select(table.c.seq).where(table.c.generation == number).limit(_ERASED_AT_ONCE)
                stretch = delete(table).where(table.c.generation == number, table.c.seq.in_(mine))
                if connection.execute(stretch).rowcount:
                    return True
            connection.execute(delete(generations).where(generations.c.number == number))
        return False


_ERASED_AT_ONCE: Final = 10_000


def _begun(
    connection: Connection, number: int, at: datetime, settings_: Mapping[str, Any], restored: Generation | None
) -> Generation:
    empty = Generation(
        number=number,
        origin=number,
        base_seq=0,
        followed_seq=0,
        settings=settings_,
        created_at=at,
        activated_seq=None,
    )
    if restored is None or restored.activated_seq is None:
        return empty
    base = restored.activated_seq - 1
    before = generation_reads.active_generation(connection, base)
    return replace(empty, origin=before.origin if before else 0, base_seq=base, followed_seq=base)


def _append(connection: Connection, number: int, followed_seq: int, steps: Sequence[Step]) -> None:
    placed = [event_values(step.event) | {"generation": number, "text_seq": step.text_seq} for step in steps]
    _INSERT_STEPS.run(connection, placed)
    counted = [
        vocabulary_values(step.event.seq, step.vocabulary) | {"generation": number}
        for step in steps
        if step.vocabulary is not None
    ]
    _INSERT_VOCABULARIES.run(connection, counted)
    followed = update(generations).where(generations.c.number == number).values(followed_seq=followed_seq)
    connection.execute(followed)


def _values(generation: Generation) -> dict[str, Any]:
    return {
        "number": generation.number,
        "origin": generation.origin,
        "base_seq": generation.base_seq,
        "followed_seq": generation.followed_seq,
        "settings": packed(dict(generation.settings)),
        "created_at": microseconds(generation.created_at),
        "activated_seq": generation.activated_seq,
    }


def _generation(row: Record) -> Generation:
    return Generation(
        number=row.number,
        origin=row.origin,
        base_seq=row.base_seq,
        followed_seq=row.followed_seq,
        settings=orjson.loads(row.settings),
        created_at=moment(row.created_at),
        activated_seq=row.activated_seq,
    )
