"""Looks up which of the articles and clusters that rows mention may not be seen."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Select, bindparam, select

from dedupe.events import Event
from dedupe.store.records import StoredArticle
from dedupe.store.schema import HIDDEN, articles, clusters
from dedupe.store.veil import NAMING, Veil, articles_of_reasons, compared_with

_HIDDEN = select(articles.c.id).where(HIDDEN, articles.c.id.in_(bindparam("ids", expanding=True)))
_UNPUBLISHED = select(clusters.c.id).where(
    clusters.c.updated_seq == 0, clusters.c.id.in_(bindparam("ids", expanding=True))
)
_AT_ONCE: Final = 10_000
"""A database takes so many parameters."""


def veiled_articles(connection: Connection, stored: Sequence[StoredArticle]) -> list[StoredArticle]:
    """Return articles without what they say of embargoed ones."""
    said = [one.assignment for one in stored]
    originals = {one.duplicate_of.article_id for one in said if one.duplicate_of}
    mentioned = {one.runner_up.cluster_id for one in said if one.runner_up} | {c for one in said for c in one.also_in}
    veil = _veil(connection, originals, mentioned)
    return [veil.article(one) for one in stored]


def veiled_events(connection: Connection, told: Sequence[Event]) -> list[Event]:
    """Return events without what they say of embargoed articles."""
    named = {article_id for event in told for article_id in _articles(event)}
    veil = _veil(connection, named, {cluster_id for event in told for cluster_id in _clusters(event)})
    return [veil.event(event) for event in told]


def _articles(event: Event) -> Iterator[str]:
    if event.article_id:
        yield event.article_id
    yield from articles_of_reasons(event.detail).values()
    for key in NAMING:
        yield from event.detail.get(key, ())


def _clusters(event: Event) -> Iterator[str]:
    yield from filter(None, [compared_with(event)])
    yield from event.detail.get("also_in", ())
    if "runner_up" in event.detail:
        yield event.detail["runner_up"]["cluster_id"]


def _veil(connection: Connection, article_ids: Collection[str], cluster_ids: Collection[str]) -> Veil:
    hidden = frozenset(_among(connection, _HIDDEN, article_ids))
    return Veil(hidden, frozenset(_among(connection, _UNPUBLISHED, cluster_ids)))


def _among(connection: Connection, statement: Select[Any], ids: Collection[str]) -> Iterator[str]:
    ordered = sorted(ids)
    for start in range(0, len(ordered), _AT_ONCE):
        yield from connection.execute(statement, {"ids": ordered[start : start + _AT_ONCE]}).scalars()
