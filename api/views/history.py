"""The events of a cluster's history, turned into sentences."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from api.views.wording import counted
from dedupe.events import Event, EventKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What happened, by whom if by an editor, the other cluster concerned, and whether it can be undone."""

    seq: int
    at: datetime
    sentence: str
    other_id: str | None
    actor: str | None
    note: str | None
    can_undo: bool


_RULES = {
    "pin": "An article was pinned: it stays here",
    "must_link": "Two articles were linked: they stay together",
    "cannot_link": "Two articles are kept apart",
}


def told(event: Event, cluster_id: str, in_force: Iterable[int]) -> Told:
    """Return what an event did to a cluster; those ``in_force`` are decisions that can be undone."""
    is_here = event.cluster_id == cluster_id
    other = event.from_cluster_id if is_here else event.cluster_id
    return Told(
        seq=event.seq,
        at=event.at,
        sentence=_sentence(event, is_here=is_here),
        other_id=None if other == cluster_id else other,
        actor=event.detail.get("actor"),
        note=event.detail.get("note"),
        can_undo=event.seq in set(in_force),
    )


def _sentence(event: Event, *, is_here: bool) -> str:
    moved = counted(len(event.moved_articles), "article")
    match event.kind:
        case EventKind.MERGED:
            return "Another cluster was merged into this one" if is_here else "It was merged into another cluster"
        case EventKind.SPLIT:
            return f"It was split off: {moved}" if is_here else f"{moved} split off"
        case EventKind.MOVED:
            if not event.moved_articles:
                return "An article was told to stay here"
            return f"{moved} moved here" if is_here else f"{moved} moved away"
        case EventKind.CONSTRAINED:
            return _RULES.get(event.detail.get("rule", ""), "Articles were bound")
        case EventKind.UNDONE:
            return f"Decision {event.detail.get('undoes')} was undone"
        case EventKind.WITHDRAWN:
            return "An article was taken down"
        case EventKind.REVISED:
            return "It began with a revised article"
        case EventKind.ACTIVATED:
            return "A new clustering of the archive was activated"
    return "It began with its first article"
