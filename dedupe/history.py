"""What became of an article after it was placed: the later events that brought it where it is now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from dedupe.archive import Archive, Placed
from dedupe.events import Event, EventKind
from dedupe.sentences import share

MOST: Final = 100
PAGE: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class LaterEvent:
    """A later change of cluster: what it was, by whom (None for the engine), and why, as recorded."""

    seq: int
    at: datetime
    kind: EventKind
    cluster_id: str
    from_cluster_id: str | None
    actor: str | None
    note: str | None
    sentence: str


def later_events(archive: Archive, placed: Placed) -> tuple[LaterEvent, ...]:
    """Return the events that took an article from the cluster it was placed in to another, and on, in order."""
    found: list[LaterEvent] = []
    at, seq = placed.event.cluster_id, placed.event.seq
    while (event := _departure(archive, placed.stored.article_id, at, seq)) and len(found) < MOST:
        found.append(_later(archive, event))
        at, seq = event.cluster_id, event.seq
    return tuple(found)


def _departure(archive: Archive, article_id: str, cluster_id: str, after: int) -> Event | None:
    """Return the first event that took an article out of a cluster, None where it stayed."""
    for event in _events_of(archive, cluster_id):
        is_later = event.seq > after and event.from_cluster_id == cluster_id != event.cluster_id
        if is_later and (event.unites or article_id in event.moved_articles):
            return event
    return None


def _events_of(archive: Archive, cluster_id: str) -> Iterator[Event]:
    """Yield what happened to a cluster, oldest first; nothing where it may not be looked at."""
    if not archive.knows(cluster_id):
        return
    cursor = None
    while True:
        page = archive.catalogue.lineage(cluster_id, PAGE, cursor)
        yield from page.rows
        cursor = page.next_cursor
        if cursor is None:
            return


def _later(archive: Archive, event: Event) -> LaterEvent:
    actor, note = event.detail.get("actor"), event.detail.get("note")
    decided = f"Decided by {actor}" + (f": {note}" if note else ".")
    return LaterEvent(
        seq=event.seq,
        at=event.at,
        kind=event.kind,
        cluster_id=event.cluster_id,
        from_cluster_id=event.from_cluster_id,
        actor=actor,
        note=note,
        sentence=_why(archive, event) if actor is None else decided,
    )


def _why(archive: Archive, event: Event) -> str:
    """Return why the engine merged two clusters, or split one."""
    if event.kind is EventKind.MERGED:
        return _why_merged(archive, event)
    return (
        "The cluster had become two events: the articles that left and those that stayed were less than a fifth as"
        " alike as each of the two groups is within."
    )


def _why_merged(archive: Archive, merged: Event) -> str:
    """Return why the engine merged two clusters: the event before tells of the article that gave occasion to it."""
    occasion = archive.event(merged.seq - 1)
    if merged.article_id is None or occasion.article_id != merged.article_id:
        return "The two clusters turned out to be one event."
    fits = ""
    rival = occasion.detail.get("runner_up")
    if rival and rival["cluster_id"] in (merged.cluster_id, merged.from_cluster_id):
        fits = f" ({share(occasion.detail['confidence'])} the one, {share(rival['confidence'])} the other)"
    return (
        f"The article {merged.article_id} could have gone to either{fits}, and at least half of the newest articles of"
        " the smaller one would have joined the larger: the two were one event."
    )
