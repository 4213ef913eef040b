"""What an event changes in the rows, inside the transaction that writes the event.

New articles are taken together, as many as follow one another in a group, and counted into their clusters.
Revisions, takedowns, merges, splits and editors' decisions come one at a time; their clusters are counted anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import groupby

from sqlalchemy import Connection, bindparam, delete, func, select, update

from dedupe.article import Article
from dedupe.errors import StoreError
from dedupe.events import STANDING, Event, EventKind
from dedupe.store import search
from dedupe.store.arrivals import add_arrivals
from dedupe.store.cluster_table import ClusterTable
from dedupe.store.correction_rows import dissolve, is_in_force, place_of, regroup
from dedupe.store.dialect import Batch, insert_if_absent
from dedupe.store.order import check_lifts, check_moves
from dedupe.store.records import Change, StoredArticle, headline
from dedupe.store.round_up_rows import add_round_ups, remove_round_ups
from dedupe.store.rows import WITHDRAWN_VALUES, Record, article_values, event_values, text_values, vocabulary_values
from dedupe.store.schema import LIVE, articles, clusters, events, identities, texts, vocabularies

ARRIVALS = frozenset({EventKind.OPENED, EventKind.JOINED, EventKind.COPIED})
"""Events that bring an article that was not there."""


def last_seq(connection: Connection) -> int:
    """Return the number of the newest event."""
    return connection.execute(_LAST_SEQ).scalar_one() or 0


_LAST_SEQ = select(func.max(events.c.seq))
_INSERT_EVENTS = Batch(events.insert(), events.c.keys())
_INSERT_VOCABULARIES = Batch(vocabularies.insert(), vocabularies.c.keys())


def write_changes(connection: Connection, changes: Sequence[Change]) -> bool:
    """Write events and rows; tell whether text was erased, which should leave the files as well."""
    _INSERT_EVENTS.run(connection, [event_values(change.event) for change in changes])
    snapshots = [vocabulary_values(c.event.seq, c.vocabulary) for c in changes if c.vocabulary is not None]
    _INSERT_VOCABULARIES.run(connection, snapshots)
    for are_arrivals, run in groupby(changes, key=lambda change: change.event.kind in ARRIVALS):
        if are_arrivals:
            add_arrivals(connection, list(run))
            continue
        for change in run:
            _apply(connection, change)
    return any(change.event.kind is EventKind.WITHDRAWN for change in changes)


def _apply(connection: Connection, change: Change) -> None:
    event = change.event
    table = ClusterTable(connection, {event.cluster_id, event.from_cluster_id or event.cluster_id})
    if event.unites:
        _merge(connection, table, event)
    elif event.is_editorial:
        check_moves([change], partial(place_of, connection))
        check_lifts([change], partial(is_in_force, connection))
    table.touch(event)
    table.write()
    if event.regroups:
        regroup(connection, table, event)
    if event.kind is EventKind.REVISED and change.stored is not None and change.stored.article is not None:
        _revise(connection, table, change, change.stored, change.stored.article)
    elif event.kind is EventKind.WITHDRAWN:
        _withdraw(connection, table, event)
    elif event.kind in STANDING:
        _hide(connection, table, event)
    table.recount()


_REVISED = (
    select(articles.c.pk, articles.c.duplicate_group_id, clusters.c.id.label("cluster_id"), texts.c.title, texts.c.lead)
    .join(texts, texts.c.article_pk == articles.c.pk)
    .join(clusters, clusters.c.pk == articles.c.cluster_pk)
    .where(articles.c.id == bindparam("article_id"))
)


def _live(connection: Connection, event: Event) -> Record:
    row = connection.execute(_REVISED, {"article_id": event.article_id}).one_or_none()
    if row is None:
        raise StoreError(f"event {event.seq} ({event.kind}): {event.article_id} is not known")
    return row


def _revise(
    connection: Connection, table: ClusterTable, change: Change, stored: StoredArticle, article: Article
) -> None:
    old = _live(connection, change.event)
    place = {"pk": old.pk, "cluster_pk": table[change.event.cluster_id].pk}
    values = article_values(stored, article, change.event.seq)
    connection.execute(update(articles).where(articles.c.pk == old.pk), values | place)
    connection.execute(update(texts).where(texts.c.article_pk == old.pk), text_values(stored, article, old.pk))
    search.remove_headline(connection, old.pk, headline(old.title, old.lead))
    search.add_headlines(connection, [(old.pk, stored.headline)])
    if change.identities:
        rows = [{"digest": digest, "article_pk": old.pk} for digest in change.identities]
        connection.execute(insert_if_absent(identities), rows)
    _group_original(connection, stored)
    remove_round_ups(connection, [old.pk])
    add_round_ups(connection, [(old.pk, stored.assignment.also_in)])
    table.mark_stale(old.cluster_id)
    table.mark_stale(change.event.cluster_id)
    dissolve(connection, table, old.duplicate_group_id)


def _withdraw(connection: Connection, table: ClusterTable, event: Event) -> None:
    old = _live(connection, event)
    search.remove_headline(connection, old.pk, headline(old.title, old.lead))
    search.scrub_removed_headlines(connection)
    connection.execute(delete(texts).where(texts.c.article_pk == old.pk))
    connection.execute(delete(identities).where(identities.c.article_pk == old.pk))
    remove_round_ups(connection, [old.pk])
    connection.execute(update(articles).where(articles.c.pk == old.pk), dict(WITHDRAWN_VALUES))
    table.mark_stale(old.cluster_id)
    dissolve(connection, table, old.duplicate_group_id)


def _hide(connection: Connection, table: ClusterTable, event: Event) -> None:
    """Hide an article or show it; whichever, its cluster is counted anew."""
    old = _live(connection, event)
    hidden = event.kind is EventKind.WITHHELD
    connection.execute(update(articles).where(articles.c.pk == old.pk).values(hidden=hidden))
    table.mark_stale(old.cluster_id)


def _merge(connection: Connection, table: ClusterTable, event: Event) -> None:
    absorbed_id, survivor_id = event.from_cluster_id, event.cluster_id
    if absorbed_id is None or absorbed_id not in table or survivor_id not in table:
        raise StoreError(f"event {event.seq} merges a cluster that is not known")
    absorbed, survivor = table[absorbed_id], table[survivor_id]
    connection.execute(
        update(articles).where(articles.c.cluster_pk == absorbed.pk, LIVE).values(cluster_pk=survivor.pk)
    )
    connection.execute(update(clusters).where(clusters.c.merged_into == absorbed_id).values(merged_into=survivor_id))
    absorbed.merged_into = survivor_id
    table.mark_stale(absorbed_id)
    table.mark_stale(survivor_id)


def _group_original(connection: Connection, stored: StoredArticle) -> None:
    """Put the article that a revision is a copy of into the same duplicate group, if it has none yet."""
    original = stored.assignment.duplicate_of
    if original is None:
        return
    is_free = (articles.c.duplicate_group_id.is_(None), LIVE)
    connection.execute(
        update(articles)
        .where(articles.c.id == original.article_id, *is_free)
        .values(duplicate_group_id=stored.assignment.duplicate_group_id)
    )
