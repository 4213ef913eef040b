"""What an editor's decision does to the clusters as they are: which articles go where, and what binds them.

Articles move with their copies: a duplicate group always lies inside one cluster. The one way to part
a text from what it was taken for a copy of is to say that the two cannot be linked.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Final

from dedupe.constraints import GONE, Rule
from dedupe.corrections import Constrain, Correction, Merge, Move, Release, Split, Undo
from dedupe.errors import (
    AlreadyUndone,
    InvalidCorrection,
    UnknownArticle,
    UnknownCluster,
    UnknownConstraint,
    WithdrawnArticle,
)
from dedupe.events import Event, EventKind
from dedupe.index import Index

NEW: Final = -2
"""Stands for the cluster that a decision founds."""
MOST_OTHERS: Final = 256
"""How many of those that stayed behind are written down: what a clustering of another day compares with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a decision does: ``slots`` go from one cluster to another, and ``rule`` binds them from then on.

    A cluster is a number of the index, or `NEW`. ``lifts`` are the decisions that it ends, ``undoes`` the
    one it takes back; ``unlinked`` is an article that is nobody's copy any more.
    """

    kind: EventKind
    cluster: int
    source: int | None = None
    slots: tuple[int, ...] = ()
    rule: Rule | None = None
    bound: tuple[int, ...] = ()
    others: tuple[int, ...] = ()
    lifts: tuple[int, ...] = ()
    undoes: int | None = None
    article_id: str | None = None
    unlinked: str | None = None


def names_of(index: Index, slots: Sequence[int]) -> list[str]:
    """Return the public ids of the articles in some slots."""
    return [index.article_id(slot) for slot in slots]


def draft_of(index: Index, correction: Correction) -> Draft:
    """Return what a decision does to the clusters as they are; see `correcting_event` for what it raises."""
    match correction:
        case Move():
            return _move(index, correction)
        case Merge():
            return _merge(index, correction)
        case Split():
            return _split(index, correction)
        case Constrain():
            return _constrain(index, correction)
        case Undo():
            return _undo(index, correction.seq)
        case Release():
            return _undo(index, _newest_move(index, correction.article_id))
    raise TypeError(f"{type(correction).__name__} is no decision")


def _move(index: Index, move: Move) -> Draft:
    slots = index.with_copies([_slot(index, move.article_id)])
    source = index.clusters.cluster_of(slots[0])
    members = index.clusters.members(source)
    target = NEW if move.cluster_id is None else _cluster(index, move.cluster_id)
    if target == source or (target == NEW and len(slots) == len(members)):
        return Draft(kind=EventKind.MOVED, cluster=source, rule=Rule.MOVE, bound=slots, article_id=move.article_id)
    moved = names_of(index, slots)
    earlier = (c.seq for c in index.constraints.naming(moved) if c.rule is Rule.MOVE)
    return Draft(
        kind=EventKind.MOVED,
        cluster=target,
        source=source,
        slots=slots,
        rule=Rule.MOVE,
        bound=slots,
        others=_without(members, slots)[:MOST_OTHERS],
        lifts=tuple(earlier),
        article_id=move.article_id,
    )


def _merge(index: Index, merge: Merge) -> Draft:
    one, other = _cluster(index, merge.cluster_id), _cluster(index, merge.other_id)
    if one == other:
        raise InvalidCorrection("cluster_id", f"{merge.cluster_id} and {merge.other_id} are one cluster already")
    survivor, absorbed = sorted((one, other))  # numbered as they were opened: the older one survives
    members = index.clusters.members(absorbed)
    return Draft(
        kind=EventKind.MERGED,
        cluster=survivor,
        source=absorbed,
        slots=tuple(members),
        rule=Rule.MERGE,
        bound=tuple(members[:1]),
        others=tuple(index.clusters.members(survivor)[:1]),
    )


def _split(index: Index, split: Split) -> Draft:
    source = _cluster(index, split.cluster_id)
    named = [_slot(index, article_id) for article_id in split.article_ids]
    for slot, article_id in zip(named, split.article_ids, strict=True):
        if index.clusters.cluster_of(slot) != source:
            raise InvalidCorrection("article_ids", f"{article_id} is not in {split.cluster_id}")
    leaving = index.with_copies(named)
    staying = _without(index.clusters.members(source), leaving)
    if not staying:
        raise InvalidCorrection("article_ids", "nothing would stay; leave out those, with their copies, that do")
    if len(leaving) > len(staying):
        leaving, staying = staying, leaving
    return Draft(
        kind=EventKind.SPLIT,
        cluster=NEW,
        source=source,
        slots=leaving,
        rule=Rule.SPLIT,
        bound=leaving,
        others=staying[:MOST_OTHERS],
    )


def _constrain(index: Index, constrain: Constrain) -> Draft:
    slots = [_slot(index, article_id) for article_id in constrain.article_ids]
    first, second = slots[0], slots[-1]
    here, there = index.clusters.cluster_of(first), index.clusters.cluster_of(second)
    binding = Draft(
        kind=EventKind.CONSTRAINED,
        cluster=here,
        rule=constrain.rule,
        bound=(first,),
        others=tuple(slots[1:]),
        article_id=constrain.article_ids[0],
    )
    going = index.with_copies([second])
    if constrain.rule is Rule.MUST_LINK and here != there:
        return replace(binding, source=there, slots=going)
    if constrain.rule is Rule.CANNOT_LINK and here == there:
        parting = replace(binding, cluster=NEW, source=here)
        if first in going:
            return replace(parting, slots=(second,), unlinked=constrain.article_ids[1])
        return replace(parting, slots=going)
    return binding


def _undo(index: Index, seq: int) -> Draft:
    constraint = index.constraints.get(seq)
    if constraint is None:
        raise UnknownConstraint(f"{seq} is not the number of an editor's decision; GET /v1/constraints lists them")
    if constraint.undone_by is not None:
        raise AlreadyUndone(seq, constraint.undone_by)
    return replace(put_back(index, constraint.event), lifts=(seq,), undoes=seq)


def put_back(index: Index, event: Event) -> Draft:
    """Put back what a decision moved, as far as it is still there; what joined a cluster it founded comes along."""
    here, slots = _to_put_back(index, event)
    back = index.cluster_number(event.from_cluster_id) if event.from_cluster_id else here
    if event.unites and (back == here or index.cluster_id(back) != event.from_cluster_id):
        # where they came from is part of this cluster, or of one that this was part of for a while
        back = NEW if len(slots) < len(index.clusters.members(here)) else here
    staying = Draft(kind=EventKind.UNDONE, cluster=here)
    if back == here or not slots:
        return staying
    return replace(staying, cluster=back, source=here, slots=slots)


def _to_put_back(index: Index, event: Event) -> tuple[int, tuple[int, ...]]:
    """Return where the articles are that a decision moved, and those of them that are there, with their copies.

    That is where it put them, if any is left there. Of a cluster that it founded, all are meant.
    """
    there = index.cluster_number(event.cluster_id)
    is_founded = "founded" in event.detail and index.cluster_id(there) == event.cluster_id
    members = index.clusters.members(there) if is_founded else []
    if members:
        return there, tuple(members)
    slots = [index.slot_of(article_id) for article_id in event.moved_articles]
    places = {slot: index.clusters.cluster_of(slot) for slot in slots}
    present = [place for place in places.values() if place != GONE]
    here = there if there in present or not present else present[0]
    return here, index.with_copies([slot for slot, place in places.items() if place == here])


def _newest_move(index: Index, article_id: str) -> int:
    _slot(index, article_id)
    moves = [c.seq for c in index.constraints.naming([article_id]) if c.rule is Rule.MOVE]
    if not moves:
        raise UnknownConstraint(f"no editor moved {article_id}, or that was undone")
    return moves[-1]


def _slot(index: Index, article_id: str) -> int:
    try:
        slot = index.slot_of(article_id)
    except ValueError:
        raise UnknownArticle(article_id) from None
    if slot < 0:
        raise UnknownArticle(article_id)
    if index.clusters.cluster_of(slot) == GONE:
        raise WithdrawnArticle(article_id)
    return slot


def _cluster(index: Index, cluster_id: str) -> int:
    try:
        cluster = index.cluster_number(cluster_id)
    except ValueError:
        raise UnknownCluster(cluster_id) from None
    if cluster < 0:
        raise UnknownCluster(cluster_id)
    return cluster


def _without(slots: Sequence[int], others: Collection[int]) -> tuple[int, ...]:
    left_out = set(others)
    return tuple(slot for slot in slots if slot not in left_out)
