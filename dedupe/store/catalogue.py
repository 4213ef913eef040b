"""What readers ask of a SQL store: consistent reads beside the writer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, Executable, bindparam, func, select

from dedupe.article import PubStatus
from dedupe.errors import UnknownArticle, UnknownCluster
from dedupe.events import Event
from dedupe.store.cluster_rows import cluster_of
from dedupe.store.connection import begin, check_place, database_path, reader_engine, reported
from dedupe.store.cursor import read_cursor
from dedupe.store.listing import CLUSTER, change_list, cluster_list, list_key, member_list, unveiled_cluster_list
from dedupe.store.preparation import check_revision
from dedupe.store.protocol import (
    ALL_CHANGES,
    ChangeFilter,
    ClusterFilter,
    ClusterRow,
    ClusterSort,
    Page,
    Replayed,
    StoredArticle,
    Totals,
)
from dedupe.store.rows import event_of, replayed_of, stored_of
from dedupe.store.schema import (
    HIDDEN,
    LISTED,
    LIVE,
    VISIBLE,
    articles,
    clusters,
    embargoed_clusters,
    events,
    texts,
    vocabularies,
)
from dedupe.store.selection import page
from dedupe.store.times import microseconds
from dedupe.store.veil import veiled

STORED = (
    select(articles, texts, clusters.c.id.label("cluster_id"))
    .join(clusters, clusters.c.pk == articles.c.cluster_pk)
    .outerjoin(texts, texts.c.article_pk == articles.c.pk)
)
_ARTICLE = STORED.where(articles.c.id == bindparam("article_id"))
_CLUSTER = select(*CLUSTER, clusters.c.hidden_count).where(clusters.c.id == bindparam("cluster_id"))
_EMBARGOED = select(embargoed_clusters).where(embargoed_clusters.c.pk == bindparam("pk"))
REPLAY = (
    select(
        events,
        *(column for column in articles.c if column.name not in ("cluster_pk", "pk", "hidden")),
        *(column for column in texts.c if column.name != "article_pk"),
        *(column.label(f"vocabulary_{column.name}") for column in vocabularies.c),
    )
    .outerjoin(articles, (articles.c.placed_seq == events.c.seq) & LIVE)
    .outerjoin(texts, texts.c.article_pk == articles.c.pk)
    .outerjoin(vocabularies, vocabularies.c.seq == events.c.seq)
    .order_by(events.c.seq)
)
_REPLAY_BLOCK = 64


class SqlCatalogue:
    """A `Catalogue` of a store's file; any number may be open beside its one writer."""

    def __init__(self, path: Path, engine: Engine, *, is_unveiled: bool = False) -> None:
        self._path = path
        self._engine = engine
        self._is_unveiled = is_unveiled

    @property
    def unveiled(self) -> SqlCatalogue:
        """The same for those who may see embargoed articles, over the same connections."""
        return self if self._is_unveiled else SqlCatalogue(self._path, self._engine, is_unveiled=True)

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
            if row is None or (row.hidden and not self._is_unveiled):
                raise UnknownArticle(article_id)
            return self._shown(connection, [stored_of(row)])[0]

    def cluster(self, cluster_id: str) -> ClusterRow:
        """Return one cluster; raise `UnknownCluster`."""
        with self._reading() as connection:
            row = connection.execute(_CLUSTER, {"cluster_id": cluster_id}).one_or_none()
            if row is None or not (row.updated_seq or self._is_unveiled):
                raise UnknownCluster(cluster_id)
            if row.hidden_count and self._is_unveiled:
                row = connection.execute(_EMBARGOED, {"pk": row.pk}).one()
        return cluster_of(row)

    def clusters(self, which: ClusterFilter, sort: ClusterSort, limit: int, cursor: str | None) -> Page[ClusterRow]:
        """List clusters that have articles and pass the filter."""
        scope = ("clusters", which, sort)
        key = read_cursor(scope, cursor)
        if self._is_unveiled:
            statement: Executable = unveiled_cluster_list(which, sort, key, limit + 1)
        else:
            statement = cluster_list(which, sort, key).limit(limit + 1)
        with self._reading() as connection:
            rows = connection.execute(statement).all()
        return page(scope, [(*list_key(row), cluster_of(row)) for row in rows], limit)

    def members(self, cluster_id: str, limit: int, cursor: str | None) -> Page[StoredArticle]:
        """List a cluster's articles, oldest first; raise `UnknownCluster`."""
        scope = ("members", cluster_id)
        key = read_cursor(scope, cursor)
        with self._reading() as connection:
            cluster = connection.execute(_CLUSTER, {"cluster_id": cluster_id}).one_or_none()
            if cluster is None or not (cluster.updated_seq or self._is_unveiled):
                raise UnknownCluster(cluster_id)
            stored = STORED.where(LIVE if self._is_unveiled else VISIBLE)
            rows = connection.execute(member_list(stored, cluster.pk, key).limit(limit + 1)).all()
            shown = self._shown(connection, [stored_of(row) for row in rows])
        return page(scope, [(row.seen_at, row.pk, one) for row, one in zip(rows, shown, strict=True)], limit)

    def changes(self, after: int, limit: int, which: ChangeFilter = ALL_CHANGES) -> Sequence[Event]:
        """Return up to ``limit`` events with ``seq > after``."""
        statement = change_list(after, which, is_unveiled=self._is_unveiled).limit(limit)
        with self._reading() as connection:
            return [event_of(row) for row in connection.execute(statement)]

    def totals(self) -> Totals:
        """Count what there is."""
        with self._reading() as connection:
            there = LIVE if self._is_unveiled else VISIBLE
            live = select(func.count()).where(there)
            listed = select(func.count()).where(LISTED | (clusters.c.hidden_count > 0) if self._is_unveiled else LISTED)
            groups = select(func.count(articles.c.duplicate_group_id.distinct())).where(there)
            newest = select(func.coalesce(func.max(events.c.seq), 0))
            counts = [connection.execute(statement).scalar_one() for statement in (live, listed, groups, newest)]
        return Totals(articles=counts[0], clusters=counts[1], duplicate_groups=counts[2], last_seq=counts[3])

    def due(self, at: datetime, limit: int) -> Sequence[StoredArticle]:
        """Return up to ``limit`` articles whose embargo ended at or before ``at``, the earliest first."""
        is_due = articles.c.embargoed_until <= microseconds(at)
        is_usable = articles.c.pub_status == PubStatus.USABLE.value
        statement = STORED.where(HIDDEN, LIVE, is_due, is_usable).order_by(articles.c.embargoed_until, articles.c.pk)
        with self._reading() as connection:
            return [stored_of(row) for row in connection.execute(statement.limit(limit))]

    def _shown(self, connection: Connection, stored: Sequence[StoredArticle]) -> Sequence[StoredArticle]:
        """Return articles without what points to embargoed ones, unless those may be seen."""
        return stored if self._is_unveiled else veiled(connection, stored)

    def articles(self) -> Iterator[StoredArticle]:
        """Yield every article as it is now, in the order in which they came, a block of rows in memory at a time."""
        statement = STORED.order_by(articles.c.pk)
        with self._reading() as connection:
            for row in connection.execution_options(yield_per=_REPLAY_BLOCK).execute(statement):
                yield stored_of(row)

    def replay(self) -> Iterator[Replayed]:
        """Yield the log as it is now, in order, a block of rows in memory at a time."""
        with self._reading() as connection:
            for row in connection.execution_options(yield_per=_REPLAY_BLOCK).execute(REPLAY):
                yield replayed_of(row)
