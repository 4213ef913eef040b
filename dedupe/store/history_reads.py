"""What readers ask of the log in a SQL store: changes, lineages, editors' decisions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Connection, Engine, bindparam, func, select

from dedupe.constraints import Constraint
from dedupe.errors import UnknownCluster
from dedupe.events import SWITCHING, Decision, Event
from dedupe.store import generation_reads, generation_rows
from dedupe.store.answers import Page
from dedupe.store.connection import begin, reported
from dedupe.store.cursor import read_cursor
from dedupe.store.history import found
from dedupe.store.history_list import CONSTRAINED, change_list, constraint_list, constraint_of, lineage_list, told
from dedupe.store.listing import CLUSTER
from dedupe.store.projection import last_seq
from dedupe.store.queries import ALL_CHANGES, ChangeFilter
from dedupe.store.records import Replayed, VocabularySnapshot
from dedupe.store.rows import Record, event_of, vocabulary_of
from dedupe.store.schema import LIVE, VISIBLE, articles, clusters, events, vocabularies
from dedupe.store.selection import page
from dedupe.store.veiling import veiled_events

_CLUSTER = select(*CLUSTER, clusters.c.hidden_count).where(clusters.c.id == bindparam("cluster_id"))
_SNAPSHOT = [column.label(f"vocabulary_{column.name}") for column in vocabularies.c]
_VOCABULARY = (
    select(*_SNAPSHOT)
    .where(vocabularies.c.language == bindparam("language"), vocabularies.c.seq < bindparam("before"))
    .order_by(vocabularies.c.seq.desc())
    .limit(1)
)


class HistoryReads:
    """The part of `SqlCatalogue` that reads the log, and the connections."""

    def __init__(self, path: Path, engine: Engine, *, is_unveiled: bool = False) -> None:
        self._path = path
        self._engine = engine
        self._is_unveiled = is_unveiled
        self._there = LIVE if is_unveiled else VISIBLE

    def close(self) -> None:
        """Release the connections."""
        self._engine.dispose()

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with reported(self._path), self._engine.connect() as connection:
            begin(connection, to_write=False)
            yield connection

    def _known(self, connection: Connection, cluster_id: str) -> Record:
        """Return the row of a cluster; one that nobody was told of is unknown to those who may not see it."""
        row = connection.execute(_CLUSTER, {"cluster_id": cluster_id}).one_or_none()
        if row is None or not (row.updated_seq or self._is_unveiled):
            raise UnknownCluster(cluster_id)
        return row

    def _told(self, connection: Connection, said: Sequence[Event]) -> Sequence[Event]:
        """Return events without what they say of embargoed articles, unless those may be seen."""
        return said if self._is_unveiled else veiled_events(connection, said)

    def changes(self, after: int, limit: int, which: ChangeFilter = ALL_CHANGES) -> Sequence[Event]:
        """Return up to ``limit`` events with ``seq > after``."""
        statement = change_list(after, which, is_unveiled=self._is_unveiled).limit(limit)
        with self._reading() as connection:
            return [event_of(row) for row in connection.execute(statement)]

    def event(self, seq: int) -> Event:
        """Return an event that is known to be in the log by its number."""
        with self._reading() as connection:
            row = connection.execute(select(events).where(events.c.seq == seq)).one()
            return self._told(connection, [event_of(row)])[0]

    def lineage(self, cluster_id: str, limit: int, cursor: str | None) -> Page[Event]:
        """List what happened to a cluster; raise `UnknownCluster`."""
        scope = ("lineage", cluster_id)
        statement = lineage_list(cluster_id, read_cursor(scope, cursor), is_unveiled=self._is_unveiled)
        with self._reading() as connection:
            self._known(connection, cluster_id)
            rows = connection.execute(statement.limit(limit + 1)).all()
            shown = self._told(connection, [event_of(row) for row in rows])
        return page(scope, [(event.seq, 0, event) for event in shown], limit)

    def arrival_counts(self, cluster_id: str) -> Mapping[Decision, int]:
        """Count the articles that are in a cluster by how they were placed; raise `UnknownCluster`."""
        with self._reading() as connection:
            inside = (articles.c.cluster_pk == self._known(connection, cluster_id).pk, self._there)
            counted = select(articles.c.decision, func.count()).where(*inside).group_by(articles.c.decision)
            return {Decision(decision): count for decision, count in connection.execute(counted)}

    def constraints(self, limit: int, cursor: str | None, *, in_force: bool = True) -> Page[Constraint]:
        """List editors' decisions, oldest first."""
        scope = ("constraints", in_force)
        statement = constraint_list(read_cursor(scope, cursor), in_force=in_force)
        with self._reading() as connection:
            rows = connection.execute(statement.where(told(is_unveiled=self._is_unveiled)).limit(limit + 1)).all()
            listed = self._shown_constraints(connection, rows)
        return page(scope, [(constraint.seq, 0, constraint) for constraint in listed], limit)

    def constraint(self, seq: int) -> Constraint:
        """Return one editor's decision; raise `UnknownConstraint`."""
        statement = CONSTRAINED.where(events.c.seq == seq, told(is_unveiled=self._is_unveiled))
        with self._reading() as connection:
            listed = self._shown_constraints(connection, connection.execute(statement).all())
        return found(seq, listed[0] if listed else None)

    def _shown_constraints(self, connection: Connection, rows: Sequence[Record]) -> list[Constraint]:
        listed = [constraint_of(row) for row in rows]
        shown = self._told(connection, [constraint.event for constraint in listed])
        return [replace(constraint, event=event) for constraint, event in zip(listed, shown, strict=True)]

    def vocabulary(self, language: str, before: int) -> VocabularySnapshot | None:
        """Return the newest snapshot of a language taken before an event."""
        with self._reading() as connection:
            row = connection.execute(_VOCABULARY, {"language": language, "before": before}).one_or_none()
        return None if row is None else vocabulary_of(row)

    def replay(self, until: int | None = None, after: int = 0) -> Iterator[Replayed]:
        """Yield what leads to the state after event ``until``, or as it is now, a block of rows in memory at a time.

        See `Store.replay` for ``after``.
        """
        with self._reading() as connection:
            yield from generation_reads.replay(connection, last_seq(connection) if until is None else until, after)

    def placing(self, article_id: str, seq: int) -> Event:
        """Return the event with the number ``seq``, as it placed an article if it activated a generation."""
        event = self.event(seq)
        if event.kind not in SWITCHING:
            return event
        with self._reading() as connection:
            return self._told(connection, [generation_rows.placed(connection, event, article_id)])[0]

    def snapshot(self) -> AbstractContextManager[Connection]:
        """Read from one moment of the store, in statements of your own."""
        return self._reading()
