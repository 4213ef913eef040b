"""The log as a replay needs it: through the generations that were activated, whose own events stand in for others.

State at a moment is that of the last generation activated by then, which is what it began with, then its
own events, then the names it was given; and what happened since.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import Connection, Select, select

from dedupe.events import PLACING, SWITCHING
from dedupe.store.generation_schema import (
    OWN_EVENT,
    generation_embargoes,
    generation_events,
    generation_names,
    generation_vocabularies,
    generations,
)
from dedupe.store.records import Name, Replayed
from dedupe.store.rows import Record, replayed_of
from dedupe.store.schema import LIVE, articles, events, texts, vocabularies

BLOCK: Final = 64
_ARTICLE: Final = [column for column in articles.c if column.name not in ("cluster_pk", "pk", "hidden")]
_TEXT: Final = [column for column in texts.c if column.name != "article_pk"]
LOG: Final = (
    select(events, *_ARTICLE, *_TEXT, *(column.label(f"vocabulary_{column.name}") for column in vocabularies.c))
    .outerjoin(articles, (articles.c.placed_seq == events.c.seq) & LIVE)
    .outerjoin(texts, texts.c.article_pk == articles.c.pk)
    .outerjoin(vocabularies, vocabularies.c.seq == events.c.seq)
    .order_by(events.c.seq)
)
_OWN: Final = generation_events.c
_COUNTED: Final = generation_vocabularies.c
GENERATION_LOG: Final = (
    select(
        *OWN_EVENT,
        *_ARTICLE,
        *_TEXT,
        *(column.label(f"vocabulary_{column.name}") for column in _COUNTED if column.name != "generation"),
    )
    .outerjoin(articles, (articles.c.placed_seq == _OWN.text_seq) & (articles.c.id == _OWN.article_id) & LIVE)
    .outerjoin(texts, texts.c.article_pk == articles.c.pk)
    .outerjoin(generation_vocabularies, (_COUNTED.generation == _OWN.generation) & (_COUNTED.seq == _OWN.seq))
    .order_by(_OWN.seq)
)


def replay(connection: Connection, until: int, after: int = 0) -> Iterator[Replayed]:
    """Yield what leads to the state after event ``until``, in order, or to there from that after event ``after``.

    No generation may have been activated in between.
    """
    if after:
        yield from _log(connection, after, until)
        return
    last = active_generation(connection, until)
    if last is None:
        yield from _log(connection, 0, until)
        return
    yield from generation(connection, last)
    for replayed in _log(connection, last.activated_seq - 1, until):
        if replayed.event.kind in SWITCHING:
            given, hidden = names(connection, last.activated_seq), embargoed(connection, last.activated_seq)
            yield replace(replayed, names=given, embargoed=hidden)
        else:
            yield replayed


def generation(connection: Connection, row: Record) -> Iterator[Replayed]:
    """Yield what leads to the state that a generation built, before it was given its names."""
    if row.base_seq:
        yield from replay(connection, row.base_seq)
    end = row.followed_seq if row.activated_seq is None else row.activated_seq - 1
    yield from asides(connection, row.base_seq, end)
    statement = GENERATION_LOG.where(_OWN.generation == row.number)
    yield from map(replayed_of, _streamed(connection, statement))


def asides(connection: Connection, after: int, until: int) -> Iterator[Replayed]:
    """Yield what editors decided in a stretch of the log that another generation stands in for."""
    concerns = events.c.kind.not_in(sorted(PLACING | SWITCHING))
    statement = LOG.where(events.c.seq > after, events.c.seq <= until, concerns)
    for row in _streamed(connection, statement):
        yield replace(replayed_of(row), aside=True)


def active_generation(connection: Connection, until: int) -> Record | None:
    """Return the row of the generation activated last, as of an event; None when there was none."""
    statement = select(generations).where(generations.c.activated_seq <= until)
    return connection.execute(statement.order_by(generations.c.activated_seq.desc()).limit(1)).one_or_none()


def names(connection: Connection, activated_seq: int) -> Sequence[Name]:
    """Return the names that a generation was given when it was activated."""
    columns = generation_names.c
    statement = select(columns.public_id, columns.built_id, columns.leads_to)
    rows = connection.execute(statement.where(columns.activated_seq == activated_seq).order_by(columns.ordinal))
    return [Name(*row) for row in rows]


def embargoed(connection: Connection, activated_seq: int) -> Sequence[str]:
    """Return the ids of the articles and clusters that readers might not see when a generation was activated."""
    columns = generation_embargoes.c
    return connection.execute(select(columns.public_id).where(columns.activated_seq == activated_seq)).scalars().all()


def _log(connection: Connection, after: int, until: int) -> Iterator[Replayed]:
    statement = LOG.where(events.c.seq > after, events.c.seq <= until)
    yield from map(replayed_of, _streamed(connection, statement))


def _streamed(connection: Connection, statement: Select[Any]) -> Iterator[Record]:
    yield from connection.execution_options(yield_per=BLOCK).execute(statement)
