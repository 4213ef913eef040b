"""Whether readers may see an article, written down: embargoes that begin and end, takedowns."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from dedupe.events import Assignment, Decision, Event, EventKind
from dedupe.index import Index
from dedupe.store.protocol import StoredArticle

OPENS = "opens"
"""Key of an event's detail: with it readers first hear of the cluster."""


def announced(index: Index, event: Event) -> Event:
    """Say in an event that everyone is told of whether its cluster is new to them."""
    if event.hidden or not index.unpublished or event.cluster_id not in index.unpublished:
        return event
    return replace(event, detail={**event.detail, OPENS: True})


def standing_event(index: Index, kind: EventKind, stored: StoredArticle, cluster_id: str, at: datetime) -> Event:
    """Write down that an article is withheld, or released."""
    event = Event(seq=index.seq + 1, at=at, kind=kind, article_id=stored.article_id, cluster_id=cluster_id)
    return announced(index, event)


def withdrawing_event(index: Index, stored: StoredArticle, cluster_id: str, at: datetime) -> Event:
    """Write down that an article is taken down; readers who never saw it are not told."""
    return Event(
        seq=index.seq + 1,
        at=at,
        kind=EventKind.WITHDRAWN,
        article_id=stored.article_id,
        cluster_id=cluster_id,
        hidden=stored.hidden,
    )


def withdrawal(event: Event) -> Assignment:
    """Return the answer to a version that cancels an article."""
    return Assignment(
        article_id=event.article_id or "", cluster_id=event.cluster_id, duplicate_group_id=None,
        decision=Decision.WITHDRAWN, seq=event.seq,
    )  # fmt: skip
