"""What readers ask of a SQL store: consistent reads beside the writer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Executable, Select, bindparam, select

from dedupe.article import PubStatus
from dedupe.errors import UnknownArticle
from dedupe.store.answers import ClusterRow, Hour, Page, Titled, Totals
from dedupe.store.backup import backed_up_at
from dedupe.store.cluster_rows import cluster_of
from dedupe.store.connection import check_place, database_path, reader_engine
from dedupe.store.cursor import read_cursor
from dedupe.store.generation_reads import BLOCK
from dedupe.store.history_reads import HistoryReads
from dedupe.store.listing import (
    cluster_list,
    growth_list,
    hour_list,
    list_key,
    member_list,
    oldest_first,
    representing,
    unveiled_cluster_list,
)
from dedupe.store.preparation import check_revision
from dedupe.store.queries import ClusterFilter, ClusterSort, TitleQuery
from dedupe.store.records import StoredArticle
from dedupe.store.round_up_rows import told_of
from dedupe.store.rows import stored_of
from dedupe.store.schema import HIDDEN, LIVE, articles, clusters, embargoed_clusters, identities, texts
from dedupe.store.search import newest_titled
from dedupe.store.selection import found_titles, page
from dedupe.store.times import HOUR_US, microseconds, moment
from dedupe.store.totals import totals
from dedupe.store.veiling import veiled_articles

STORED = (
    select(articles, texts, clusters.c.id.label("cluster_id"))
    .join(clusters, clusters.c.pk == articles.c.cluster_pk)
    .outerjoin(texts, texts.c.article_pk == articles.c.pk)
)
_ARTICLE = STORED.where(articles.c.id == bindparam("article_id"))
_FIND = (
    select(identities.c.digest, articles.c.id)
    .join(articles, articles.c.pk == identities.c.article_pk)
    .where(identities.c.digest.in_(bindparam("digests", expanding=True)))
)
_FIND_BLOCK = 1_000
_EMBARGOED = select(embargoed_clusters).where(embargoed_clusters.c.pk == bindparam("pk"))


class SqlCatalogue(HistoryReads):
    """A `Catalogue` of a store's file; any number may be open beside its one writer."""

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

    def article(self, article_id: str) -> StoredArticle:
        """Return one article; raise `UnknownArticle`."""
        with self._reading() as connection:
            row = connection.execute(_ARTICLE, {"article_id": article_id}).one_or_none()
            if row is None or (row.hidden and not self._is_unveiled):
                raise UnknownArticle(article_id)
            return self._shown(connection, [stored_of(row)])[0]

    def recognised(self, digests: Sequence[bytes]) -> Mapping[bytes, str]:
        """Return the article id recognised by each digest that is known."""
        found: dict[bytes, str] = {}
        if digests:
            with self._reading() as connection:
                for start in range(0, len(digests), _FIND_BLOCK):
                    block = digests[start : start + _FIND_BLOCK]
                    found.update((row.digest, row.id) for row in connection.execute(_FIND, {"digests": block}))
        return found

    def cluster(self, cluster_id: str) -> ClusterRow:
        """Return one cluster; raise `UnknownCluster`."""
        with self._reading() as connection:
            row = self._known(connection, cluster_id)
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
            cluster_pk = self._known(connection, cluster_id).pk
            statement = member_list(STORED.where(self._there), cluster_pk, key)
            return self._page_of(connection, scope, statement, limit)

    def round_ups(self, cluster_id: str, limit: int, cursor: str | None) -> Page[StoredArticle]:
        """List the articles of other clusters that tell of one, too; raise `UnknownCluster`."""
        scope = ("round-ups", cluster_id)
        key = read_cursor(scope, cursor)
        with self._reading() as connection:
            self._known(connection, cluster_id)
            statement = oldest_first(told_of(STORED.where(self._there), cluster_id), key)
            return self._page_of(connection, scope, statement, limit)

    def hours(self, cluster_id: str, limit: int, cursor: str | None) -> Page[Hour]:
        """List the hours in which a cluster's articles were first seen, oldest first; raise `UnknownCluster`."""
        scope = ("hours", cluster_id)
        key = read_cursor(scope, cursor)
        with self._reading() as connection:
            statement = hour_list(self._known(connection, cluster_id).pk, key).where(self._there)
            rows = connection.execute(statement.limit(limit + 1)).all()
        hours = [Hour(at=moment(row.hour * HOUR_US), articles=row.articles, copies=row.copies) for row in rows]
        return page(scope, [(row.hour, 0, hour) for row, hour in zip(rows, hours, strict=True)], limit)

    def growth(self, since: Mapping[str, datetime]) -> Mapping[str, Sequence[Hour]]:
        """Return the hours of several clusters, each from the hour of a moment on."""
        found: dict[str, list[Hour]] = {}
        if since:
            with self._reading() as connection:
                for row in connection.execute(growth_list(since).where(self._there)):
                    hour = Hour(at=moment(row.hour * HOUR_US), articles=row.articles, copies=row.copies)
                    found.setdefault(row.id, []).append(hour)
        return found

    def titled(self, which: TitleQuery, before: int | None) -> Titled:
        """Find articles by their titles among those that represent their clusters."""
        if not which.phrases:
            return Titled(rows=[], before=None)
        with self._reading() as connection:
            found = connection.execute(newest_titled(which.phrases, which.look, before)).scalars().all()
            statement = representing(STORED.where(self._there), found, which, is_unveiled=self._is_unveiled)
            rows = connection.execute(statement.limit(which.most + 1)).all()
            shown = self._shown(connection, [stored_of(row) for row in rows])
        return found_titles([(row.pk, one) for row, one in zip(rows, shown, strict=True)], found, which)

    def totals(self) -> Totals:
        """Count what there is."""
        with self._reading() as connection:
            return totals(connection, is_unveiled=self._is_unveiled)

    def backed_up_at(self) -> datetime | None:
        """Return when there was a backup last, None when that is not known."""
        return backed_up_at(self._path)

    def due(self, at: datetime, limit: int) -> Sequence[StoredArticle]:
        """Return up to ``limit`` articles whose embargo ended at or before ``at``, the earliest first."""
        is_due = articles.c.embargoed_until <= microseconds(at)
        is_usable = articles.c.pub_status == PubStatus.USABLE.value
        statement = STORED.where(HIDDEN, LIVE, is_due, is_usable).order_by(articles.c.embargoed_until, articles.c.pk)
        with self._reading() as connection:
            return [stored_of(row) for row in connection.execute(statement.limit(limit))]

    def articles(self) -> Iterator[StoredArticle]:
        """Yield every article as it is now, in the order in which they came, a block of rows in memory at a time."""
        statement = STORED.order_by(articles.c.pk)
        with self._reading() as connection:
            for row in connection.execution_options(yield_per=BLOCK).execute(statement):
                yield stored_of(row)

    def _page_of(
        self, connection: Connection, scope: Sequence[object], statement: Select[Any], limit: int
    ) -> Page[StoredArticle]:
        rows = connection.execute(statement.limit(limit + 1)).all()
        shown = self._shown(connection, [stored_of(row) for row in rows])
        return page(scope, [(row.seen_at, row.pk, one) for row, one in zip(rows, shown, strict=True)], limit)

    def _shown(self, connection: Connection, stored: Sequence[StoredArticle]) -> Sequence[StoredArticle]:
        """Return articles without what points to embargoed ones, unless those may be seen."""
        return stored if self._is_unveiled else veiled_articles(connection, stored)
