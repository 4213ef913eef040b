from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from dedupe.article import Article
from dedupe.clusters.decision import JoinModel
from dedupe.clusters.features import FEATURES
from dedupe.engine import Engine, Submission
from dedupe.errors import ReusedIdempotencyKey, StoreUnavailable, UnknownArticle, WithdrawnArticle
from dedupe.events import Assignment, Decision, Event, EventKind
from dedupe.settings import EngineSettings
from dedupe.store.memory import MemoryStore
from dedupe.store.records import Change
from tests.dedupe.models import rising
from tests.dedupe.newsroom import Newsroom

FORGETFUL = EngineSettings(keep_articles=20, copy_window=timedelta(hours=20), cluster_window=timedelta(hours=8))


WARY = rising("centroid", threshold=0.8, merge_threshold=0.05, middle=0.33)
"""Opens too many clusters and merges them later: puts merging to work."""


@pytest.fixture
def room() -> Newsroom:
    return Newsroom(1)


def live(engine: Engine, room: Newsroom, count: int, draw: random.Random) -> None:
    """Send groups of articles, and take some of them down."""
    stream, there = list(room.stream(count)), []
    while stream:
        size = draw.randint(1, 9)
        group, stream = stream[:size], stream[size:]
        there += [answer.article_id for answer in engine.add_all(group)]
        if draw.random() < 0.3:
            victim = draw.choice(there)
            there = [article_id for article_id in there if article_id != victim]
            engine.withdraw(victim, room.now)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("settings", [EngineSettings(), FORGETFUL], ids=["long memory", "short memory"])
@pytest.mark.parametrize("decides", [None, WARY], ids=["shipped", "wary"])
def test_a_replay_gives_the_same_index(seed: int, settings: EngineSettings, decides: JoinModel | None) -> None:
    store, events = MemoryStore(), list[Event]()
    engine = Engine(store, settings, model=decides, on_event=events.append)
    live(engine, Newsroom(seed), 220, random.Random(seed))
    kinds = {event.kind for event in events}
    assert kinds >= {EventKind.OPENED, EventKind.JOINED, EventKind.COPIED, EventKind.REVISED, EventKind.WITHDRAWN}
    assert decides is None or EventKind.MERGED in kinds

    replayed = Engine(store, settings, model=decides)
    assert replayed.digest() == engine.digest()
    assert replayed.statistics() == engine.statistics()


@pytest.mark.parametrize("seed", range(3))
def test_after_a_restart_decisions_are_what_they_would_have_been(seed: int) -> None:
    first, second = MemoryStore(), MemoryStore()
    steady, restarted = Engine(first, model=WARY), Engine(second, model=WARY)
    for number, submission in enumerate(Newsroom(seed).stream(160)):
        if number % 20 == 0:
            restarted = Engine(second, model=WARY)
        assert restarted.add(submission) == steady.add(submission)


@pytest.mark.parametrize("seed", range(3))
def test_groups_of_any_size_give_the_same_log(seed: int) -> None:
    def log(*sizes: int) -> list[Event]:
        events: list[Event] = []
        engine, stream = Engine(MemoryStore(), model=WARY, on_event=events.append), Newsroom(seed).stream(120)
        group: list[Submission] = []
        for number, submission in enumerate(stream):
            group.append(submission)
            if len(group) == sizes[number % len(sizes)]:
                engine.add_all(group)
                group = []
        engine.add_all(group)
        return events

    assert log(1) == log(120) == log(3, 7, 2)


def test_events_are_numbered_without_gaps_and_told_in_order(room: Newsroom) -> None:
    events: list[Event] = []
    engine = Engine(MemoryStore(), model=WARY, on_event=events.append)
    live(engine, room, 100, random.Random(4))

    assert [event.seq for event in events] == list(range(1, len(events) + 1))


def test_the_store_knows_what_the_answers_said(room: Newsroom) -> None:
    store = MemoryStore()
    engine = Engine(store, model=WARY)
    for submission in room.stream(150):
        answer = engine.add(submission)
        stored = store.article(answer.article_id).assignment
        assert (stored.cluster_id, stored.duplicate_group_id) == (answer.cluster_id, answer.duplicate_group_id)
    for original in room.published:
        again = engine.add(replace(original, article_id=room.next_id()))
        stored = store.article(again.article_id).assignment
        assert again.decision is Decision.UNCHANGED
        assert (stored.cluster_id, stored.duplicate_group_id) == (again.cluster_id, again.duplicate_group_id)


def test_every_duplicate_group_lies_inside_one_cluster(room: Newsroom) -> None:
    store, clusters = MemoryStore(), dict[str, set[str]]()
    engine = Engine(store, model=WARY)
    known = [engine.add(submission).article_id for submission in room.stream(200)]
    for article_id in known:
        placed = store.article(article_id).assignment
        if placed.duplicate_group_id:
            clusters.setdefault(placed.duplicate_group_id, set()).add(placed.cluster_id)

    assert clusters
    assert all(len(within) == 1 for within in clusters.values())


def test_reports_of_one_event_join_and_their_copies_follow(room: Newsroom) -> None:
    engine = Engine(MemoryStore())
    for _ in range(10):
        engine.add(room.report(room.happen()))
    first = room.report(room.happen())
    opened = engine.add(first)
    joined = engine.add(room.report(10))
    copied = engine.add(room.copy(first))

    assert [answer.decision for answer in (opened, joined, copied)] == [
        Decision.OPENED,
        Decision.JOINED,
        Decision.COPIED,
    ]
    assert opened.cluster_id == joined.cluster_id == copied.cluster_id
    assert copied.duplicate_of
    assert copied.duplicate_of.article_id == opened.article_id
    assert copied.duplicate_of.containment > 0.95
    assert opened.duplicate_group_id is None
    assert engine.add(replace(first, article_id=room.next_id())).duplicate_group_id == copied.duplicate_group_id


def test_a_preview_says_what_would_happen_and_changes_nothing(room: Newsroom) -> None:
    store = MemoryStore()
    engine = Engine(store)
    for submission in room.stream(80):
        before = engine.digest(), store.last_seq()
        foretold = engine.preview(submission)
        assert (engine.digest(), store.last_seq()) == before
        answer = engine.add(submission)
        if answer.decision is not Decision.UNCHANGED:
            assert foretold.seq is None
        merges = [event for event in store.changes(before[1], 10) if event.kind is EventKind.MERGED]
        told = merges[0].from_cluster_id if merges and foretold.cluster_id != answer.cluster_id else answer.cluster_id
        assert replace(foretold, seq=answer.seq) == replace(answer, cluster_id=told), "but for a merge"


def test_the_same_article_again_changes_nothing(room: Newsroom) -> None:
    store = MemoryStore()
    engine = Engine(store)
    submission = room.report(room.happen())
    first = engine.add(submission)
    digest = engine.digest()
    again = engine.add(replace(submission, article_id=room.next_id(), received_at=room.tick()))

    assert again == replace(first, decision=Decision.UNCHANGED)
    assert (engine.digest(), store.last_seq()) == (digest, 1)


def test_the_same_article_twice_in_one_group_is_one_article(room: Newsroom) -> None:
    store = MemoryStore()
    submission = room.report(room.happen())
    answers = Engine(store).add_all([submission, replace(submission, article_id=room.next_id())])

    assert [answer.decision for answer in answers] == [Decision.OPENED, Decision.UNCHANGED]
    assert answers[0].article_id == answers[1].article_id
    assert store.last_seq() == 1


def test_a_repeated_request_is_the_same_request(room: Newsroom) -> None:
    store = MemoryStore()
    engine = Engine(store)
    sent = replace(room.report(room.happen()), idempotency_key="k1")
    first = engine.add(sent)
    again = engine.add(replace(sent, article_id=room.next_id(), received_at=room.tick()))

    assert (again.article_id, again.decision) == (first.article_id, Decision.UNCHANGED)
    assert store.last_seq() == 1


def test_a_key_used_for_something_else_is_refused_and_the_others_go_in(room: Newsroom) -> None:
    store = MemoryStore()
    engine = Engine(store)
    sent = [replace(room.report(room.happen()), idempotency_key=key) for key in ("k1", "k1", "k2")]
    answers = engine.add_each(sent)

    assert isinstance(answers[1], ReusedIdempotencyKey)
    assert [isinstance(answer, Assignment) for answer in answers] == [True, False, True]
    assert store.last_seq() == 2
    with pytest.raises(ReusedIdempotencyKey):
        engine.add(replace(sent[1], article_id=room.next_id()))
    assert Engine(store).digest() == engine.digest()


def test_whoever_subscribes_is_told_from_then_on(room: Newsroom) -> None:
    engine, told = Engine(MemoryStore()), list[Event]()
    engine.add(room.report(room.happen()))
    engine.subscribe(told.append)
    engine.add(room.report(room.happen()))

    assert [event.seq for event in told] == [2]


def test_a_revision_keeps_its_id_and_its_place(room: Newsroom) -> None:
    store = MemoryStore()
    engine = Engine(store)
    first = room.report(room.happen())
    opened, revised = engine.add(first), engine.add(room.revision(first))

    assert revised.decision is Decision.REVISED
    assert (revised.article_id, revised.cluster_id) == (opened.article_id, opened.cluster_id)
    assert store.article(opened.article_id).revision == 2


def test_a_revision_that_tells_of_something_else_moves(room: Newsroom) -> None:
    events: list[Event] = []
    engine = Engine(MemoryStore(), on_event=events.append)
    for _ in range(10):
        engine.add(room.report(room.happen()))
    here, there = room.report(0), room.report(1)
    joined = engine.add(here)
    text = replace(here.article, title=there.article.title, text=there.article.text)
    revised = engine.add(Submission(article=text, article_id=room.next_id(), received_at=room.tick()))

    assert revised.cluster_id == engine.add(there).cluster_id != joined.cluster_id
    moved = next(event for event in events if event.kind is EventKind.REVISED)
    assert moved.from_cluster_id == joined.cluster_id


def test_a_revision_into_a_story_of_its_own_leaves_the_others(room: Newsroom) -> None:
    store = MemoryStore()
    events: list[Event] = []
    engine = Engine(store, on_event=events.append)
    here, told = [room.report(room.happen()) for _ in range(1)], room.report(room.happen())
    here.append(room.report(0))
    opened, joined = [engine.add(submission) for submission in here]
    assert opened.cluster_id == joined.cluster_id
    text = replace(here[0].article, title=told.article.title, text=told.article.text)
    left = engine.add(Submission(article=text, article_id=room.next_id(), received_at=room.tick()))

    assert left.cluster_id != joined.cluster_id
    assert engine.add(told).cluster_id == left.cluster_id
    assert store.article(joined.article_id).assignment.cluster_id == joined.cluster_id
    assert Engine(store).digest() == engine.digest()


def test_a_copy_that_is_revised_a_little_stays_a_copy(room: Newsroom) -> None:
    engine = Engine(MemoryStore())
    original = room.report(room.happen())
    engine.add(original)
    copy = room.copy(original)
    copied, revised = engine.add(copy), engine.add(room.revision(copy))

    assert revised.decision is Decision.REVISED
    assert revised.duplicate_of == copied.duplicate_of
    assert revised.duplicate_group_id == copied.duplicate_group_id


def test_what_is_taken_down_is_not_found_again(room: Newsroom) -> None:
    store = MemoryStore()
    engine = Engine(store)
    original = room.report(room.happen())
    opened = engine.add(original)
    event = engine.withdraw(opened.article_id, room.tick())
    later = engine.add(replace(original, article_id=room.next_id(), received_at=room.tick()))

    assert (event.kind, event.cluster_id) == (EventKind.WITHDRAWN, opened.cluster_id)
    assert store.article(opened.article_id).article is None
    assert later.decision is Decision.OPENED
    assert later.cluster_id != opened.cluster_id
    assert later.duplicate_of is None


def test_a_group_of_which_one_is_left_dissolves(room: Newsroom) -> None:
    engine = Engine(MemoryStore())
    original = room.report(room.happen())
    opened, copied = engine.add(original), engine.add(room.copy(original))
    engine.withdraw(copied.article_id, room.tick())

    assert copied.duplicate_group_id
    assert engine.add(replace(original, article_id=room.next_id())).duplicate_group_id is None
    assert opened.cluster_id == copied.cluster_id


def test_copies_stay_in_their_cluster_when_the_original_goes(room: Newsroom) -> None:
    engine = Engine(MemoryStore())
    original = room.report(room.happen())
    opened = engine.add(original)
    copies = [room.copy(original), room.copy(original, keep=0.95)]
    engine.add_all(copies)
    engine.withdraw(opened.article_id, room.tick())

    for copy in copies:
        assert engine.add(replace(copy, article_id=room.next_id())).cluster_id == opened.cluster_id
    assert engine.add(room.copy(copies[1], keep=0.9)).cluster_id == opened.cluster_id


def test_only_what_is_there_can_be_taken_down(room: Newsroom) -> None:
    engine = Engine(MemoryStore())
    opened = engine.add(room.report(room.happen()))
    engine.withdraw(opened.article_id, room.tick())

    with pytest.raises(WithdrawnArticle, match=opened.article_id):
        engine.withdraw(opened.article_id, room.tick())
    with pytest.raises(UnknownArticle, match="art_000000000000z"):
        engine.withdraw("art_000000000000z", room.tick())


def test_articles_of_different_languages_never_join(room: Newsroom) -> None:
    engine = Engine(MemoryStore(), model=rising("centroid", threshold=0.01, merge_threshold=0.01, middle=-2.0))
    submission = room.report(room.happen())
    english = engine.add(submission)
    words = submission.article.text.split()
    shuffled = replace(submission.article, uri="other", language="fr", text=" ".join(sorted(words)))
    french = engine.add(Submission(article=shuffled, article_id=room.next_id(), received_at=room.now))

    assert french.cluster_id != english.cluster_id


def test_a_text_of_no_known_language_is_taken_for_the_common_one(room: Newsroom) -> None:
    store = MemoryStore()
    engine = Engine(store)
    for _ in range(3):
        engine.add(room.report(room.happen()))
    answer = engine.add(Submission(article=Article(text="🚢🔥 42"), article_id=room.next_id(), received_at=room.now))

    assert store.article(answer.article_id).language == "en"


@pytest.mark.parametrize("text", ["flood", "🚢🔥", "2026", "東京", "!", "x " * 100_000])
def test_unusual_texts_are_clustered(text: str, room: Newsroom) -> None:
    engine = Engine(MemoryStore())
    engine.add(room.report(room.happen()))
    answers = [
        engine.add(Submission(article=Article(text=text, uri=uri), article_id=room.next_id(), received_at=room.now))
        for uri in ("1", "2")
    ]

    assert answers[0].decision is Decision.OPENED
    assert answers[1].seq == 3


def test_a_future_date_is_said(room: Newsroom) -> None:
    article = Article(text="The ferry ran aground.", published_at=room.now + timedelta(days=900))
    answer = Engine(MemoryStore()).add(Submission(article=article, article_id=room.next_id(), received_at=room.now))

    assert any("future" in notice for notice in answer.notices)


def test_reasons_are_recorded_with_the_decision(room: Newsroom) -> None:
    events: list[Event] = []
    engine = Engine(MemoryStore(), on_event=events.append)
    for submission in room.stream(60):
        engine.add(submission)
    placing = [event for event in events if event.kind in (EventKind.JOINED, EventKind.OPENED)]

    assert any("runner_up" in event.detail for event in placing)
    for event in events:
        assert json.loads(json.dumps(event.detail)) == event.detail, "JSON values only"
    for event in placing:
        if event.kind is EventKind.JOINED:
            assert recomputed(engine, event.detail) == pytest.approx(event.detail["confidence"], abs=6e-4)


def recomputed(engine: Engine, detail: Mapping[str, Any]) -> float:
    features = np.array([[detail["features"][name] for name in FEATURES]])
    return float(engine.model.probabilities(features)[0])  # the model that decided


class Failing(MemoryStore):
    """A store that can be told to fail."""

    full = False

    def commit(self, changes: Sequence[Change]) -> None:
        self.check_writable()
        super().commit(changes)

    def check_writable(self) -> None:
        if self.full:
            raise StoreUnavailable("no space left")


def test_a_failed_commit_leaves_no_trace(room: Newsroom) -> None:
    store, events = Failing(), list[Event]()
    engine = Engine(store, model=WARY, on_event=events.append)
    stream = list(room.stream(90))
    engine.add_all(stream[:40])
    before, told = engine.digest(), len(events)

    store.full = True
    for _ in range(2):
        with pytest.raises(StoreUnavailable, match="no space left"):
            engine.add_all(stream[40:60])
    store.full = False

    assert engine.digest() == before
    assert len(events) == told
    undisturbed = Engine(MemoryStore(), model=WARY)
    undisturbed.add_all(stream[:40])
    assert engine.add_all(stream[40:]) == undisturbed.add_all(stream[40:])


def test_a_failed_takedown_takes_nothing_down(room: Newsroom) -> None:
    store = Failing()
    engine = Engine(store)
    opened = engine.add(room.report(room.happen()))
    before = engine.digest()
    store.full = True
    with pytest.raises(StoreUnavailable):
        engine.withdraw(opened.article_id, room.tick())
    store.full = False

    assert engine.digest() == before
    assert store.article(opened.article_id).article is not None


class Slow(MemoryStore):
    """A store that pauses after it was asked what it knows: the widest window for a race."""

    def find(self, identities: Sequence[bytes]) -> Mapping[bytes, str]:
        found = dict(super().find(identities))
        time.sleep(0.002)
        return found


def test_one_article_sent_by_many_at_once_is_one_article(room: Newsroom) -> None:
    store = Slow()
    engine = Engine(store)
    submission = room.report(room.happen())
    answers: list[Assignment] = []
    start = threading.Barrier(20)

    def send(article_id: str) -> None:
        start.wait()
        answers.append(engine.add(replace(submission, article_id=article_id)))

    threads = [threading.Thread(target=send, args=(room.next_id(),)) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len({(answer.article_id, answer.cluster_id) for answer in answers}) == 1
    assert sorted(answer.decision for answer in answers) == [Decision.OPENED] + [Decision.UNCHANGED] * 19
    assert store.last_seq() == 1


def test_statistics_count_what_is_there(room: Newsroom) -> None:
    engine = Engine(MemoryStore())
    originals = [room.report(room.happen()) for _ in range(3)]
    engine.add_all([*originals, room.copy(originals[0])])
    counted = engine.statistics()
    assert (counted.live_articles, counted.live_clusters, counted.last_seq) == (4, 3, 4)
    assert counted.flooded_buckets == 0

    engine.withdraw(originals[1].article_id, room.tick())
    assert (engine.statistics().live_articles, engine.statistics().live_clusters) == (3, 2)


def test_an_empty_engine_has_nothing() -> None:
    counted = Engine(MemoryStore()).statistics()

    assert (counted.live_articles, counted.live_clusters, counted.last_seq) == (0, 0, 0)


def test_what_is_old_is_forgotten_but_never_the_newest(room: Newsroom) -> None:
    engine = Engine(MemoryStore(), FORGETFUL)
    first = room.report(room.happen())
    opened = engine.add(first)
    room.now += timedelta(days=40)
    assert engine.add(room.copy(first)).cluster_id == opened.cluster_id, "among the newest twenty"

    other = Newsroom(2, now=room.now + timedelta(days=40), count=1_000)
    engine.add_all([other.report(other.happen()) for _ in range(30)])
    room.now = other.now
    assert engine.add(room.copy(first)).decision is Decision.OPENED


def test_furniture_of_a_source_is_learned(room: Newsroom) -> None:
    store = MemoryStore()
    engine = Engine(store)
    line = "Sign up for our morning letter and never miss what happens in the harbour"
    for _ in range(6):
        submission = room.report(room.happen())
        article = replace(submission.article, source="Herald", text=f"{submission.article.text}.\n{line}.")
        engine.add(replace(submission, article=article))
    events = [replayed.event for replayed in store.replay()]

    assert "furniture" not in events[0].detail
    assert events[-1].detail["furniture"] == [1]
    assert Engine(store).digest() == engine.digest()
