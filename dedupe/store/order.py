"""What a group of changes must be before any store writes it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from dedupe.errors import StoreError
from dedupe.events import PLACING, Event, EventKind
from dedupe.store.records import Change


def check_order(changes: Sequence[Change], last_seq: int) -> None:
    """Raise `StoreError` unless the events follow ``last_seq`` one by one and bring the rows they place."""
    for expected, change in enumerate(changes, start=last_seq + 1):
        if change.event.seq != expected:
            raise StoreError(f"event {change.event.seq} does not follow event {expected - 1}")
        if change.event.kind in PLACING:
            _check_placed(change)


def _check_placed(change: Change) -> None:
    event, stored = change.event, change.stored
    if stored is None or stored.article is None:
        raise StoreError(f"event {event.seq} ({event.kind}) places an article but brings none")
    if (stored.article_id, stored.assignment.cluster_id) != (event.article_id, event.cluster_id):
        raise StoreError(f"event {event.seq} ({event.kind}) and the row it brings disagree")


def check_references(
    changes: Sequence[Change], liveness: Callable[[str], bool | None], clusters: Collection[str]
) -> None:
    """Raise `StoreError` unless each event names what will be there when its turn comes.

    ``liveness`` tells of an article id whether its text is there (True), was taken down (False) or
    never came (None).
    """
    seen: dict[str, bool] = {}
    opened: set[str] = set()
    for event in (change.event for change in changes):
        if event.article_id is not None:
            _check_article(event, seen.get(event.article_id, liveness(event.article_id)))
            seen[event.article_id] = event.kind is not EventKind.WITHDRAWN
        if event.from_cluster_id is not None:
            _check_left(event, opened, clusters)
        opened.add(event.cluster_id)


def _check_article(event: Event, is_live: bool | None) -> None:  # noqa: FBT001  three answers, not a switch
    is_arrival = event.kind in PLACING and event.kind is not EventKind.REVISED
    if is_live is not (None if is_arrival else True):
        raise StoreError(f"event {event.seq} ({event.kind}) cannot be about {event.article_id}")


def _check_left(event: Event, opened: Collection[str], clusters: Collection[str]) -> None:
    """See that a cluster that articles leave is there, and one that absorbs another too."""
    for cluster_id in (event.from_cluster_id, event.cluster_id if event.unites else None):
        if cluster_id is not None and cluster_id not in opened and cluster_id not in clusters:
            raise StoreError(f"event {event.seq} ({event.kind}) names {cluster_id}, which is not known")


def check_moves(changes: Sequence[Change], place_of: Callable[[str], str | None]) -> None:
    """Raise `StoreError` unless an editor's decisions move articles that are where they are said to be.

    ``place_of`` tells the cluster of an article, None when it was taken down or never came. Such a
    decision is a group of its own: what else a group does is not looked at.
    """
    for event in (change.event for change in changes if change.event.is_editorial):
        for article_id in event.moved_articles:
            if place_of(article_id) != event.from_cluster_id:
                raise StoreError(f"event {event.seq} ({event.kind}): {article_id} is not in {event.from_cluster_id}")


def check_lifts(changes: Sequence[Change], is_in_force: Callable[[int], bool]) -> None:
    """Raise `StoreError` unless the decisions that editors end are in force."""
    for event in (change.event for change in changes if change.event.is_editorial):
        for seq in event.detail.get("lifts", ()):
            if not is_in_force(seq):
                raise StoreError(f"event {event.seq} ({event.kind}) ends decision {seq}, which is not in force")
