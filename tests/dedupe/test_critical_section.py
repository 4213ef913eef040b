"""From candidates to commit is one critical section: held by a test that cannot pass without it."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext, suppress
from datetime import UTC, datetime

import pytest

from dedupe import ids
from dedupe.article import Article
from dedupe.engine import Engine, Submission
from dedupe.events import Assignment, Decision
from dedupe.store.memory import MemoryStore

THREADS = 50
AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
ARTICLE = Article(
    title="Harbour ferry runs aground off Sandholm",
    text="The ferry Aurora ran aground at dawn on Monday; all 212 people on board were brought ashore. " * 4,
    source="Eastlow Standard",
    uri="eastlow:4711",
    published_at=AT,
    language="en",
)


class PausingStore(MemoryStore):
    """A store from which readers come back one at a time, and only when all have read or ``patience`` seconds are over.

    Those who may read only one after the other never meet: they wait in vain, and need little patience.
    """

    def __init__(self, patience: float) -> None:
        super().__init__()
        self._patience = patience
        self._all_have_read = threading.Barrier(THREADS)
        self._turn = threading.Lock()

    def find(self, identities: Sequence[bytes]) -> Mapping[bytes, str]:
        found = super().find(identities)
        with suppress(threading.BrokenBarrierError):
            self._all_have_read.wait(self._patience)
        with self._turn:
            time.sleep(0.02)
        return found


def check_one_article(engine: Engine, store: MemoryStore) -> None:
    """Add one article in many threads at once; check that it is one, in one cluster, and known to all but the first."""
    together = threading.Barrier(THREADS)

    def post(number: int) -> Assignment:
        submission = Submission(article=ARTICLE, article_id=ids.encode("art", number), received_at=AT)
        together.wait(30)
        return engine.add(submission)

    with ThreadPoolExecutor(THREADS) as pool:
        posts = [pool.submit(post, number) for number in range(THREADS)]
    assert [failure for one in posts if (failure := one.exception())] == []
    answers = [one.result() for one in posts]
    assert Counter(answer.decision for answer in answers) == {Decision.OPENED: 1, Decision.UNCHANGED: THREADS - 1}
    assert len({(answer.article_id, answer.cluster_id) for answer in answers}) == 1
    totals = store.totals()
    assert (totals.articles, totals.clusters, totals.duplicate_groups, totals.last_seq) == (1, 1, 0, 1)
    assert engine.digest() == Engine(store).digest()


@pytest.mark.parametrize("attempt", range(3))
def test_an_article_added_by_many_at_once_is_one(attempt: int) -> None:
    store = PausingStore(patience=0.02)
    check_one_article(Engine(store), store)


@pytest.mark.parametrize("attempt", range(3))
def test_without_the_lock_it_is_not(attempt: int, monkeypatch: pytest.MonkeyPatch) -> None:
    store = PausingStore(patience=30)
    engine = Engine(store)
    monkeypatch.setattr(engine._ledger, "_deciding", nullcontext())
    with pytest.raises(AssertionError):
        check_one_article(engine, store)
