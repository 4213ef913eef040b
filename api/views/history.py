"""The events of a cluster's history, turned into sentences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from api.views.wording import counted
from dedupe.constraints import Rule
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
    if event.kind is EventKind.CONSTRAINED:
        return _RULES[Rule(event.detail["rule"])]
    if event.kind is EventKind.UNDONE:
        return f"Decision {event.detail['undoes']} was undone"
    if event.kind is EventKind.MOVED and not event.moved_articles:
        return "An article was told to stay here"
    return _SENTENCES[event.kind][0 if is_here else 1].format(moved=moved)


_RULES: Final[Mapping[Rule, str]] = {
    Rule.PIN: "An article was pinned: it stays here",
    Rule.MUST_LINK: "Two articles were linked: they stay together",
    Rule.CANNOT_LINK: "Two articles are kept apart",
}
_BEGAN: Final = ("It began with its first article", "Its first article is elsewhere now")
_TAKEN_DOWN: Final = "An article was taken down"
_WITHHELD: Final = "An article was withheld: it is embargoed"
_RELEASED: Final = "An embargo ended: an article is shown"
_ACTIVATED: Final = "A re-index was activated"
_ROLLED_BACK: Final = "A re-index was rolled back"
_SENTENCES: Final[Mapping[EventKind, tuple[str, str]]] = {
    EventKind.OPENED: _BEGAN,
    EventKind.JOINED: _BEGAN,
    EventKind.COPIED: _BEGAN,
    EventKind.REVISED: ("It began with a revised article", "A revised article went elsewhere"),
    EventKind.MERGED: ("Another cluster was merged into this one", "It was merged into another cluster"),
    EventKind.SPLIT: ("It was split off: {moved}", "{moved} split off"),
    EventKind.MOVED: ("{moved} moved here", "{moved} moved away"),
    EventKind.WITHDRAWN: (_TAKEN_DOWN, _TAKEN_DOWN),
    EventKind.WITHHELD: (_WITHHELD, _WITHHELD),
    EventKind.RELEASED: (_RELEASED, _RELEASED),
    EventKind.ACTIVATED: (_ACTIVATED, _ACTIVATED),
    EventKind.ROLLED_BACK: (_ROLLED_BACK, _ROLLED_BACK),
}
