"""Where the join decision learns what is alike and is not one event: topics, made from a small stream of years."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import streams
from learning import BASE_RATES, UNLEARNED, forced_examples, free_examples
from streams import Labelled, Set
from topics import AT_ONCE, FAR, topics

from dedupe.clusters.features import FEATURES

BEGIN = datetime(2019, 5, 1, tzinfo=UTC)
YEARS, HALF_YEAR = 6, timedelta(days=182)


@pytest.fixture(autouse=True)
def years(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A set of a ferry that runs aground every half year, told of three times in the newest, and of a mill's fires."""
    draw = np.random.default_rng(7)
    rows: list[dict[str, Any]] = []

    def row(what: str, date: datetime, event: str | None = None) -> dict[str, Any]:
        words = " ".join(f"w{number}" for number in draw.integers(5_000, size=50))
        text = f"{what}, the harbour office of Port Merrow said. {words}."
        told = {"id": str(len(rows)), "title": what, "text": text, "lang": "en", "published_at": date.isoformat()}
        return told | ({"cluster": event} if event else {})

    for half in range(2 * YEARS):
        date = BEGIN + half * HALF_YEAR
        rows.append(row("The ferry Aurora ran aground off Kelsby harbour", date))
        rows.append(row("Fire broke out at the Brannock paper mill", date))
    for hours in range(3):
        date = BEGIN + 2 * YEARS * HALF_YEAR + timedelta(hours=hours)
        rows.append(row("The ferry Aurora ran aground off Kelsby again", date, "again"))
    folder = tmp_path / tmp_path.name
    folder.mkdir()
    with gzip.open(folder / "docs.jsonl.gz", "wt", encoding="utf-8") as lines:
        lines.writelines(json.dumps(row) + "\n" for row in rows)
    monkeypatch.setattr(streams, "DATASETS", tmp_path)
    return tmp_path.name


def drawn(part: Set, seeds: int = 8) -> list[list[Labelled]]:
    """Return the streams of several draws; the set has one event, so each stream is one topic."""
    return [articles for seed in range(seeds) for articles in topics(part, seed)]


def dates_of(articles: list[Labelled]) -> tuple[list[datetime], list[datetime]]:
    """Return when the event's articles were published, and when those like it were."""
    moments = [(article.gold, article.published) for article in articles if article.published]
    return [date for gold, date in moments if gold], [date for gold, date in moments if not gold]


def test_what_is_alike_is_of_another_time_than_the_event_and_each_other(years: str) -> None:
    """Each topic holds the whole event; nothing else in it is near in time to anything."""
    several = drawn(Set(years, topical=True))
    assert len({len(articles) for articles in several}) > 2, "a few or many of those alike"
    for articles in several:
        event, others = dates_of(articles)
        assert len(event) == 3
        for at, date in enumerate(others):
            assert all(abs(date - other) > FAR for other in event + others[:at])


def test_the_engine_is_told_their_dates_or_none_or_those_of_one_week(years: str) -> None:
    """What it is told changes, when they really were does not."""
    told = {
        name: [article.submission.article.published_at for articles in drawn(part) for article in articles]
        for name, part in {
            "dated": Set(years, topical=True),
            "undated": Set(years, topical=True, dated=False),
            "at once": Set(years, topical=True, at_once=True),
        }.items()
    }
    really = [article.published for articles in drawn(Set(years, topical=True)) for article in articles]
    assert sorted(date for date in told["dated"] if date) == sorted(date for date in really if date)
    assert set(told["undated"]) == {None}
    week = [date for date in told["at once"] if date]
    assert max(week) - min(week) <= 2 * AT_ONCE + timedelta(days=1)


@pytest.mark.parametrize("dated", [True, False], ids=["dated", "undated"])
def test_what_is_of_another_time_is_learned_as_wrong_and_the_event_as_right(years: str, dated: bool) -> None:
    """Also for articles without a label, and whatever the engine is told."""
    part = Set(years, topical=True, dated=dated)
    for lot in (forced_examples(part, 0), free_examples(part, UNLEARNED, 1)):
        assert lot.labels.any()
        assert not lot.labels.all()
        assert len(lot.features) == len(lot.labels)


def test_what_is_alike_is_learned_at_any_base_rate(years: str) -> None:
    """Where labels say what joins, the base rate is that of the stream; among topics it tells nothing."""
    rates = {
        part: forced_examples(part, 0).features[:, FEATURES.index("base_rate")]
        for part in (Set(years), Set(years, topical=True))
    }
    own, drawn_rates = rates.values()
    assert np.ptp(own) < 0.1, "of so short a stream little is known"
    assert np.ptp(drawn_rates) > 0.3
    assert BASE_RATES[0] <= drawn_rates.min() < drawn_rates.max() <= BASE_RATES[1]
