"""What became of an article after it was placed: the later events that brought it where it is now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from dedupe.archive import Archive, Placed
from dedupe.events import Event, EventKind
from dedupe.sentences import share

MOST: Final = 100


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
    """Return the events that led from the cluster an article was placed in to the one it is in now, in order.

    A merge is the last thing that happens to the cluster that it ends, so each is found from the cluster
    before it. An event that moves single articles is not found that way: it belongs into this loop, looked up
    by the cluster that the article left.
    """
    found: list[LaterEvent] = []
    at, now = placed.event.cluster_id, placed.stored.assignment.cluster_id
    while at != now and len(found) < MOST and archive.knows(at):
        row = archive.catalogue.cluster(at)
        event = archive.event(row.updated_seq)
        if event.kind is not EventKind.MERGED or event.from_cluster_id != at:
            break
        found.append(_later(event, _why_merged(archive, event)))
        at = event.cluster_id
    return tuple(found)


def _later(event: Event, why: str) -> LaterEvent:
    actor, note = event.detail.get("actor"), event.detail.get("note")
    if actor is not None:
        why = f"Decided by {actor}" + (f": {note}" if note else ".")
    return LaterEvent(
        seq=event.seq,
        at=event.at,
        kind=event.kind,
        cluster_id=event.cluster_id,
        from_cluster_id=event.from_cluster_id,
        actor=actor,
        note=note,
        sentence=why,
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
        f"The article {merged.article_id} fitted both clusters{fits}, and at least half of the newest articles of the "
        "smaller one would have joined the larger: the two were one event."
    )
