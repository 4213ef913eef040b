"""What has to be ready before the first article: compiled kernels, an opened store."""

from __future__ import annotations

import gc
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from threading import Timer
from typing import Final

from dedupe import ids
from dedupe.article import Article
from dedupe.cli.clock import now
from dedupe.cli.failures import complain
from dedupe.cli.outcome import Outcome
from dedupe.engine import Engine, Submission
from dedupe.errors import StoreError
from dedupe.settings import EngineSettings, changed_settings
from dedupe.snapshot.keeping import WORTHWHILE, Abandoned, keep_if_due
from dedupe.store.connection import database_path
from dedupe.store.integrity import recorded_settings
from dedupe.store.sql import SqlStore
from dedupe.warming import warm_up

PATIENCE_SECONDS: Final = 3.0
"""Loading takes less, compiling takes more."""
COLLECTED_AFTER: Final = 10_000
"""So many new objects are looked at together for what only refers to itself; Python's own number is 700."""


@contextmanager
def announced(message: str, patience_seconds: float = PATIENCE_SECONDS) -> Iterator[None]:
    """Say ``message`` if what happens meanwhile takes longer than usual."""
    timer = Timer(patience_seconds, complain, [message])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def load_kernels() -> None:
    """Load the compiled kernels; on the very first start they are compiled, and a line says so."""
    with announced("compiling; this happens on the first start only and takes a minute or two"):
        warm_up()
    _spare_the_collector()


@cache
def _spare_the_collector() -> None:
    """Have Python never again look for garbage among what every start makes.

    Modules and compiled code are some 240,000 objects, and nobody is answered during the tenth of a second that it
    takes to go through them.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECTED_AFTER)


@dataclass(frozen=True, slots=True)
class Opened:
    """A store and the engine that writes it."""

    store: SqlStore
    engine: Engine

    def send(self, articles: Sequence[Article]) -> list[Outcome]:
        """Add articles as received now, in one commit; raise `StoreError` when none was stored."""
        received_at = now()
        submissions = [
            Submission(article=article, article_id=ids.encode("art", secrets.randbits(64)), received_at=received_at)
            for article in articles
        ]
        return [Outcome(decision=answer.decision) for answer in self.engine.add_all(submissions)]


def settings_of(url: str) -> EngineSettings:
    """Return the settings by which a store is clustered, the shipped ones for one that is not there yet."""
    recorded = recorded_settings(url) if database_path(url).exists() else {}
    return changed_settings(EngineSettings(), recorded)


@contextmanager
def open_store(url: str, snapshot_events: int = WORTHWHILE) -> Iterator[Opened]:
    """Open a store to write to, with its index; raise `StoreError`.

    In the end the index is kept for the next start, where that would replay ``snapshot_events`` or more.
    """
    settings = settings_of(url)
    store = SqlStore.open(url, settings.signature_identity())
    try:
        load_kernels()
        with announced(f"replaying the log of {url}"):
            engine = Engine(store, settings)
        yield Opened(store, engine)
        _keep_index(engine, snapshot_events)
    finally:
        store.close()


def _keep_index(engine: Engine, events: int) -> None:
    """Spare the next start the replay where that would take long; say so when it cannot be done."""
    try:
        with announced("keeping the index for the next start"):
            keep_if_due(engine, lambda: False, events)
    except (Abandoned, StoreError, OSError) as problem:
        complain(f"the index was not kept, the next start takes longer: {problem}")
