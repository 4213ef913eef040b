"""Which clusters a round-up tells of, besides its own: the rows that list it there.

They name clusters as its decision did. A cluster that was merged since is found by where it leads.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Select, bindparam, delete, or_, select

from dedupe.store.dialect import Batch
from dedupe.store.schema import articles, clusters, round_ups

_INSERT = Batch(round_ups.insert(), round_ups.c.keys())
_REMOVE = delete(round_ups).where(round_ups.c.article_pk.in_(bindparam("pks", expanding=True)))


def add_round_ups(connection: Connection, told: Iterable[tuple[int, Iterable[str]]]) -> None:
    """List articles, by number, in the clusters that they tell of besides their own."""
    rows = [{"cluster_id": cluster_id, "article_pk": pk} for pk, also_in in told for cluster_id in also_in]
    _INSERT.run(connection, rows)


def remove_round_ups(connection: Connection, pks: Sequence[int]) -> None:
    """List articles, by number, nowhere but in their own clusters."""
    connection.execute(_REMOVE, {"pks": pks})


def told_of(stored: Select[Any], cluster_id: str) -> Select[Any]:
    """Return the statement that finds the ``stored`` articles of other clusters that tell of one, too."""
    ours = select(clusters.c.id).where(or_(clusters.c.id == cluster_id, clusters.c.merged_into == cluster_id))
    told = select(round_ups.c.article_pk).where(round_ups.c.cluster_id.in_(ours))
    return stored.where(articles.c.pk.in_(told), clusters.c.id != cluster_id)
