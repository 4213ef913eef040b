"""What the activation of a generation changes in the rows, inside the transaction that writes its event."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final, NamedTuple, TypeVar, cast

import orjson
from sqlalchemy import Connection, bindparam, select, update

from dedupe.events import PLACING, Assignment, Decision, DuplicateOf, Event, EventKind, RunnerUp
from dedupe.store.cluster_table import ClusterTable
from dedupe.store.dialect import Batch, Values
from dedupe.store.generation_schema import OWN_EVENT, generation_events, generation_places
from dedupe.store.round_up_rows import add_round_ups, remove_round_ups
from dedupe.store.rows import Record, event_of, packed, reason_values
from dedupe.store.schema import articles, clusters

Item = TypeVar("Item")
BLOCK: Final = 400


class Place(NamedTuple):
    """Where an article is from now on: its cluster and duplicate group, and what it is a copy of."""

    article_id: str
    cluster_id: str
    duplicate_group_id: str | None
    duplicate_of: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rearrangement:
    """What an activation changes: articles that go elsewhere, clusters to count anew, ids that lead elsewhere.

    Of the ``stale`` clusters, readers are told of the ``told`` ones; in the others, only what is embargoed moved.
    ``restores`` is the event whose activation is rolled back, None where none is. ``names`` are the public
    ids of clusters that the generation's events know by others.
    """

    generation: int
    places: Sequence[Place]
    stale: Sequence[str]
    told: Collection[str]
    leads: Mapping[str, str | None]
    names: Mapping[str, str]
    restores: int | None = None


_PKS: Final = select(clusters.c.id, clusters.c.pk).where(clusters.c.id.in_(bindparam("ids", expanding=True)))
_ROWS: Final = select(articles.c.id, articles.c.pk, articles.c.decision, articles.c.reason).where(
    articles.c.id.in_(bindparam("ids", expanding=True))
)
_OWN: Final = (
    select(*OWN_EVENT)
    .where(
        generation_events.c.generation == bindparam("generation"),
        generation_events.c.article_id.in_(bindparam("ids", expanding=True)),
        generation_events.c.kind.in_(sorted(PLACING)),
    )
    .order_by(generation_events.c.seq)
)
_FORMER: Final = (
    select(generation_places)
    .where(
        generation_places.c.activated_seq >= bindparam("restores"),
        generation_places.c.article_pk.in_(bindparam("pks", expanding=True)),
    )
    .order_by(generation_places.c.activated_seq.desc())
)
_MOVE: Final = Batch(
    update(articles).where(articles.c.pk == bindparam("row_pk")),
    ("cluster_pk", "duplicate_group_id", "duplicate_of", "decision", "reason"),
)
_LEAD: Final = Batch(update(clusters).where(clusters.c.id == bindparam("row_id")), ("merged_into",))
_REMEMBER: Final = Batch(generation_places.insert(), generation_places.c.keys())


def rearrange(connection: Connection, event: Event, change: Rearrangement) -> None:
    """Write where articles are from event ``event`` on, and count the clusters that this changes anew."""
    for block in blocks(change.stale):
        there = {row.id for row in connection.execute(_PKS, {"ids": list(block)})}
        table = ClusterTable(connection, set())
        _touch(table, event, change.told, [cluster_id for cluster_id in block if cluster_id not in there])
        table.write()
    _LEAD.run(connection, [{"row_id": id_, "merged_into": target} for id_, target in change.leads.items()])
    for places in blocks(change.places):
        _move(connection, event, change, places)
    for block in blocks(change.stale):
        table = ClusterTable(connection, set(block))
        _touch(table, event, change.told, block)
        for cluster_id in block:
            table.mark_stale(cluster_id)
        table.recount()


def placed(connection: Connection, event: Event, article_id: str) -> Event:
    """Return the event of an activation as one that placed an article, the way the generation did."""
    columns = generation_places.c
    statement = select(columns.kind, columns.cluster_id, columns.detail).join(
        articles, articles.c.pk == columns.article_pk
    )
    row = connection.execute(
        statement.where(columns.activated_seq == event.seq, articles.c.id == article_id)
    ).one_or_none()
    if row is None or row.kind is None:
        return event
    detail = orjson.loads(row.detail)
    return replace(event, kind=EventKind(row.kind), article_id=article_id, cluster_id=row.cluster_id, detail=detail)


def blocks(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    """Yield items, so many at a time."""
    waiting = iter(items)
    while block := list(islice(waiting, BLOCK)):
        yield block


def _touch(table: ClusterTable, event: Event, told: Collection[str], cluster_ids: Sequence[str]) -> None:
    for cluster_id in cluster_ids:
        hidden = cluster_id not in told
        table.touch(replace(event, cluster_id=cluster_id, from_cluster_id=None, detail={}, hidden=hidden))


def _move(connection: Connection, event: Event, change: Rearrangement, places: Sequence[Place]) -> None:
    wanted = {"ids": sorted({place.cluster_id for place in places})}
    pks = {row.id: row.pk for row in connection.execute(_PKS, wanted)}
    ids = [place.article_id for place in places]
    rows = {row.id: row for row in connection.execute(_ROWS, {"ids": ids})}
    own = {
        row.article_id: event_of(row) for row in connection.execute(_OWN, {"generation": change.generation, "ids": ids})
    }
    former = _former(connection, change, [row.pk for row in rows.values()])
    moved: list[Values] = []
    remembered: list[Values] = []
    for place in places:
        row = rows[place.article_id]
        deciding = own.get(place.article_id)
        detail = _renamed(deciding, place, change.names) if deciding else None
        remembered.append({
            "activated_seq": event.seq,
            "article_pk": row.pk,
            "kind": deciding.kind.value if deciding else None,
            "cluster_id": place.cluster_id if deciding else None,
            "detail": packed(detail) if deciding else None,
            "former_decision": row.decision,
            "former_reason": row.reason,
        })  # fmt: skip
        before = former.get(row.pk)
        if deciding and detail is not None:
            decision, reason = deciding.kind.value, packed(_reason(detail, place, event.seq))
        elif before is not None:
            decision, reason = before.former_decision, before.former_reason
        else:
            decision, reason = row.decision, row.reason
        moved.append({
            "row_pk": row.pk,
            "cluster_pk": pks[place.cluster_id],
            "duplicate_group_id": place.duplicate_group_id,
            "duplicate_of": place.duplicate_of,
            "decision": decision,
            "reason": reason,
        })  # fmt: skip
    _REMEMBER.run(connection, remembered)
    _MOVE.run(connection, moved)
    remove_round_ups(connection, [row["row_pk"] for row in moved])
    add_round_ups(connection, ((row["row_pk"], orjson.loads(row["reason"])["also_in"]) for row in moved))


def _former(connection: Connection, change: Rearrangement, pks: Sequence[int]) -> dict[int, Record]:
    """Return, by article, what the first activation of those that are rolled back took the place of."""
    if change.restores is None:
        return {}
    rows = connection.execute(_FORMER, {"restores": change.restores, "pks": list(pks)})
    return {row.article_pk: row for row in rows}


def _renamed(event: Event, place: Place, names: Mapping[str, str]) -> Values:
    """Return the reasons of an event of the generation with the ids that everyone knows."""
    detail = dict(event.detail)
    if "runner_up" in detail:
        rival = detail["runner_up"]
        detail["runner_up"] = rival | {"cluster_id": names.get(rival["cluster_id"], rival["cluster_id"])}
    if "considered" in detail:
        detail["considered"] = names.get(detail["considered"], detail["considered"])
    if "also_in" in detail:
        renamed = dict.fromkeys(names.get(cluster_id, cluster_id) for cluster_id in detail["also_in"])
        detail["also_in"] = [cluster_id for cluster_id in renamed if cluster_id != place.cluster_id]
    if "duplicate_group_id" in detail and place.duplicate_group_id is not None:
        detail["duplicate_group_id"] = place.duplicate_group_id
    return detail


def _reason(detail: Mapping[str, object], place: Place, seq: int) -> Values:
    copied, rival = detail.get("duplicate_of"), detail.get("runner_up")
    also_in = detail.get("also_in", ())
    return reason_values(
        Assignment(
            article_id=place.article_id,
            cluster_id=place.cluster_id,
            duplicate_group_id=place.duplicate_group_id,
            decision=Decision.JOINED,
            duplicate_of=DuplicateOf(**copied) if isinstance(copied, dict) and place.duplicate_of else None,
            confidence=cast("float", detail["confidence"]),
            runner_up=RunnerUp(**rival) if isinstance(rival, dict) else None,
            also_in=tuple(also_in) if isinstance(also_in, list) else (),
            seq=seq,
        )
    )
