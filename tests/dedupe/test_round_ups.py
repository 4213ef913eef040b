"""Round-ups: told of in several clusters, a weight in none."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from dedupe import ids
from dedupe.article import Article
from dedupe.corrections import Merge
from dedupe.engine import Engine
from dedupe.events import Assignment, Decision, Event, EventKind
from dedupe.settings import EngineSettings
from dedupe.store.memory import MemoryStore
from dedupe.submission import Submission
from tests.dedupe.newsroom import Newsroom

SAMPLE = Path(__file__).parents[2] / "data" / "sample"


def sample() -> list[tuple[str, Submission]]:
    rows = [json.loads(line) for line in (SAMPLE / "articles.jsonl").read_text(encoding="utf-8").splitlines()]
    submissions = []
    for number, row in enumerate(rows):
        moment = datetime.fromisoformat(row["published_at"])
        article = Article(
            title=row["title"], text=row["text"], source=row["source"], published_at=moment, language=row["language"]
        )
        submissions.append(
            (row["id"], Submission(article=article, article_id=ids.encode("art", number), received_at=moment))
        )
    return sorted(submissions, key=lambda pair: pair[1].received_at)


def roles() -> dict[str, str]:
    rows = map(json.loads, (SAMPLE / "gold.jsonl").read_text(encoding="utf-8").splitlines())
    return {row["id"]: row["role"] for row in rows}


class Desk:
    """Three events, told in three reports each."""

    def __init__(self, seed: int) -> None:
        self.room = Newsroom(seed)
        self.store = MemoryStore()
        self.engine = Engine(self.store)
        self.events = [self.room.happen() for _ in range(3)]
        self.reports = [self.room.report(event, 150) for _ in range(3) for event in self.events]
        self.clusters = [answer.cluster_id for answer in self.engine.add_all(self.reports)]
        assert len(set(self.clusters)) == 3
        assert self.clusters[:3] * 3 == self.clusters

    def weights(self) -> list[tuple[int, int]]:
        """Return of each cluster how many members weigh in it, and the length of their sum."""
        with self.engine.held() as index:
            columns = index.clusters.clusters
            numbers = [index.cluster_number(cluster_id) for cluster_id in self.clusters[:3]]
            return [(int(columns.members[number]), int(columns.squared[number])) for number in numbers]

    def told_in(self, answer: Assignment) -> set[str]:
        return {answer.cluster_id, *answer.also_in}


def test_the_round_ups_of_the_sample_are_told_apart() -> None:
    engine, role = Engine(MemoryStore()), roles()
    names = {submission.article_id: name for name, submission in sample()}
    found = {names[answer.article_id]: answer for _, one in sample() if (answer := engine.add(one)).also_in}
    assert found
    assert {role[name] for name in found} == {"round_up"}
    for answer in found.values():
        assert len(answer.also_in) >= 2
        assert len({answer.cluster_id, *answer.also_in}) == 1 + len(answer.also_in)


@pytest.mark.parametrize("seed", [1, 3, 5, 6, 8, 9])
def test_a_round_up_is_listed_in_each_cluster_and_weighs_in_none(seed: int) -> None:
    desk = Desk(seed)
    before = desk.weights()
    answer = desk.engine.add(desk.room.briefing(desk.events))
    assert answer.decision is Decision.JOINED
    assert desk.told_in(answer) == set(desk.clusters)
    assert desk.weights() == before
    for cluster_id in answer.also_in:
        assert [told.article_id for told in desk.store.round_ups(cluster_id, 9, None).rows] == [answer.article_id]
    assert desk.store.round_ups(answer.cluster_id, 9, None).rows == []


@pytest.mark.parametrize("seed", [0, 1, 2, 3, 5, 6])
def test_a_report_that_mixes_the_words_of_three_events_is_no_round_up(seed: int) -> None:
    desk = Desk(seed)
    briefing = desk.room.briefing(desk.events)
    words = np.random.default_rng(seed).permutation(briefing.article.text.split()).tolist()
    answer = desk.engine.add(replace(briefing, article=replace(briefing.article, text=" ".join(words))))
    assert answer.also_in == ()


def test_two_events_are_no_round_up() -> None:
    desk = Desk(3)
    assert desk.engine.add(desk.room.briefing(desk.events[:2], 90)).also_in == ()


def test_it_is_no_occasion_for_a_merge() -> None:
    desk = Desk(1)
    events = list[Event]()
    desk.engine.subscribe(events.append)
    desk.engine.add(desk.room.briefing(desk.events))
    assert [event.kind for event in events] == [EventKind.JOINED]


def test_a_copy_of_a_round_up_is_a_copy_and_told_of_in_one_cluster() -> None:
    desk = Desk(3)
    briefing = desk.room.briefing(desk.events)
    first = desk.engine.add(briefing)
    copy = desk.engine.add(desk.room.copy(briefing, keep=0.9))
    assert copy.duplicate_of is not None
    assert (copy.duplicate_of.article_id, copy.cluster_id, copy.also_in) == (first.article_id, first.cluster_id, ())


def test_a_revision_into_a_report_weighs_and_one_into_a_round_up_does_not() -> None:
    desk = Desk(5)
    before = desk.weights()
    briefing = desk.room.briefing(desk.events)
    placed = desk.engine.add(briefing)
    report = desk.room.report(desk.events[2], 150)
    revised = desk.engine.add(
        replace(report, article=replace(report.article, uri=briefing.article.uri, source=briefing.article.source))
    )
    assert (revised.decision, revised.article_id, revised.also_in) == (Decision.REVISED, placed.article_id, ())
    assert revised.cluster_id == desk.clusters[2]
    assert desk.weights()[2][0] == before[2][0] + 1
    again = desk.engine.add(replace(briefing, article_id=report.article_id))
    assert desk.told_in(again) == set(desk.clusters)
    assert desk.weights() == before


def test_a_round_up_that_is_revised_a_little_stays_and_tells_of_the_same_events() -> None:
    desk = Desk(5)
    briefing = desk.room.briefing(desk.events)
    placed = desk.engine.add(briefing)
    longer = desk.engine.add(desk.room.revision(briefing))
    assert longer.cluster_id == placed.cluster_id
    assert set(longer.also_in) == set(placed.also_in)


def test_taking_it_down_takes_it_off_every_list() -> None:
    desk = Desk(6)
    before = desk.weights()
    answer = desk.engine.add(desk.room.briefing(desk.events))
    desk.engine.withdraw(answer.article_id, desk.room.now)
    assert all(desk.store.round_ups(cluster_id, 9, None).rows == [] for cluster_id in answer.also_in)
    assert desk.weights() == before


def test_it_is_found_where_a_cluster_was_merged_into() -> None:
    desk = Desk(1)
    answer = desk.engine.add(desk.room.briefing(desk.events))
    first, second = answer.also_in
    merge = Merge(cluster_id=first, other_id=second, actor="Ada", note=None, at=desk.room.now)
    survivor = desk.engine.correct(merge).cluster_id
    assert [told.article_id for told in desk.store.round_ups(survivor, 9, None).rows] == [answer.article_id]


@pytest.mark.parametrize("seed", [1, 5, 8])
def test_a_replay_gives_the_same_index(seed: int) -> None:
    desk = Desk(seed)
    briefings = [desk.room.briefing(desk.events) for _ in range(3)]
    desk.engine.add_all([*briefings, *desk.room.stream(40), desk.room.revision(briefings[0])])
    desk.engine.withdraw(briefings[1].article_id, desk.room.now)
    told = [event for event in desk.store.changes(0, 1_000) if event.detail.get("also_in")]
    assert told
    assert Engine(desk.store, EngineSettings()).digest() == desk.engine.digest()
