"""The five pages the project started from, as scraped: two tell of one event, the others of three more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path

import pytest

from dedupe import ids
from dedupe.article import Article
from dedupe.engine import Engine, Submission
from dedupe.events import Assignment
from dedupe.store.memory import MemoryStore

PAGES = sorted((Path(__file__).parents[2] / "shared" / "seeds").glob("*.txt"))
DATES = ((2023, 4, 22), (2023, 4, 24), (2024, 5, 2), (2021, 8, 20), (2023, 4, 29))
SAMPLE_END = datetime(2026, 3, 15, tzinfo=UTC)

pytestmark = pytest.mark.skipif(not PAGES, reason="../shared/seeds is not here")


def posted(engine: Engine, order: tuple[int, ...], *, dated: bool) -> dict[int, Assignment]:
    """Send the pages in the order given; return where each is."""
    answers = {}
    for number in order:
        published = datetime(*DATES[number], tzinfo=UTC) if dated else None
        article = Article(text=PAGES[number].read_text(encoding="utf-8"), published_at=published)
        received = SAMPLE_END + timedelta(seconds=number)
        submission = Submission(article=article, article_id=ids.encode("art", number), received_at=received)
        answers[number] = engine.add(submission)
    return answers


@pytest.mark.parametrize("dated", [True, False], ids=["dated", "undated"])
@pytest.mark.parametrize("first", range(5))
def test_two_pages_share_a_cluster_and_three_stand_alone(first: int, *, dated: bool) -> None:
    for order in permutations(range(5)):
        if order[0] != first:
            continue
        answers = posted(Engine(MemoryStore()), order, dated=dated)
        assert answers[0].cluster_id == answers[1].cluster_id, order
        assert len({answer.cluster_id for answer in answers.values()}) == 4, order
        assert all(answer.duplicate_group_id is None for answer in answers.values()), order
