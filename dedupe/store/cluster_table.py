"""The clusters that a group of changes touches: loaded together, changed in memory, written together."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, func, select, update

from dedupe.events import Event
from dedupe.store.cluster_rows import cluster_values, embargoed_values, summary_of
from dedupe.store.dialect import Batch, Values
from dedupe.store.records import headline
from dedupe.store.rows import Record, unpacked
from dedupe.store.schema import LIVE, articles, cluster_sources, clusters, embargoed_clusters, texts
from dedupe.store.summary import Member, Summary
from dedupe.store.times import moment

_NAMED = select(clusters).where(clusters.c.id.in_(bindparam("ids", expanding=True)))
_LAST_PK = select(func.max(clusters.c.pk))
_INSERT = Batch(clusters.insert(), clusters.c.keys())
_UPDATE = Batch(update(clusters).where(clusters.c.pk == bindparam("row_pk")), clusters.c.keys()[2:])
_ADD_SOURCE = Batch(cluster_sources.insert(), ("cluster_pk", "source"))
_INSERT_EMBARGOED = Batch(embargoed_clusters.insert(), embargoed_clusters.c.keys())
_REMOVE_EMBARGOED = delete(embargoed_clusters).where(embargoed_clusters.c.pk.in_(bindparam("pks", expanding=True)))
_TOUCHED = select(embargoed_clusters.c.pk, embargoed_clusters.c.updated_at, embargoed_clusters.c.updated_seq).where(
    embargoed_clusters.c.pk.in_(bindparam("pks", expanding=True))
)
_REMOVE_SOURCE = Batch(
    delete(cluster_sources).where(
        cluster_sources.c.cluster_pk == bindparam("row_pk"), cluster_sources.c.source == bindparam("row_source")
    ),
    (),
)
_MEMBERS = (
    select(
        articles.c.pk,
        articles.c.id,
        articles.c.source,
        articles.c.language,
        articles.c.seen_at,
        articles.c.received_at,
        articles.c.duplicate_of,
        articles.c.duplicate_group_id,
        articles.c.top_terms,
        articles.c.hidden,
        texts.c.title,
        texts.c.lead,
    )
    .join(texts, texts.c.article_pk == articles.c.pk)
    .where(articles.c.cluster_pk == bindparam("cluster_pk"), LIVE)
    .order_by(articles.c.pk)
)


@dataclass(slots=True, kw_only=True)
class Cluster:
    """One touched cluster. A stale one must be counted anew from its articles.

    It was ``updated`` by the last event that everyone is told of (0 for none), and ``touched`` by the
    last of all. The ``summary`` is of the articles that everyone may see.
    """

    pk: int
    is_new: bool
    summary: Summary
    updated_at: datetime
    updated_seq: int
    merged_into: str | None = None
    known_sources: frozenset[str] = field(default_factory=frozenset)
    is_stale: bool = False
    hidden_count: int = 0
    touched_at: datetime
    touched_seq: int


class ClusterTable:
    """The touched clusters of one transaction, by their public id."""

    def __init__(self, connection: Connection, cluster_ids: Collection[str]) -> None:
        self._connection = connection
        self._clusters: dict[str, Cluster] = {}
        self._next_pk = (connection.execute(_LAST_PK).scalar_one() or 0) + 1
        self._load(cluster_ids)

    def __getitem__(self, cluster_id: str) -> Cluster:
        return self._clusters[cluster_id]

    def __contains__(self, cluster_id: str | None) -> bool:
        return cluster_id in self._clusters

    def touch(self, event: Event) -> None:
        """Date the clusters of an event, opening those that are not there."""
        for cluster_id in filter(None, (event.cluster_id, event.from_cluster_id)):
            cluster = self._clusters.get(cluster_id)
            if cluster is None:
                self._clusters[cluster_id] = self._opened(event)
                continue
            cluster.touched_at, cluster.touched_seq = event.at, event.seq
            cluster.is_stale |= cluster.hidden_count > 0
            if not event.hidden:
                cluster.updated_at, cluster.updated_seq = event.at, event.seq

    def _opened(self, event: Event) -> Cluster:
        pk, self._next_pk = self._next_pk, self._next_pk + 1
        return Cluster(
            pk=pk,
            is_new=True,
            summary=Summary(),
            updated_at=event.at,
            updated_seq=0 if event.hidden else event.seq,
            touched_at=event.at,
            touched_seq=event.seq,
        )

    def mark_stale(self, cluster_id: str) -> None:
        """Have `recount` count a cluster anew."""
        self._load({cluster_id})
        self._clusters[cluster_id].is_stale = True

    def write(self) -> None:
        """Write the touched clusters as they are; before their articles, which refer to them."""
        self._write(self._clusters)

    def recount(self) -> None:
        """Count the stale clusters anew from their articles, which must be written by now."""
        stale = {cluster_id: cluster for cluster_id, cluster in self._clusters.items() if cluster.is_stale}
        embargoed: list[Values] = []
        uncovered: list[int] = []
        for cluster_id, cluster in stale.items():
            members = list(self._members(cluster.pk))
            visible = [member for member in members if not member.hidden]
            if cluster.hidden_count:
                uncovered.append(cluster.pk)
            cluster.summary, cluster.hidden_count = Summary.of(visible), len(members) - len(visible)
            cluster.is_stale = False
            if cluster.hidden_count:
                whole = Summary.of(members).row(cluster_id, cluster.touched_at, cluster.touched_seq, None)
                embargoed.append(embargoed_values(whole, cluster.pk))
        self._write(stale)
        if uncovered:
            self._connection.execute(_REMOVE_EMBARGOED, {"pks": uncovered})
        _INSERT_EMBARGOED.run(self._connection, embargoed)

    def _write(self, written: Mapping[str, Cluster]) -> None:
        new: list[Values] = []
        changed: list[Values] = []
        gained: list[Values] = []
        lost: list[Values] = []
        for cluster_id, cluster in written.items():
            row = cluster.summary.row(cluster_id, cluster.updated_at, cluster.updated_seq, cluster.merged_into)
            values = cluster_values(row, cluster.summary) | {"hidden_count": cluster.hidden_count}
            (new if cluster.is_new else changed).append(values | {"pk" if cluster.is_new else "row_pk": cluster.pk})
            sources = frozenset(cluster.summary.sources)
            gained += [{"cluster_pk": cluster.pk, "source": source} for source in sources - cluster.known_sources]
            lost += [{"row_pk": cluster.pk, "row_source": source} for source in cluster.known_sources - sources]
            cluster.is_new, cluster.known_sources = False, sources
        _INSERT.run(self._connection, new)
        _UPDATE.run(self._connection, changed)
        _ADD_SOURCE.run(self._connection, gained)
        _REMOVE_SOURCE.run(self._connection, lost)

    def _load(self, cluster_ids: Collection[str]) -> None:
        absent = [cluster_id for cluster_id in cluster_ids if cluster_id not in self._clusters]
        if not absent:
            return
        for row in self._connection.execute(_NAMED, {"ids": absent}):
            summary = summary_of(row)
            self._clusters[row.id] = Cluster(
                pk=row.pk,
                is_new=False,
                summary=summary,
                updated_at=moment(row.updated_at),
                updated_seq=row.updated_seq,
                merged_into=row.merged_into,
                known_sources=frozenset(summary.sources),
                hidden_count=row.hidden_count,
                touched_at=moment(row.updated_at),
                touched_seq=row.updated_seq,
            )
        self._load_touched()

    def _load_touched(self) -> None:
        """Date the clusters with embargoed articles as those know them who may see these."""
        embargoed = {cluster.pk: cluster for cluster in self._clusters.values() if cluster.hidden_count}
        if not embargoed:
            return
        for row in self._connection.execute(_TOUCHED, {"pks": list(embargoed)}):
            cluster = embargoed[row.pk]
            if row.updated_seq > cluster.touched_seq:
                cluster.touched_at, cluster.touched_seq = moment(row.updated_at), row.updated_seq

    def _members(self, cluster_pk: int) -> Iterator[Member]:
        return map(_member, self._connection.execute(_MEMBERS, {"cluster_pk": cluster_pk}))


def _member(row: Record) -> Member:
    return Member(
        ordinal=row.pk,
        article_id=row.id,
        headline=headline(row.title, row.lead),
        is_titled=bool(row.title.strip()),
        source=row.source,
        language=row.language,
        seen_us=row.seen_at,
        received_us=row.received_at,
        duplicate_of=row.duplicate_of,
        duplicate_group_id=row.duplicate_group_id,
        top_terms=unpacked(row.top_terms),
        hidden=row.hidden,
    )
