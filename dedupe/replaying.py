"""The index, built from the log: what was decided is applied, and never decided again."""

from __future__ import annotations

from dedupe.clusters.prior import shipped_priors
from dedupe.index import Index
from dedupe.settings import EngineSettings
from dedupe.settling import read_replayed
from dedupe.store.protocol import Store


def replayed_index(store: Store, settings: EngineSettings) -> Index:
    """Return the index that follows from a store's log."""
    index = Index(settings, shipped_priors() if settings.prior else {})
    for replayed in store.replay():
        reading = read_replayed(replayed, settings)
        index.apply(replayed.event, reading)
        if replayed.vocabulary:
            index.counts.thaw(replayed.vocabulary)
    return index
