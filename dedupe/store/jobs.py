"""Jobs of re-indexing as the store keeps them: what was asked for, how far it came, how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson
from sqlalchemy import func, select, update

from dedupe.errors import JobConflict, UnknownJob
from dedupe.store.answers import Page
from dedupe.store.cursor import read_cursor
from dedupe.store.generation_schema import jobs
from dedupe.store.records import JobState
from dedupe.store.rows import Record, packed
from dedupe.store.selection import page
from dedupe.store.sql import SqlStore
from dedupe.store.times import microseconds, moment

OPEN: Final = (JobState.BUILDING, JobState.READY)
"""States of a job that holds a generation which is not in force."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One re-index: ``event_seq`` is the event that activated it, ``rollback_seq`` the one that took it back."""

    number: int
    job_id: str
    state: JobState
    generation: int
    settings: Mapping[str, Any]
    created_at: datetime
    finished_at: datetime | None = None
    event_seq: int | None = None
    rollback_seq: int | None = None
    error: str | None = None
    difference: Mapping[str, Any] | None = None


class Jobs:
    """The jobs of a SQL store; one may be open at a time."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store

    def create(self, job_id: str, generation: int, settings: Mapping[str, Any], at: datetime) -> Job:
        """Open a job; raise `JobConflict` while another one is open."""
        with self._store.transaction() as connection:
            standing = connection.execute(select(jobs.c.id, jobs.c.state).where(jobs.c.state.in_(OPEN))).first()
            if standing is not None:
                raise JobConflict(
                    f"the job {standing.id} is {standing.state}; activate it, or discard it:"
                    f" DELETE /v1/jobs/{standing.id}"
                )
            number = (connection.execute(select(func.max(jobs.c.number))).scalar_one() or 0) + 1
            values = {
                "number": number,
                "id": job_id,
                "state": JobState.BUILDING.value,
                "generation": generation,
                "settings": packed(dict(settings)),
                "created_at": microseconds(at),
            }
            connection.execute(jobs.insert(), values)
        return self.get(job_id)

    def get(self, job_id: str) -> Job:
        """Return one job; raise `UnknownJob`."""
        with self._store.catalogue.snapshot() as connection:
            row = connection.execute(select(jobs).where(jobs.c.id == job_id)).one_or_none()
        if row is None:
            raise UnknownJob(job_id)
        return _job(row)

    def list(self, limit: int, cursor: str | None) -> Page[Job]:
        """List jobs, the newest first; raise `InvalidQuery` for a cursor of another list."""
        scope = ("jobs",)
        key = read_cursor(scope, cursor)
        statement = select(jobs).order_by(jobs.c.number.desc()).limit(limit + 1)
        if key is not None:
            statement = statement.where(jobs.c.number < key[0])
        with self._store.catalogue.snapshot() as connection:
            rows = connection.execute(statement).all()
        return page(scope, [(row.number, 0, _job(row)) for row in rows], limit)

    def open(self) -> Job | None:
        """Return the job whose generation is being built or ready, None where there is none."""
        with self._store.catalogue.snapshot() as connection:
            row = connection.execute(select(jobs).where(jobs.c.state.in_(OPEN))).one_or_none()
        return None if row is None else _job(row)

    def of_generation(self, number: int) -> Job | None:
        """Return the job that built a generation."""
        with self._store.catalogue.snapshot() as connection:
            row = connection.execute(select(jobs).where(jobs.c.generation == number)).one_or_none()
        return None if row is None else _job(row)

    def update(self, job_id: str, values: Mapping[str, Any]) -> None:
        """Change columns of a job's row."""
        with self._store.transaction() as connection:
            connection.execute(update(jobs).where(jobs.c.id == job_id), dict(values))


def _job(row: Record) -> Job:
    return Job(
        number=row.number,
        job_id=row.id,
        state=JobState(row.state),
        generation=row.generation,
        settings=orjson.loads(row.settings),
        created_at=moment(row.created_at),
        finished_at=None if row.finished_at is None else moment(row.finished_at),
        event_seq=row.event_seq,
        rollback_seq=row.rollback_seq,
        error=row.error,
        difference=None if row.difference is None else orjson.loads(row.difference),
    )
