"""Floods: however much of the same comes in, an article costs what it did at the beginning."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from statistics import median

import numpy as np
import pytest

from dedupe import ids
from dedupe.article import Article
from dedupe.engine import Engine, Submission
from dedupe.store.discard import DiscardStore
from dedupe.warming import warm_up

pytestmark = pytest.mark.soak

START = datetime(2026, 3, 2, tzinfo=UTC)
GROUP = 100
COMPARED = 100
"""Groups at either end: the first and the last 10,000 articles."""
MOST_GROWTH = 3.0
WORDS = np.array(
    [f"{first}{second}" for first in ("ba", "cor", "da", "fen", "gil") for second in map(str, range(4_000))]
)
NOTICE = (
    "The harbour office gives notice of the tide at the outer mole of Sandholm: high water at {hour} hours, {height}"
    " centimetres above chart datum; low water follows {later} minutes afterwards. Masters of vessels drawing more than"
    " {draught} decimetres report to the pilot station before passing the breakwater, and keep to the marked fairway."
)

Texts = Callable[[int], Iterator[str]]


def notices(count: int) -> Iterator[str]:
    """Yield one text with other numbers in it each time."""
    rng = np.random.default_rng(3)
    for _ in range(count):
        hour, height, later, draught = rng.integers(0, 2_400), *rng.integers(100, 999, 3)
        yield NOTICE.format(hour=hour, height=height, later=later, draught=draught)


def copies(count: int) -> Iterator[str]:
    """Yield one and the same text."""
    return (NOTICE.format(hour=1, height=2, later=3, draught=4) for _ in range(count))


def fashions(count: int) -> Iterator[str]:
    """Yield texts that have one word in common, and are about something else each."""
    rng = np.random.default_rng(4)
    for _ in range(count):
        yield " ".join(["Eurovision", *rng.choice(WORDS, 60)])


def seconds_by_group(engine: Engine, texts: Iterator[str]) -> list[float]:
    """Add texts a second apart, each under a name of its own; return the processor time of each group."""
    seconds = []
    numbered = enumerate(texts)
    while rows := list(islice(numbered, GROUP)):
        group = [submission(number, text) for number, text in rows]
        begun = time.thread_time()
        answers = engine.add_all(group)
        seconds.append(time.thread_time() - begun)
        assert len(answers) == len(group)
    return seconds


def submission(number: int, text: str) -> Submission:
    """Return a text as it comes in."""
    at = START + timedelta(seconds=number)
    article = Article(text=text, uri=str(number), source="Port Merrow Courier", published_at=at, language="en")
    return Submission(article=article, article_id=ids.encode("art", number), received_at=at)


@pytest.mark.parametrize(
    ("texts", "count", "floods_buckets"),
    [(notices, 100_000, True), (copies, 100_000, True), (fashions, 20_000, False)],
    ids=["notices", "copies", "fashions"],
)
def test_an_article_of_a_flood_costs_no_more_at_its_end(
    texts: Texts, count: int, floods_buckets: bool, report: Callable[[str], None]
) -> None:
    warm_up()
    engine = Engine(DiscardStore())
    seconds = seconds_by_group(engine, texts(count))
    first, last = median(seconds[:COMPARED]), median(seconds[-COMPARED:])
    statistics = engine.statistics()
    report(
        f"{1e3 * first / GROUP:.3f} then {1e3 * last / GROUP:.3f} ms an article,"
        f" {statistics.flooded_buckets:,} flooded buckets, {statistics.live_clusters:,} of"
        f" {statistics.live_articles:,} live articles are clusters",
    )
    assert len(seconds) == count // GROUP
    assert last <= MOST_GROWTH * first
    assert (statistics.flooded_buckets > 0) == floods_buckets
