"""Articles that were not there before: written by the group, and counted into their clusters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, update

from dedupe.article import Article
from dedupe.store import search
from dedupe.store.cluster_table import Cluster, ClusterTable
from dedupe.store.dialect import Batch, Values, insert_if_absent
from dedupe.store.records import Change, StoredArticle, headline
from dedupe.store.round_up_rows import add_round_ups
from dedupe.store.rows import article_values, text_values
from dedupe.store.schema import articles, identities, texts
from dedupe.store.summary import Member

_LAST_PK = select(func.max(articles.c.pk))
_ORIGINALS = select(
    articles.c.pk,
    articles.c.id,
    articles.c.cluster_pk,
    articles.c.duplicate_group_id,
    articles.c.withdrawn,
    articles.c.hidden,
).where(articles.c.id.in_(bindparam("ids", expanding=True)))
_INSERT_ARTICLES = Batch(articles.insert(), articles.c.keys())
_INSERT_TEXTS = Batch(texts.insert(), texts.c.keys())
_INSERT_IDENTITIES = Batch(insert_if_absent(identities), identities.c.keys())
_SET_GROUP = Batch(update(articles).where(articles.c.pk == bindparam("row_pk")), ("duplicate_group_id",))


def add_arrivals(connection: Connection, changes: Sequence[Change]) -> None:
    """Write the articles of ``changes``, which opened, joined or were copied, and their clusters."""
    arrivals = Arrivals(connection, changes)
    for change in changes:
        if change.stored is not None and change.stored.article is not None:
            arrivals.add(change, change.stored, change.stored.article)
    arrivals.write()


class Arrivals:
    """The rows that a run of arrivals writes, while they are gathered."""

    def __init__(self, connection: Connection, changes: Sequence[Change]) -> None:
        self._connection = connection
        self._next_pk = (connection.execute(_LAST_PK).scalar_one() or 0) + 1
        self._clusters = ClusterTable(connection, {change.event.cluster_id for change in changes})
        self._originals = _load_originals(connection, changes)
        self._articles: list[Values] = []
        self._texts: list[Values] = []
        self._identities: list[Values] = []
        self._grouped: list[Values] = []
        self._told: list[tuple[int, Sequence[str]]] = []

    def add(self, change: Change, stored: StoredArticle, article: Article) -> None:
        """Gather the rows of one article."""
        self._clusters.touch(change.event)
        cluster = self._clusters[change.event.cluster_id]
        pk, self._next_pk = self._next_pk, self._next_pk + 1
        row = article_values(stored, article, change.event.seq) | {"pk": pk, "cluster_pk": cluster.pk}
        self._count(row, Member.of(stored, article, pk), cluster)
        self._originals[stored.article_id] = row
        self._articles.append(row)
        self._texts.append(text_values(stored, article, pk))
        self._told.append((pk, stored.assignment.also_in))
        self._identities += [{"digest": digest, "article_pk": pk} for digest in change.identities]

    def _count(self, row: Values, member: Member, cluster: Cluster) -> None:
        """Add a member to its cluster; a copy of a text from elsewhere has the cluster counted anew."""
        group, original = member.duplicate_group_id, self._originals.get(member.duplicate_of or "")
        if original is not None and original["duplicate_group_id"] is None and not original["withdrawn"]:
            original["duplicate_group_id"] = group
            self._grouped.append({"row_pk": original["pk"], "duplicate_group_id": group})
        is_beside_original = (
            original is not None
            and not original["hidden"]
            and original["cluster_pk"] == row["cluster_pk"]
            and original["duplicate_group_id"] == group
        )
        cluster.is_stale |= group is not None and not is_beside_original
        cluster.is_stale |= member.hidden
        if not member.hidden:
            cluster.summary.add(member, is_independent=group is None)

    def write(self) -> None:
        """Write all rows, a statement for each table."""
        connection = self._connection
        self._clusters.write()
        _INSERT_ARTICLES.run(connection, self._articles)
        _INSERT_TEXTS.run(connection, self._texts)
        _INSERT_IDENTITIES.run(connection, self._identities)
        _SET_GROUP.run(connection, self._grouped)
        add_round_ups(connection, self._told)
        called = ((row["article_pk"], headline(row["title"], row["lead"])) for row in self._texts)
        search.add_headlines(connection, called)
        self._clusters.recount()


def _load_originals(connection: Connection, changes: Sequence[Change]) -> dict[str, dict[str, Any]]:
    """Return the stored articles that arrivals are copies of."""
    copied = [change.stored.assignment.duplicate_of for change in changes if change.stored is not None]
    ids = sorted({original.article_id for original in copied if original is not None})
    if not ids:
        return {}
    return {row["id"]: dict(row) for row in connection.execute(_ORIGINALS, {"ids": ids}).mappings()}
