"""What a split or an editor's decision changes in the rows: articles change clusters, constraints come and end."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, select, update

from dedupe.events import Event
from dedupe.store.cluster_table import ClusterTable
from dedupe.store.schema import LIVE, articles, clusters, constraints

_PLACE = (
    select(clusters.c.id)
    .join(articles, clusters.c.pk == articles.c.cluster_pk)
    .where(articles.c.id == bindparam("article_id"), LIVE)
)


def place_of(connection: Connection, article_id: str) -> str | None:
    """Return the cluster of an article, None when it was taken down or never came."""
    return connection.execute(_PLACE, {"article_id": article_id}).scalar()


def is_in_force(connection: Connection, seq: int) -> bool:
    """Return whether there is a decision of this number that was not undone."""
    standing = select(constraints.c.seq).where(constraints.c.seq == seq, constraints.c.undone_by.is_(None))
    return connection.execute(standing).scalar() is not None


def regroup(connection: Connection, table: ClusterTable, event: Event) -> None:
    """Write what a split or a decision changes; the clusters it names must be written, and those it unites united."""
    if event.moved_articles and event.from_cluster_id and not event.unites:
        _move(connection, table, event)
        table.mark_stale(event.from_cluster_id)
        table.mark_stale(event.cluster_id)
    for article_id in event.detail.get("unlinked", ()):
        _unlink(connection, table, article_id)
    for seq in event.detail.get("lifts", ()):
        connection.execute(update(constraints).where(constraints.c.seq == seq).values(undone_by=event.seq))
    if "rule" in event.detail:
        connection.execute(constraints.insert(), {"seq": event.seq, "rule": event.detail["rule"], "undone_by": None})


def dissolve(connection: Connection, table: ClusterTable, group: str | None) -> None:
    """End a duplicate group that is down to one article, which then is nobody's copy."""
    if group is None:
        return
    left = connection.execute(
        select(articles.c.pk, clusters.c.id.label("cluster_id"))
        .join(clusters, clusters.c.pk == articles.c.cluster_pk)
        .where(articles.c.duplicate_group_id == group)
        .limit(2)
    ).all()
    if len(left) == 1:
        alone = articles.c.pk == left[0].pk
        connection.execute(update(articles).where(alone).values(duplicate_group_id=None, duplicate_of=None))
        table.mark_stale(left[0].cluster_id)


def _move(connection: Connection, table: ClusterTable, event: Event) -> None:
    target = table[event.cluster_id].pk
    statement = update(articles).where(articles.c.id == bindparam("article")).values(cluster_pk=target)
    connection.execute(statement, [{"article": article_id} for article_id in event.moved_articles])


def _unlink(connection: Connection, table: ClusterTable, article_id: str) -> None:
    row = articles.c.id == article_id
    group = connection.execute(select(articles.c.duplicate_group_id).where(row)).scalar()
    connection.execute(update(articles).where(row).values(duplicate_group_id=None, duplicate_of=None))
    dissolve(connection, table, group)
