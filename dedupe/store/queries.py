"""What readers ask for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from dedupe.events import Event, EventKind


class ClusterSort(StrEnum):
    """Orders of a cluster list, each descending."""

    UPDATED = "updated"
    FIRST_SEEN = "first_seen"
    SIZE = "size"
    SOURCES = "sources"
    VELOCITY = "velocity"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterFilter:
    """Which clusters to list.

    ``source`` and ``language`` may start with ``!`` to exclude. A cluster lies within ``seen_from``
    and ``seen_to`` (exclusive) when part of its life does. ``q`` holds words of one member's headline,
    the last perhaps unfinished; what holds no word finds nothing.
    """

    updated_since: datetime | None = None
    seen_from: datetime | None = None
    seen_to: datetime | None = None
    min_size: int = 1
    min_sources: int = 0
    source: str | None = None
    language: str | None = None
    q: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeFilter:
    """Which changes to tell of: all kinds when none is named, and those of every cluster when none is named.

    A change concerns the cluster that it leaves an article in, and the one that the article left.
    """

    kinds: frozenset[EventKind] = frozenset()
    cluster_id: str | None = None

    def passes(self, event: Event) -> bool:
        """Tell whether an event is one of those asked for."""
        return (not self.kinds or event.kind in self.kinds) and (
            self.cluster_id is None or self.cluster_id in (event.cluster_id, event.from_cluster_id)
        )


ALL_CHANGES: Final = ChangeFilter()


@dataclass(frozen=True, slots=True, kw_only=True)
class TitleQuery:
    """Titles that have every word of one of the ``phrases``, of clusters that were first seen before a moment.

    Words are those of `title_words`; no phrase is empty. At most ``look`` titles are looked at, and ``most`` found.
    """

    phrases: Sequence[Sequence[str]]
    look: int
    most: int
    seen_before: datetime | None = None
