"""What a group of changes must be before any store writes it."""

from __future__ import annotations

from collections.abc import Sequence

from dedupe.errors import StoreError
from dedupe.events import PLACING
from dedupe.store.protocol import Change


def check_order(changes: Sequence[Change], last_seq: int) -> None:
    """Raise `StoreError` unless the events follow ``last_seq`` one by one and bring the rows they place."""
    for expected, change in enumerate(changes, start=last_seq + 1):
        if change.event.seq != expected:
            raise StoreError(f"event {change.event.seq} does not follow event {expected - 1}")
        if change.event.kind in PLACING:
            _check_placed(change)


def _check_placed(change: Change) -> None:
    event, stored = change.event, change.stored
    if stored is None or stored.article is None:
        raise StoreError(f"event {event.seq} ({event.kind}) places an article but brings none")
    if (stored.article_id, stored.assignment.cluster_id) != (event.article_id, event.cluster_id):
        raise StoreError(f"event {event.seq} ({event.kind}) and the row it brings disagree")
