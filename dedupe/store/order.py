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
        if change.event.kind in PLACING and (change.stored is None or change.stored.article is None):
            raise StoreError(f"event {change.event.seq} ({change.event.kind}) places an article but brings none")
