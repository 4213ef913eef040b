"""Whether readers may see an article, written down: embargoes that begin and end, takedowns."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from dedupe.errors import UnknownArticle
from dedupe.events import Assignment, Decision, Event, EventKind
from dedupe.group import Group
from dedupe.index import Index
from dedupe.revisions import present
from dedupe.store.records import Change, StoredArticle
from dedupe.submission import Submission

OPENS = "opens"
"""Key of an event's detail: with it readers first hear of the cluster."""


def announced(index: Index, event: Event) -> Event:
    """Say in an event that everyone is told of whether its cluster is new to them."""
    if event.hidden or event.cluster_id not in index.embargoes.clusters:
        return event
    return replace(event, detail={**event.detail, OPENS: True})


def stand(index: Index, group: Group, kind: EventKind, known: StoredArticle, at: datetime) -> None:
    """Hide an article from readers, or show it."""
    event = Event(
        seq=index.seq + 1,
        at=at,
        kind=kind,
        article_id=known.article_id,
        cluster_id=present(index, known).cluster_id,
    )
    event = announced(index, event)
    index.apply(event, None)
    group.append(Change(event=event))


def withdrawing_event(index: Index, stored: StoredArticle, at: datetime) -> Event:
    """Write down that an article is taken down; readers who never saw it are not told."""
    return Event(
        seq=index.seq + 1,
        at=at,
        kind=EventKind.WITHDRAWN,
        article_id=stored.article_id,
        cluster_id=present(index, stored).cluster_id,
        hidden=stored.hidden,
    )


def canceling_event(index: Index, submission: Submission, known: StoredArticle | None) -> Event:
    """Write down that a version takes its article down; raise `UnknownArticle` when it never came."""
    if known is None:
        raise UnknownArticle(submission.article.uri or submission.article.url or "")
    return withdrawing_event(index, known, submission.received_at)


def withdrawal(event: Event) -> Assignment:
    """Return the answer to a version that cancels an article."""
    return Assignment(
        article_id=event.article_id or "", cluster_id=event.cluster_id, duplicate_group_id=None,
        decision=Decision.WITHDRAWN, seq=event.seq,
    )  # fmt: skip
