"""Whatever editors decide, in whatever order, between whatever arrives: it holds, and a replay knows it."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dedupe.constraints import Constraints
from dedupe.engine import Engine
from dedupe.events import EventKind
from dedupe.settings import EngineSettings
from dedupe.store.memory import MemoryStore
from dedupe.store.protocol import Catalogue
from dedupe.store.sql import SqlStore
from tests.dedupe.editor import (
    REFUSALS,
    any_correction,
    check_decisions,
    check_groups,
    check_ids,
    cluster_of,
    every_event,
)
from tests.dedupe.newsroom import Newsroom
from tests.dedupe.test_engine import WARY
from tests.random_seeds import seeds


def edit(engine: Engine, catalogue: Catalogue, seed: int, steps: list[int]) -> list[str]:
    """Let articles arrive, be revised and taken down, and an editor decide between them; return the articles."""
    draw, room = random.Random(seed), Newsroom(seed)
    articles = [engine.add(submission).article_id for submission in room.stream(25)]
    for step in steps:
        if step < 5:
            articles += [answer.article_id for answer in engine.add_all(list(room.stream(step + 1)))]
        elif step == 5:
            there = [i for i in articles if catalogue.article(i).article is not None]
            engine.withdraw(draw.choice(there), room.now)
        else:
            try:
                engine.correct(any_correction(draw, catalogue, articles, room.tick()))
            except REFUSALS:
                continue
        check_decisions(catalogue)
        check_parted(engine)
    return sorted(set(articles))


def check_parted(engine: Engine) -> None:
    """Check that what is kept at hand, of clusters that must not merge, is what the constraints say."""
    index = engine._index
    fresh = Constraints()
    for constraint in index.constraints.in_force():
        fresh.record(replace(constraint.event, detail={**constraint.event.detail, "lifts": ()}))
    for cluster in range(index.clusters.count):
        kept, anew = (held.parted_from(cluster, index) for held in (index.constraints, fresh))
        assert kept.keys() == anew.keys()


def check(engine: Engine, catalogue: Catalogue, articles: list[str], again: Engine) -> None:
    assert again.digest() == engine.digest()
    check_decisions(catalogue)
    check_ids(catalogue)
    check_groups(catalogue, articles)
    for article_id in articles:
        if catalogue.article(article_id).article is not None:
            index = engine._index
            assert index.cluster_id(index.whereabouts(article_id)) == cluster_of(catalogue, article_id)


STEPS = st.lists(st.integers(0, 14), min_size=20, max_size=90)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 10_000), steps=STEPS)
def test_every_decision_holds_and_is_replayed(seed: int, steps: list[int]) -> None:
    store = MemoryStore()
    engine = Engine(store, model=WARY)
    articles = edit(engine, store, seed, steps)
    check(engine, store, articles, Engine(store, model=WARY))


@pytest.mark.parametrize("seed", seeds(1, 4))
def test_a_file_says_what_memory_says(seed: int, tmp_path: Path) -> None:
    draw = random.Random(seed)
    steps = [draw.randrange(15) for _ in range(120)]
    identity = EngineSettings().signature_identity()
    memory, store = MemoryStore(), SqlStore.open(f"sqlite:///{tmp_path / 'news.db'}", identity)
    first, second = Engine(memory, model=WARY), Engine(store, model=WARY)
    articles = edit(first, memory, seed, steps)
    assert edit(second, store.catalogue, seed, steps) == articles
    assert list(every_event(memory)) == list(every_event(store.catalogue))
    assert {event.kind for event in every_event(memory)} >= {EventKind.SPLIT, EventKind.MOVED, EventKind.UNDONE}
    assert first.digest() == second.digest()
    store.close()

    store = SqlStore.open(f"sqlite:///{tmp_path / 'news.db'}", identity)
    check(second, store.catalogue, articles, Engine(store, model=WARY))
    for article_id in articles:
        assert store.catalogue.article(article_id) == memory.article(article_id)
    store.close()
