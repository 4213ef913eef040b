"""What readers ask of a SQL store: consistent reads beside the writer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, bindparam, func, select

from dedupe.constraints import Constraint
from dedupe.errors import UnknownArticle, UnknownCluster
from dedupe.events import SWITCHING, Decision, Event, EventKind
from dedupe.store import generation_reads, generation_rows
from dedupe.store.cluster_rows import cluster_of
from dedupe.store.connection import begin, check_place, database_path, reader_engine, reported
from dedupe.store.cursor import read_cursor
from dedupe.store.history import found
from dedupe.store.history_list import CONSTRAINED, constraint_list, constraint_of, lineage_list
from dedupe.store.listing import CLUSTER, cluster_list, hour_list, list_key, member_list, representing
from dedupe.store.preparation import check_revision
from dedupe.store.protocol import (
    ClusterFilter,
    ClusterRow,
    ClusterSort,
    Page,
    Replayed,
    StoredArticle,
    Titled,
    Totals,
    VocabularySnapshot,
)
from dedupe.store.queries import Hour, TitleQuery
from dedupe.store.rows import Record, event_of, stored_of, vocabulary_of
from dedupe.store.schema import LISTED, LIVE, articles, clusters, events, texts, vocabularies
from dedupe.store.search import newest_titled
from dedupe.store.selection import found_titles, page
from dedupe.store.times import HOUR_US, moment

STORED = (
    select(articles, texts, clusters.c.id.label("cluster_id"))
    .join(clusters, clusters.c.pk == articles.c.cluster_pk)
    .outerjoin(texts, texts.c.article_pk == articles.c.pk)
)
_ARTICLE = STORED.where(articles.c.id == bindparam("article_id"))
_CLUSTER = select(*CLUSTER).where(clusters.c.id == bindparam("cluster_id"))
_SNAPSHOT = [column.label(f"vocabulary_{column.name}") for column in vocabularies.c]
_VOCABULARY = (
    select(*_SNAPSHOT)
    .where(vocabularies.c.language == bindparam("language"), vocabularies.c.seq < bindparam("before"))
    .order_by(vocabularies.c.seq.desc())
    .limit(1)
)
_BLOCK = 64


class SqlCatalogue:
    """A `Catalogue` of a store's file; any number may be open beside its one writer."""

    def __init__(self, path: Path, engine: Engine) -> None:
        self._path = path
        self._engine = engine

    @classmethod
    def open(cls, url: str) -> SqlCatalogue:
        """Open the store that ``url`` names; raise `StoreUnavailable` or `StoreMismatch`."""
        path = database_path(url)
        check_place(path, must_exist=True)
        catalogue = cls(path, reader_engine(path))
        with catalogue._reading() as connection:
            check_revision(connection, path)
        return catalogue

    def close(self) -> None:
        """Release the connections."""
        self._engine.dispose()

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with reported(self._path), self._engine.connect() as connection:
            begin(connection, to_write=False)
            yield connection

    def article(self, article_id: str) -> StoredArticle:
        """Return one article; raise `UnknownArticle`."""
        with self._reading() as connection:
            row = connection.execute(_ARTICLE, {"article_id": article_id}).one_or_none()
        if row is None:
            raise UnknownArticle(article_id)
        return stored_of(row)

    def cluster(self, cluster_id: str) -> ClusterRow:
        """Return one cluster; raise `UnknownCluster`."""
        with self._reading() as connection:
            row = connection.execute(_CLUSTER, {"cluster_id": cluster_id}).one_or_none()
        if row is None:
            raise UnknownCluster(cluster_id)
        return cluster_of(row)

    def clusters(self, which: ClusterFilter, sort: ClusterSort, limit: int, cursor: str | None) -> Page[ClusterRow]:
        """List clusters that have articles and pass the filter."""
        scope = ("clusters", which, sort)
        statement = cluster_list(which, sort, read_cursor(scope, cursor)).limit(limit + 1)
        with self._reading() as connection:
            rows = connection.execute(statement).all()
        return page(scope, [(*list_key(row), cluster_of(row)) for row in rows], limit)

    def members(self, cluster_id: str, limit: int, cursor: str | None) -> Page[StoredArticle]:
        """List a cluster's articles, oldest first; raise `UnknownCluster`."""
        scope = ("members", cluster_id)
        key = read_cursor(scope, cursor)
        with self._reading() as connection:
            cluster_pk = _known(connection, cluster_id).pk
            rows = connection.execute(member_list(STORED, cluster_pk, key).limit(limit + 1)).all()
        return page(scope, [(row.seen_at, row.pk, stored_of(row)) for row in rows], limit)

    def hours(self, cluster_id: str, limit: int, cursor: str | None) -> Page[Hour]:
        """List the hours in which a cluster's articles were first seen, oldest first; raise `UnknownCluster`."""
        scope = ("hours", cluster_id)
        key = read_cursor(scope, cursor)
        with self._reading() as connection:
            statement = hour_list(_known(connection, cluster_id).pk, key)
            rows = connection.execute(statement.limit(limit + 1)).all()
        hours = [Hour(at=moment(row.hour * HOUR_US), articles=row.articles, copies=row.copies) for row in rows]
        return page(scope, [(row.hour, 0, hour) for row, hour in zip(rows, hours, strict=True)], limit)

    def changes(self, after: int, limit: int, kinds: frozenset[EventKind] = frozenset()) -> Sequence[Event]:
        """Return up to ``limit`` events with ``seq > after``."""
        statement = select(events).where(events.c.seq > after).order_by(events.c.seq).limit(limit)
        if kinds:
            statement = statement.where(events.c.kind.in_(sorted(kinds)))
        with self._reading() as connection:
            return [event_of(row) for row in connection.execute(statement)]

    def lineage(self, cluster_id: str, limit: int, cursor: str | None) -> Page[Event]:
        """List what happened to a cluster; raise `UnknownCluster`."""
        scope = ("lineage", cluster_id)
        key = read_cursor(scope, cursor)
        with self._reading() as connection:
            opened_seq = _known(connection, cluster_id).opened_seq
            rows = connection.execute(lineage_list(cluster_id, opened_seq, key).limit(limit + 1)).all()
        return page(scope, [(row.seq, 0, event_of(row)) for row in rows], limit)

    def arrival_counts(self, cluster_id: str) -> Mapping[Decision, int]:
        """Count the articles that are in a cluster by how they were placed; raise `UnknownCluster`."""
        with self._reading() as connection:
            inside = (articles.c.cluster_pk == _known(connection, cluster_id).pk, LIVE)
            counted = select(articles.c.decision, func.count()).where(*inside).group_by(articles.c.decision)
            return {Decision(decision): count for decision, count in connection.execute(counted)}

    def constraints(self, limit: int, cursor: str | None, *, in_force: bool = True) -> Page[Constraint]:
        """List editors' decisions, oldest first."""
        scope = ("constraints", in_force)
        statement = constraint_list(read_cursor(scope, cursor), in_force=in_force).limit(limit + 1)
        with self._reading() as connection:
            rows = connection.execute(statement).all()
        return page(scope, [(row.seq, 0, constraint_of(row)) for row in rows], limit)

    def constraint(self, seq: int) -> Constraint:
        """Return one editor's decision; raise `UnknownConstraint`."""
        with self._reading() as connection:
            row = connection.execute(CONSTRAINED.where(events.c.seq == seq)).one_or_none()
        return found(seq, None if row is None else constraint_of(row))

    def titled(self, which: TitleQuery, before: int | None) -> Titled:
        """Find articles by their titles among those that represent their clusters."""
        if not which.phrases:
            return Titled(rows=[], before=None)
        with self._reading() as connection:
            found = connection.execute(newest_titled(which.phrases, which.look, before)).scalars().all()
            rows = connection.execute(representing(STORED, found, which).limit(which.most + 1)).all()
        return found_titles([(row.pk, stored_of(row)) for row in rows], found, which)

    def vocabulary(self, language: str, before: int) -> VocabularySnapshot | None:
        """Return the newest snapshot of a language taken before an event."""
        with self._reading() as connection:
            row = connection.execute(_VOCABULARY, {"language": language, "before": before}).one_or_none()
        return None if row is None else vocabulary_of(row)

    def totals(self) -> Totals:
        """Count what there is."""
        with self._reading() as connection:
            live = select(func.count()).where(LIVE)
            listed = select(func.count()).where(LISTED)
            groups = select(func.count(articles.c.duplicate_group_id.distinct()))
            newest = select(func.coalesce(func.max(events.c.seq), 0))
            counts = [connection.execute(statement).scalar_one() for statement in (live, listed, groups, newest)]
        return Totals(articles=counts[0], clusters=counts[1], duplicate_groups=counts[2], last_seq=counts[3])

    def articles(self) -> Iterator[StoredArticle]:
        """Yield every article as it is now, in the order in which they came, a block of rows in memory at a time."""
        statement = STORED.order_by(articles.c.pk)
        with self._reading() as connection:
            for row in connection.execution_options(yield_per=_BLOCK).execute(statement):
                yield stored_of(row)

    def replay(self, until: int | None = None) -> Iterator[Replayed]:
        """Yield what leads to the state after event ``until``, or as it is now, a block of rows in memory at a time."""
        with self._reading() as connection:
            newest = select(func.coalesce(func.max(events.c.seq), 0))
            end = connection.execute(newest).scalar_one() if until is None else until
            yield from generation_reads.replay(connection, end)

    def placing(self, article_id: str, seq: int) -> Event:
        """Return the event with the number ``seq``, as it placed an article if it activated a generation."""
        event = self.changes(seq - 1, 1)[0]
        if event.kind not in SWITCHING:
            return event
        with self._reading() as connection:
            return generation_rows.placed(connection, event, article_id)

    def snapshot(self) -> AbstractContextManager[Connection]:
        """Read from one moment of the store, in statements of your own."""
        return self._reading()


def _known(connection: Connection, cluster_id: str) -> Record:
    statement = select(clusters.c.pk, clusters.c.opened_seq).where(clusters.c.id == cluster_id)
    row = connection.execute(statement).one_or_none()
    if row is None:
        raise UnknownCluster(cluster_id)
    return row
