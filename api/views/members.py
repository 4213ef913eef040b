"""A cluster's articles, turned into lines: who, when, what kind, and why it is here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from api.views.timeline import Seen
from dedupe.events import Event
from dedupe.reasons import join_reason, summary
from dedupe.store.records import StoredArticle


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """A cluster that an article tells of besides its own."""

    cluster_id: str
    headline: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """An article of a cluster, as its page lists it."""

    article_id: str
    cluster_id: str
    title: str
    language: str
    outlet: str | None
    at: datetime
    is_dated: bool
    copied_from: str | None
    revision: int
    why: str
    also_in: tuple[Elsewhere, ...]


def member(stored: StoredArticle, event: Event, elsewhere: Iterable[Elsewhere] = ()) -> Member | None:
    """Return an article as a line; None once it was taken down.

    ``event`` is the one that placed it, ``elsewhere`` the clusters besides its own that a round-up tells of.
    """
    article = stored.article
    if article is None:
        return None
    copied = stored.assignment.duplicate_of
    return Member(
        article_id=stored.article_id,
        cluster_id=stored.assignment.cluster_id,
        title=stored.headline,
        language=stored.language,
        outlet=article.source,
        at=article.published_at or stored.received_at,
        is_dated=article.published_at is not None,
        copied_from=copied.article_id if copied else None,
        revision=stored.revision,
        why=why_here(event, stored.assignment.cluster_id),
        also_in=tuple(elsewhere),
    )


def why_here(event: Event, cluster_id: str) -> str:
    """Return in one line why an article is in a cluster."""
    line = summary(event, join_reason(event)).split(". ")[0].rstrip(".") + "."
    if event.cluster_id == cluster_id:
        return line
    return "It came from another cluster, as the history says. There: " + line[:1].lower() + line[1:]


def seen(articles: Iterable[StoredArticle]) -> list[Seen]:
    """Return articles as the timeline needs them."""
    found = []
    for stored in articles:
        article, copied = stored.article, stored.assignment.duplicate_of
        if article is not None:
            found.append(
                Seen(
                    article_id=stored.article_id,
                    outlet=article.source,
                    at=article.decision_time(stored.received_at) or stored.received_at,
                    title=stored.headline,
                    copied_from=copied.article_id if copied else None,
                )
            )
    return found
