"""The vocabulary of the log: what can happen, and how it is written down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class EventKind(StrEnum):
    """Every change there is."""

    OPENED = "opened"
    JOINED = "joined"
    COPIED = "copied"
    REVISED = "revised"
    WITHDRAWN = "withdrawn"
    MOVED = "moved"
    MERGED = "merged"
    SPLIT = "split"
    CONSTRAINED = "constrained"
    UNDONE = "undone"
    ACTIVATED = "activated"
    WITHHELD = "withheld"
    RELEASED = "released"
    ROLLED_BACK = "rolled_back"


PLACING = frozenset({EventKind.OPENED, EventKind.JOINED, EventKind.COPIED, EventKind.REVISED})
"""Events that put the text of an article into the index."""
SWITCHING = frozenset({EventKind.ACTIVATED, EventKind.ROLLED_BACK})
"""Events that put another generation in the place of the present one; they name no cluster, but concern many."""


STANDING = frozenset({EventKind.WITHHELD, EventKind.RELEASED})
"""Events that hide an article from readers, or show it."""


class Decision(StrEnum):
    """The answer to `Engine.add`."""

    OPENED = "opened"
    JOINED = "joined"
    COPIED = "copied"
    REVISED = "revised"
    UNCHANGED = "unchanged"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One recorded change.

    ``cluster_id`` is the cluster the change leaves an article (or the merged articles) in;
    ``from_cluster_id`` the one they left, where they left one. ``detail`` holds the reason as
    computed at the time, and for an editor's decision what it says: JSON values only. A ``hidden``
    event is told only to those who may see embargoed articles; it stays hidden when the embargo
    lifts, which is an event of its own.
    """

    seq: int
    at: datetime
    kind: EventKind
    article_id: str | None
    cluster_id: str
    from_cluster_id: str | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)
    hidden: bool = False

    @property
    def is_editorial(self) -> bool:
        """Whether an editor decided it: then the detail names the ``actor``."""
        return "actor" in self.detail

    @property
    def moved_articles(self) -> tuple[str, ...]:
        """Return the articles that an editor's decision, or a split, took from one cluster to another."""
        return tuple(self.detail.get("articles", ()))

    @property
    def regroups(self) -> bool:
        """Whether it may take articles from one cluster to another, one by one: an editor may, and so may a split."""
        return self.is_editorial or self.kind is EventKind.SPLIT

    @property
    def unites(self) -> bool:
        """Whether a whole cluster went into another, and its id answers for that one from now on."""
        return self.kind is EventKind.MERGED or "united" in self.detail


@dataclass(frozen=True, slots=True, kw_only=True)
class DuplicateOf:
    """The article that a text was copied from, and how much of it.

    ``kind`` is ``copy``, or ``excerpt`` where one of the two is a small part of the other.
    """

    article_id: str
    jaccard: float
    containment: float
    kind: str = "copy"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunnerUp:
    """The second-best cluster for an article."""

    cluster_id: str
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """Where an article is, and how it came there. ``seq`` is None for a dry run."""

    article_id: str
    cluster_id: str
    duplicate_group_id: str | None
    decision: Decision
    duplicate_of: DuplicateOf | None = None
    confidence: float = 1.0
    runner_up: RunnerUp | None = None
    also_in: tuple[str, ...] = ()
    seq: int | None = None
    notices: tuple[str, ...] = ()
