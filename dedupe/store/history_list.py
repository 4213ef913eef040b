"""The statements that list what happened to a cluster, and editors' decisions; `history` defines them."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Select, or_, select

from dedupe.constraints import Constraint
from dedupe.store.cursor import Key
from dedupe.store.rows import Record, event_of
from dedupe.store.schema import NOT_PLACING, constraints, events

CONSTRAINED: Final = select(events, constraints.c.undone_by).join(constraints, constraints.c.seq == events.c.seq)
"""Editors' decisions, each with the event that ended it."""


def lineage_list(cluster_id: str, opened_seq: int, after: Key | None) -> Select[Any]:
    """Return the statement that lists the events of a cluster behind ``after``, oldest first."""
    seq = events.c.seq
    here = select(seq).where(events.c.cluster_id == cluster_id, NOT_PLACING)
    left = select(seq).where(events.c.from_cluster_id == cluster_id)
    statement = select(events).where(or_(seq == opened_seq, seq.in_(here.union(left)))).order_by(seq)
    return statement if after is None else statement.where(seq > after[0])


def constraint_list(after: Key | None, *, in_force: bool) -> Select[Any]:
    """Return the statement that lists editors' decisions behind ``after``, oldest first."""
    statement = CONSTRAINED.order_by(events.c.seq)
    if in_force:
        statement = statement.where(constraints.c.undone_by.is_(None))
    return statement if after is None else statement.where(events.c.seq > after[0])


def constraint_of(row: Record) -> Constraint:
    """Return the editor's decision of a row."""
    return Constraint(event=event_of(row), undone_by=row.undone_by)
