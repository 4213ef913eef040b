"""The index, built from the log: what was decided is applied, and never decided again."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from dedupe.events import SWITCHING
from dedupe.index import Index
from dedupe.reading import Reading
from dedupe.settings import EngineSettings
from dedupe.settling import read_log
from dedupe.store.protocol import Store
from dedupe.store.records import Replayed


def replayed_index(store: Store, settings: EngineSettings) -> Index:
    """Return the index that follows from a store's log."""
    index = Index(settings, folder_of(store))
    follow(index, store.replay(), settings)
    return index


def folder_of(store: Store) -> Path | None:
    """Return where the files of a store lie, None for one without."""
    return None if store.index_file is None else store.index_file.path.parent


def follow(index: Index, events: Iterable[Replayed], settings: EngineSettings) -> None:
    """Apply what comes next in a log to the index that follows from what came before."""
    for replayed, reading in read_log(events, settings):
        apply_replayed(index, replayed, reading)


def apply_replayed(index: Index, replayed: Replayed, reading: Reading | None) -> None:
    """Apply one event of a log, with the text that it placed, to the index that follows from those before it."""
    if replayed.aside:
        index.note(replayed.event)
        return
    index.apply(replayed.event, reading)
    if replayed.vocabulary:
        index.counts.thaw(replayed.vocabulary)
    if replayed.event.kind in SWITCHING:
        index.adopt(replayed.names)
        index.embargoes.restore(replayed.embargoed)
