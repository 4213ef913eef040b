"""One generation put in the place of another: decisions of editors enforced, ids carried over, rows rearranged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from dedupe import ids
from dedupe.constraints import Constraints
from dedupe.engine import Engine
from dedupe.errors import StoreError
from dedupe.events import Event, EventKind
from dedupe.index import Index
from dedupe.reindexing.bonds import Bonds
from dedupe.reindexing.clustering import Clustering, Side, aligned, ids_of, survivors_of
from dedupe.reindexing.comparison import Difference, difference_of
from dedupe.reindexing.follower import Follower
from dedupe.reindexing.mending import Mending
from dedupe.reindexing.naming import Naming, group_names, heirs_of, overlap_of
from dedupe.store.generation_rows import Place, Rearrangement
from dedupe.store.generations import Activation, Generations
from dedupe.store.records import Name


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Which event puts a generation into force, for which job, and what that job's row says afterwards."""

    kind: EventKind
    at: datetime
    job_id: str
    job_values: Mapping[str, Any]
    restores: int | None = None


_SEQ_COLUMN: Final = {EventKind.ACTIVATED: "event_seq", EventKind.ROLLED_BACK: "rollback_seq"}


def guard(engine: Engine, built: Follower) -> None:
    """Have merges in a generation that is being built pass over what editors keep apart now."""
    with engine.held() as present:
        _guard(built.index, Bonds.of(present))


def preview(engine: Engine, built: Follower, at: datetime) -> Difference:
    """Compare a generation that has followed the log with the present one, with editors' decisions enforced.

    They are enforced anew when it is activated: until then, some may be undone.
    """
    decided = len(built.steps)
    with engine.held() as present:
        mending = _mended(present, built, at)
        now, then = Side.of(present), Side.of(built.index)
        difference = difference_of(now, then, _names(now, then, mending, built))
    for step in reversed(built.steps[decided:]):
        built.put_back(step.event, at)
    return difference


def switch(engine: Engine, generations: Generations, built: Follower, order: Order) -> Event:
    """Put a generation into force by one event; raise `StoreError` having changed nothing in the store.

    What arrived meanwhile is decided first, while writing waits. The follower cannot be used afterwards.
    """
    with engine.held() as present:
        while built.followed_seq < present.seq:
            built.follow(present.seq)
        mending = _mended(present, built, order.at)
        now, then = Side.of(present), Side.of(built.index)
        names = _names(now, then, mending, built)
        event = _event(present, built, order, _told(now, then, names))
        known_as = _adopt(built.index, event, names, present.constraints)
        change = _rearrangement(now, then, built, known_as, order.restores)
        embargoed = _embargoed(present, built.index, change)
        activation = Activation(
            event=event,
            steps=built.steps,
            names=names,
            embargoed=embargoed,
            change=change,
            identity=built.settings.signature_identity(),
            job_id=order.job_id,
            job_values={_SEQ_COLUMN[order.kind]: event.seq, **order.job_values},
        )
        generations.activate(activation)
        engine.take_over(event, built.index, built.settings)
        return event


def _guard(index: Index, bonds: Bonds) -> None:
    index.constraints = Constraints()
    for event in bonds.guards:
        index.constraints.record(event)


def _mended(present: Index, built: Follower, at: datetime) -> Mending:
    bonds = Bonds.of(present)
    _guard(built.index, bonds)
    heirs = heirs_of(present, built.index, overlap_of(Clustering.of(present), Clustering.of(built.index)))
    mending = Mending(present, built, bonds, heirs, at)
    mending.mend()
    return mending


def _names(now: Side, then: Side, mending: Mending, built: Follower) -> list[Name]:
    overlap = overlap_of(now.clustering, then.clustering)
    naming = Naming(now.index, then.index, mending.heirs, mending.overruled)
    named = naming.names(overlap, built.base_clusters, built.generation.created_at)
    return [*named, *group_names(now, then)]


def _told(now: Side, then: Side, names: list[Name]) -> Difference:
    """Return what changes for those who may not see embargoed articles: everyone reads the event's figures."""
    embargoed = now.index.embargoes.articles
    if embargoed:
        bits = np.array([ids.decode("art", article_id) for article_id in embargoed], dtype=np.uint64)
        now, then = now.without(bits), then.without(bits)
    return difference_of(now, then, names)


def _event(present: Index, built: Follower, order: Order, difference: Difference) -> Event:
    generation = built.generation
    detail = {
        "generation": generation.number,
        "origin": generation.origin,
        "job_id": order.job_id,
        "settings": dict(generation.settings),
    }
    return Event(
        seq=present.seq + 1,
        at=order.at,
        kind=order.kind,
        article_id=None,
        cluster_id="",
        detail=detail | difference.values(),
    )


def _adopt(index: Index, event: Event, names: list[Name], constraints: Constraints) -> dict[str, str]:
    """Have the index take names and decisions over; return what its clusters are called that had other ids."""
    built_ids = [index.cluster_id(cluster) for cluster in range(index.clusters.count)]
    index.constraints = constraints
    index.constraints.gather_anew()
    index.apply(event, None)
    index.adopt(names)
    broken = [constraint.seq for constraint in constraints.in_force() if constraint.is_broken(index)]
    if broken:
        raise StoreError(f"the generation would break the decisions {broken[:10]}; it was not activated")
    final = (index.cluster_id(index.clusters.survivor(cluster)) for cluster in range(len(built_ids)))
    return {built: public for built, public in zip(built_ids, final, strict=True) if built != public}


def _embargoed(present: Index, built: Index, change: Rearrangement) -> list[str]:
    """Have the index take over who may not be seen; return the ids of those, and of clusters nobody was told of."""
    founded = (cluster_id for cluster_id in change.stale if not present.knows(cluster_id))
    secret = present.embargoes.clusters.union(founded).difference(change.told)
    built.embargoes.restore(present.embargoes.articles | secret)
    return built.embargoes.noted()


def _rearrangement(
    now: Side, then: Side, built: Follower, known_as: Mapping[str, str], restores: int | None
) -> Rearrangement:
    ours, theirs = aligned(now.clustering, then.clustering)
    if not len(ours) == len(now.clustering.bits) == len(then.clustering.bits):
        raise StoreError("the generation does not hold the articles of the store; it was not activated")
    before, after = _labels(now, ours), _labels(then, theirs)
    embargoes, leads = now.index.embargoes, _leads(now.index, then.index)
    told = {led for cluster_id, led in leads.items() if led and cluster_id not in embargoes.clusters}
    stale = dict.fromkeys(sorted(told & embargoes.clusters))
    places = []
    for row in np.flatnonzero(np.any(before != after, axis=0)).tolist():
        place = _place(int(now.clustering.bits[ours[row]]), *after[:, row].tolist())
        both = (ids.encode("clu", int(before[0, row])), place.cluster_id)
        stale |= dict.fromkeys(both)
        if place.article_id not in embargoes.articles:
            told |= set(both)
        places.append(place)
    return Rearrangement(
        generation=built.generation.number,
        places=places,
        stale=list(stale),
        told=told,
        leads=leads,
        names=known_as,
        restores=restores,
    )


def _place(article: int, cluster: int, group: int, original: int) -> Place:
    return Place(
        ids.encode("art", article),
        ids.encode("clu", cluster),
        ids.encode("dup", group) if group else None,
        ids.encode("art", original) if original not in {0, article} else None,
    )


def _labels(side: Side, rows: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Return the bits of the ids of each article's cluster, group and original, 0 for none, its own for a round-up."""
    index, clustering = side.index, side.clustering
    groups = clustering.groups[rows]
    known = np.append(index.groups.ids, np.uint64(0))
    return np.stack(
        [
            index.clusters.clusters.bits[clustering.clusters[rows]],
            np.where(groups >= 0, known[groups], np.uint64(0)),
            clustering.originals[rows],
        ]
    )


def _leads(present: Index, built: Index) -> dict[str, str | None]:
    """Return the ids of clusters that lead elsewhere than they did: to another cluster, or to themselves again."""
    own, later = ids_of(present), ids_of(built)
    before = own[survivors_of(present)]
    after = later[survivors_of(built)[built.numbered(own)]]
    return {
        ids.encode("clu", mine): None if led == mine else ids.encode("clu", led)
        for mine, led in zip(own[before != after].tolist(), after[before != after].tolist(), strict=True)
    }
