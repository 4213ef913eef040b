"""The statements that list what happened to a cluster, and editors' decisions; `history` defines them."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import ColumnElement, Select, false, func, or_, select, true, union

from dedupe.constraints import Constraint
from dedupe.store.cursor import Key
from dedupe.store.queries import ChangeFilter
from dedupe.store.rows import Record, event_of
from dedupe.store.schema import NOT_PLACING, constraints, events

CONSTRAINED: Final = select(events, constraints.c.undone_by).join(constraints, constraints.c.seq == events.c.seq)
"""Editors' decisions, each with the event that ended it."""


def told(*, is_unveiled: bool) -> ColumnElement[bool]:
    """Return the condition that a reader is told of an event."""
    return true() if is_unveiled else events.c.hidden == false()


def change_list(after: int, which: ChangeFilter, *, is_unveiled: bool) -> Select[Any]:
    """Return the statement that lists the events asked for with ``seq > after``, in order."""
    statement = select(events).where(events.c.seq > after, told(is_unveiled=is_unveiled)).order_by(events.c.seq)
    if which.kinds:
        statement = statement.where(events.c.kind.in_(sorted(which.kinds)))
    if which.cluster_id is None:
        return statement
    # Two look-ups: of a condition with OR the planner would make a walk through the whole log.
    named = (events.c.cluster_id, events.c.from_cluster_id)
    seqs = (select(events.c.seq).where(column == which.cluster_id, events.c.seq > after) for column in named)
    return statement.where(events.c.seq.in_(union(*seqs)))


def lineage_list(cluster_id: str, after: Key | None, *, is_unveiled: bool) -> Select[Any]:
    """Return the statement that lists the events of a cluster behind ``after``, oldest first."""
    seq, shown = events.c.seq, told(is_unveiled=is_unveiled)
    first = select(func.min(seq)).where(events.c.cluster_id == cluster_id, shown).scalar_subquery()
    here = select(seq).where(events.c.cluster_id == cluster_id, NOT_PLACING)
    left = select(seq).where(events.c.from_cluster_id == cluster_id)
    statement = select(events).where(or_(seq == first, seq.in_(here.union(left))), shown).order_by(seq)
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
