from __future__ import annotations

import numpy as np
import pytest

from dedupe.archive import Archive
from dedupe.clusters.similarity import vector_of
from dedupe.clusters.terms import UNIT
from dedupe.engine import Engine
from dedupe.index import Index
from dedupe.settings import EngineSettings
from dedupe.settling import read_replayed
from dedupe.store.memory import MemoryStore
from dedupe.weighing import shared_weights, weigh_article
from tests.dedupe.newsroom import Newsroom
from tests.dedupe.reports import BANKS, FERRY, RETOLD, Desk


def test_an_article_weighs_years_later_what_it_weighed_when_it_was_placed() -> None:
    store = MemoryStore()
    engine, archive = Engine(store), Archive(store)
    for submission in Newsroom(11).stream(120):
        engine.add(submission)
    index, compared, snapshots = Index(EngineSettings()), 0, 0
    for replayed in store.replay():
        reading = read_replayed(replayed, EngineSettings())
        index.apply(replayed.event, reading)
        if reading is not None and "duplicate_of" not in replayed.event.detail:
            vector = vector_of(index.slot_of(replayed.event.article_id or ""), index.clusters.space)
            terms = index.clusters.vocabulary.hashes[vector.terms].tolist()
            weighed = archive.weigh(reading, replayed.event.seq).of_terms
            assert weighed == pytest.approx(dict(zip(terms, vector.weights / UNIT, strict=True)), abs=0)
            compared += 1
        if replayed.vocabulary:
            snapshots += 1
            index.counts.thaw(replayed.vocabulary)
    assert compared > 50
    assert snapshots > 5


def test_weights_follow_what_was_known_at_the_time() -> None:
    desk = Desk()
    first = desk.send(FERRY)
    for submission in Newsroom(5).stream(20):
        desk.send(submission.article.text + " The coast guard said on Monday.", submission.article.title)
    placed = desk.archive.placed(first.article_id)
    then, now = desk.archive.weigh(placed.reading, placed.event.seq), desk.archive.weigh(placed.reading)
    assert then.of_terms != now.of_terms
    assert then.of_terms == weigh_article(placed.reading, None).of_terms
    assert np.sqrt(sum(weight**2 for weight in now.of_terms.values())) == pytest.approx(1, abs=0.001)


def test_shared_weights_add_up_to_the_cosine() -> None:
    desk = Desk()
    left, right, other = (
        desk.archive.weigh(desk.archive.placed(desk.send(text).article_id).reading, 1)
        for text in (FERRY, RETOLD, BANKS)
    )
    shared = shared_weights(left, right)
    assert list(shared.values()) == sorted(shared.values(), reverse=True)
    assert sum(shared_weights(left, left).values()) == pytest.approx(1, abs=0.001)
    assert 0.2 < sum(shared.values()) < 1
    assert sum(shared_weights(left, other).values()) < sum(shared.values()) / 4
    assert {"Aurora", "Sandholm"} < {left.words()[term] for term in shared}
