from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from dedupe.evaluation.decisions import Decisions
from dedupe.evaluation.likeness import Likeness
from dedupe.evaluation.sweep import MOST_PAIRS, Offer, histogram, offers, probabilities, similarities, sweep
from dedupe.events import Event, EventKind

AT = datetime(2026, 3, 2, tzinfo=UTC)


def event(seq: int, kind: EventKind, cluster: str, gone: str | None = None, **detail: Any) -> Event:
    return Event(seq=seq, at=AT, kind=kind, article_id="art", cluster_id=cluster, from_cluster_id=gone, detail=detail)


def rival(cluster: str, confidence: float) -> dict[str, Any]:
    return {"cluster_id": cluster, "confidence": confidence}


@pytest.fixture
def decisions() -> Decisions:
    """A flood in cluster 1, a fire in cluster 2 that takes in a flood, a copy, and then both become one."""
    noted = Decisions()
    noted.note(event(1, EventKind.OPENED, "1", confidence=1.0), "flood1", None)
    noted.note(event(2, EventKind.OPENED, "2", confidence=0.7, runner_up=rival("1", 0.3)), "fire1", None)
    noted.note(event(3, EventKind.JOINED, "2", confidence=0.6, runner_up=rival("1", 0.5)), "flood2", None)
    copied = {"article_id": "x", "jaccard": 0.9, "containment": 1.0}
    noted.note(event(4, EventKind.COPIED, "2", confidence=1.0, duplicate_of=copied), "fire2", "fire1")
    noted.note(event(5, EventKind.JOINED, "2", confidence=0.9), "fire3", None)
    noted.note(event(6, EventKind.MERGED, "1", gone="2"), "fire3", None)
    noted.note(event(7, EventKind.JOINED, "1", confidence=0.8), "fire4", None)
    noted.note(event(8, EventKind.OPENED, "3", confidence=0.9, runner_up=rival("9", 0.1)), "strike1", None)
    noted.note(event(9, EventKind.OPENED, "4", confidence=1.0), "unlabelled", None)
    return noted


EVENTS = {name: name[:-1] for name in ("flood1", "flood2", "fire1", "fire2", "fire3", "fire4", "strike1")}


def test_offers_are_judged_by_who_was_there_then(decisions: Decisions) -> None:
    assert list(offers(decisions, EVENTS)) == [
        Offer(0.0, None, has_event=False),  # flood1: nothing was there
        Offer(0.3, False, has_event=False),  # fire1: only the flood was
        Offer(0.6, False, has_event=True),  # flood2 went to the fire
        Offer(0.9, True, has_event=True),  # fire3, after a fire, a copy of it and one flood
        Offer(0.8, True, has_event=True),  # fire4, in the merged cluster: three fires to two floods
        Offer(0.1, None, has_event=False),  # strike1: nobody knows what cluster 9 is about
    ]


def test_articles_that_left_a_cluster_count_where_they_went(decisions: Decisions) -> None:
    parted = event(10, EventKind.SPLIT, "5", gone="1")
    decisions.note_split(parted, "unlabelled", ["flood1", "flood2", "unlabelled"])
    decisions.note(event(11, EventKind.JOINED, "5", confidence=0.75), "flood3", None)
    decisions.note(event(12, EventKind.JOINED, "1", confidence=0.65), "fire5", None)
    decisions.note(event(13, EventKind.OPENED, "6", confidence=0.6, runner_up=rival("1", 0.4)), "flood4", None)
    labels = EVENTS | {"flood3": "flood", "flood4": "flood", "fire5": "fire"}

    assert list(offers(decisions, labels))[-3:] == [
        Offer(0.75, True, has_event=True),
        Offer(0.65, True, has_event=True),
        Offer(0.4, False, has_event=True),
    ]


def test_precision_and_recall_of_taking_offers(decisions: Decisions) -> None:
    points = {point.threshold: point for point in sweep(offers(decisions, EVENTS))}

    assert (points[0.0].precision, points[0.0].recall) == (2 / 4, 2 / 3)
    assert (points[0.5].precision, points[0.5].recall) == (2 / 3, 2 / 3)
    assert (points[0.7].precision, points[0.7].recall) == (1.0, 2 / 3)
    assert (points[0.86].precision, points[0.86].recall) == (1.0, 1 / 3)
    assert max(points) == 0.9, "above the most probable offer there is nothing to be right about"


def test_nothing_offered_is_no_curve() -> None:
    assert sweep([]) == []
    assert sum(probabilities([])[0].counts) == 0


def test_right_and_wrong_are_counted_apart(decisions: Decisions) -> None:
    right, wrong = probabilities(list(offers(decisions, EVENTS)))

    assert (sum(right.counts), sum(wrong.counts)) == (2, 2)
    assert right.counts[20] == right.counts[22] == 1
    assert wrong.counts == histogram("", [0.3, 0.6]).counts


class Counting:
    """Texts that say how often they were asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []

    def cosine(self, left: str, right: str) -> float:
        self.asked.append((left, right))
        return 0.5

    def likeness(self, left: str, right: str) -> Likeness:
        raise AssertionError


def test_neighbours_are_compared() -> None:
    texts = Counting()
    found = {"flood1": "1", "flood2": "2", "flood3": "2", "fire1": "2"}
    events = {"flood1": "flood", "flood2": "flood", "flood3": "flood", "fire1": "fire"}
    together, apart, false = similarities(texts, found, events)

    assert texts.asked == [("flood2", "flood3"), ("flood1", "flood2"), ("flood3", "fire1")]
    assert (sum(together.counts), sum(apart.counts), sum(false.counts)) == (1, 1, 1)


def test_a_large_stream_is_sampled() -> None:
    texts = Counting()
    events = dict.fromkeys(map(str, range(3 * MOST_PAIRS)), "election")
    similarities(texts, events, events)

    assert len(texts.asked) == MOST_PAIRS
    assert int(texts.asked[-1][1]) > 2.9 * MOST_PAIRS


def test_what_a_cluster_became(decisions: Decisions) -> None:
    assert [decisions.cluster_at("fire1", seq) for seq in (6, 7)] == ["2", "1"]
    change = decisions.between("flood1", "fire1")
    assert change
    assert change.article_id == "fire3"
    assert decisions.between("flood1", "strike1") is None
    assert decisions.stream_order(["unlabelled", "nobody", "fire3", "flood1"]) == [
        "flood1",
        "fire3",
        "unlabelled",
        "nobody",
    ]
