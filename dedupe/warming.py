"""Compiles every kernel before the first article comes, so that nobody waits for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

import numpy as np

from dedupe import ids
from dedupe.article import Article
from dedupe.clusters.candidates import Surroundings
from dedupe.clusters.decision import shipped_model
from dedupe.clusters.features import Probe
from dedupe.clusters.index import ClusterIndex
from dedupe.clusters.membership import Arrival
from dedupe.clusters.terms import Vector
from dedupe.duplicates.bands import Buckets
from dedupe.duplicates.signature import PERMUTATIONS
from dedupe.engine import Engine, Submission
from dedupe.forgetting import expire
from dedupe.interner import Interner
from dedupe.settings import EngineSettings
from dedupe.settling import read_submission
from dedupe.store.memory import MemoryStore
from dedupe.text.passages import shared_runs
from dedupe.text.source_lines import SourceLines

_AT: Final = datetime(2026, 1, 1, tzinfo=UTC)
_TEXT: Final = "The ferry ran aground off Sandholm at 6 in the morning.\nNobody was hurt. " * 12
_TEXTS: Final = (
    _TEXT,
    _TEXT + "The harbour is closed.",
    "SANDHOLM (Agency) — " + "A ferry lies on the rocks near Sandholm, and nobody aboard was hurt. " * 8,
    "Le bac s’est échoué à l’aube près de Sandholm. " * 12,
)


def warm_up() -> None:
    """Compile every kernel, or load it from the cache, on a few articles that nobody sees."""
    _live()
    _merge()
    _grow()
    _compare()


def _live() -> None:
    """Take a few articles through all that can happen to one."""
    engine = Engine(MemoryStore())
    articles = [
        Article(title="Ferry aground", text=text, source="Herald", uri=str(number), published_at=_AT, language="en")
        for number, text in enumerate(_TEXTS)
    ]
    revised = replace(articles[2], text=articles[2].text + "The captain was questioned.")
    placed = [
        engine.add(Submission(article=article, article_id=ids.encode("art", number), received_at=_AT)).article_id
        for number, article in enumerate([*articles, revised])
    ]
    for article_id in placed[:3]:
        engine.withdraw(article_id, _AT)
    engine.digest()
    engine.nearest(
        read_submission(Submission(article=revised, article_id=placed[2], received_at=_AT), EngineSettings()), 1
    )


def _merge() -> None:
    clusters = ClusterIndex({}, EngineSettings().posting_cap)
    terms = clusters.vocabulary.intern(np.arange(1, 3, dtype=np.uint64), 0)
    vector, nothing = Vector(terms, np.ones(2, dtype=np.uint16)), np.empty(0, dtype=np.uint32)
    for number in range(2):
        slot = clusters.new_slot(number, _AT.timestamp(), _AT.timestamp())
        clusters.place(Arrival(slot, clusters.new_cluster(number), vector, vector, (nothing, nothing, 2)))
    shipped_model().probabilities(clusters.features_of((0, 1), 1, Surroundings(0.0, 0.0, 0.0)))
    probe = Probe(terms, vector, np.ones(2, dtype=np.float32), vector, nothing, 2, _AT.timestamp(), 0, 0.0)
    clusters.told_apart(probe, np.arange(2, dtype=np.int32), [0, 1])
    clusters.newest_members(0, 1)
    clusters.hold_together(0, 1)
    clusters.smaller_half(0)
    clusters.move(1, 0)
    clusters.unite(1, 0)
    clusters.vocabulary.freeze(0)
    settings = EngineSettings(keep_articles=0)
    buckets = Buckets(settings.bands, settings.rows, settings.bucket_cap)
    expire(clusters, buckets, settings, _AT + 2 * settings.copy_window)


def _compare() -> None:
    tokens = np.arange(8, dtype=np.uint64)
    shared_runs(tokens, tokens, EngineSettings().shingle_size)


def _grow() -> None:
    """Fill tables until they have to be laid out anew."""
    interner = Interner()
    interner.intern(np.arange(1 << 13, dtype=np.uint64))
    interner.find_all(interner.keys)
    interner.rebuild()
    settings = EngineSettings()
    buckets = Buckets(settings.bands, settings.rows, settings.bucket_cap)
    buckets.add(1 << 11, np.zeros(PERMUTATIONS, dtype=np.uint32))
    buckets.rebuild()
    lines = SourceLines(capacity=1 << 4)
    for first in range(3):
        lines.add(0, np.arange(first, first + 8, dtype=np.uint64))
