from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dedupe import ids
from dedupe.archive import Archive
from dedupe.article import Article
from dedupe.clusters.decision import shipped_model
from dedupe.corrections import Move, Undo
from dedupe.engine import Engine, Submission
from dedupe.errors import UnknownArticle, WithdrawnArticle
from dedupe.events import PLACING, Decision, Event, EventKind
from dedupe.explanation import Explanation, TextState, explain
from dedupe.history import later_events
from dedupe.reasons import JoinReason, join_reason, summary
from dedupe.sentences import share
from dedupe.store.memory import MemoryStore
from dedupe.store.records import Change
from tests.dedupe.models import alike, rising
from tests.dedupe.newsroom import Newsroom
from tests.dedupe.reports import BANKS, FERRY, RETOLD, Desk

TITLE = "Ferry aground off Sandholm"
QUOTATION = "We heard the hull scrape over the rocks and knew at once that something was wrong"


def recomputed(join: JoinReason) -> float:
    """Return the probability that the explanation's own figures give."""
    assert join.base is not None
    log_odds = join.base + sum(feature.contribution or 0.0 for feature in join.features)
    assert log_odds == pytest.approx(join.log_odds, abs=1e-7)
    return round(1 / (1 + math.exp(-log_odds)), 4)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def told(desk: Desk) -> Explanation:
    """Send a report and a retelling of the same event, and explain the latter."""
    desk.send(FERRY, TITLE, source="Courier")
    desk.send(BANKS, "Banks to merge")
    return explain(desk.archive, desk.send(RETOLD, "Passengers tell of ferry accident off Sandholm").article_id)


def test_figures_add_up_to_every_decision_as_recorded() -> None:
    store = MemoryStore()
    engine, archive = Engine(store), Archive(store)
    answers = [engine.add(submission) for submission in Newsroom(7).stream(150)]
    checked = set()
    for article_id in {answer.article_id for answer in answers}:
        event, found = archive.placed(article_id).event, explain(archive, article_id)
        if found.join is None:
            assert "features" not in event.detail
            continue
        assert recomputed(found.join) == found.join.probability
        joined = event.detail["confidence"] if found.join.cluster_id == event.cluster_id else None
        rival = event.detail.get("runner_up", {"confidence": None})["confidence"]
        assert found.join.probability in (joined, rival)
        checked.add(found.decision)
        # What the best member shares is among the features, scaled by brevity: it is the similarity shown.
        if found.nearest and found.nearest.text_state is TextState.AS_IT_WAS:
            lengths = [math.expm1(event.detail["features"][name]) for name in ("log_length", "log_length_best")]
            shown = event.detail["features"]["brief_best"] * (1 + min(lengths) / 60)
            assert found.similarity == pytest.approx(shown, abs=0.002)
    assert checked >= {Decision.OPENED, Decision.JOINED, Decision.REVISED}


def test_an_article_that_joined(desk: Desk) -> None:
    found = told(desk)
    assert found.decision is Decision.JOINED
    assert found.join is not None
    assert found.join.cluster_id == found.placed_in == found.cluster_id
    assert found.join.model == shipped_model().version
    assert found.join.threshold is not None
    assert found.join.margin == round(found.join.probability - found.join.threshold, 4) > 0
    assert found.join.runner_up is not None
    assert found.join.lead == round(found.join.probability - found.join.runner_up.confidence, 4)
    weights = [abs(feature.contribution or 0) for feature in found.join.features]
    assert weights == sorted(weights, reverse=True)
    assert found.summary.startswith(f"It joined with a probability of {share(found.join.probability, 3)}, where")
    assert "What spoke most for it" in found.summary

    assert found.nearest is not None
    assert (found.nearest.title, found.nearest.source, found.nearest.seconds_after) == (TITLE, "Courier", 7200)
    quotation = max(found.passages, key=lambda passage: passage.tokens)
    assert quotation.excerpt == QUOTATION
    assert RETOLD[quotation.left.start : quotation.left.end] == QUOTATION
    assert FERRY[quotation.right.start : quotation.right.end] == QUOTATION
    assert found.terms[0].term == "Sandholm"


def test_an_article_that_opened_a_cluster_says_what_came_nearest(desk: Desk) -> None:
    first = desk.send(FERRY, TITLE)
    alone = explain(desk.archive, first.article_id)
    assert (alone.join, alone.nearest, alone.passages, alone.terms) == (None, None, (), ())
    assert "nothing that came before" in alone.summary
    found = explain(desk.archive, desk.send(BANKS, "Banks to merge").article_id)
    assert found.join is not None
    assert found.join.cluster_id == first.cluster_id != found.cluster_id
    assert found.join.margin is not None
    assert found.join.margin < 0
    assert (found.join.runner_up, found.join.lead) == (None, None)
    assert "What spoke most against it" in found.summary
    assert found.nearest is not None
    assert found.nearest.article_id == first.article_id


def test_a_copy(desk: Desk) -> None:
    original = desk.send(FERRY, TITLE)
    found = explain(desk.archive, desk.send(FERRY.replace("Monday", "Sunday"), "Accident").article_id)
    assert found.decision is Decision.COPIED
    assert found.duplicate_of is not None
    assert found.duplicate_of.article_id == original.article_id
    assert found.duplicate_of.containment > 0.8
    assert found.duplicate_group_id is not None
    assert (found.join, found.nearest and found.nearest.article_id) == (None, original.article_id)
    assert [passage.tokens for passage in found.passages] == [8, 62]
    assert found.summary.startswith("It is a copy: ")


def test_a_copy_of_what_is_gone_says_so(desk: Desk) -> None:
    original = desk.send(FERRY, TITLE)
    copy = desk.send(FERRY, "Accident")
    desk.engine.withdraw(original.article_id, desk.now)
    found = explain(desk.archive, copy.article_id)
    assert found.nearest is not None
    assert (found.nearest.text_state, found.nearest.title) == (TextState.TAKEN_DOWN, None)
    assert (found.passages, found.similarity) == ((), None)
    assert found.duplicate_of is not None
    assert found.duplicate_of.containment == 1
    with pytest.raises(WithdrawnArticle):
        explain(desk.archive, original.article_id)
    with pytest.raises(UnknownArticle):
        explain(desk.archive, "art_00000000000zz")


def test_a_nearest_text_that_was_revised_is_shown_as_it_is_now(desk: Desk) -> None:
    desk.send(FERRY, TITLE, uri="ferry")
    joined = desk.send(RETOLD, "Passengers tell of ferry accident off Sandholm")
    before = explain(desk.archive, joined.article_id)
    desk.send(FERRY + " The harbour is closed.", TITLE, uri="ferry")
    after = explain(desk.archive, joined.article_id)
    assert after.nearest is not None
    assert after.nearest.text_state is TextState.REVISED_SINCE
    assert after.join == before.join, "the decision is as it was recorded"
    assert after.passages == before.passages


def test_an_explanation_is_the_same_years_later(desk: Desk) -> None:
    before = told(desk)
    for submission in Newsroom(5).stream(60):
        desk.send(submission.article.text, submission.article.title, hours=24 * 12)
    placed = desk.archive.placed(before.article_id)
    then, now = desk.archive.weigh(placed.reading, placed.event.seq), desk.archive.weigh(placed.reading)
    assert then.of_terms != now.of_terms, "otherwise this would prove nothing"
    assert explain(desk.archive, before.article_id) == before


def test_a_revision_that_stays(desk: Desk) -> None:
    first = desk.send(FERRY, TITLE, uri="ferry")
    desk.send(FERRY + " The harbour is closed.", TITLE, uri="ferry")
    found = explain(desk.archive, first.article_id)
    assert (found.decision, found.revision) == (Decision.REVISED, 2)
    assert found.summary.startswith("It is a revision and stayed where it was.")
    assert found.join is not None
    assert recomputed(found.join) == found.join.probability
    assert found.nearest is not None
    assert (found.nearest.article_id, found.nearest.text_state) == (first.article_id, TextState.REVISED_SINCE)


def test_a_revision_with_another_text_moves(desk: Desk) -> None:
    desk.send(FERRY, TITLE)
    first = desk.send(BANKS, "Banks to merge", uri="moving")
    desk.send(RETOLD, "Passengers tell of ferry accident off Sandholm", uri="moving")
    found = explain(desk.archive, first.article_id)
    assert found.placed_in != first.cluster_id
    assert found.summary.startswith("It is a revision with another text, and went to another cluster, which it fits")
    assert found.join is not None
    assert recomputed(found.join) == found.join.probability


def test_a_revision_with_another_text_leaves_the_others(desk: Desk) -> None:
    desk.send(FERRY, TITLE)
    first = desk.send(RETOLD, "Passengers tell of ferry accident off Sandholm", uri="leaving")
    desk.send(BANKS, "Banks to merge", uri="leaving")
    found = explain(desk.archive, first.article_id)
    assert found.placed_in != first.cluster_id
    assert found.summary.startswith("It is a revision with another text, and opened a cluster of its own")
    assert desk.send(f"{BANKS} Unions are worried.", "Union fears as banks merge").cluster_id == found.placed_in


def test_a_revision_that_is_a_copy(desk: Desk) -> None:
    desk.send(FERRY, TITLE)
    first = desk.send(BANKS, "Banks to merge", uri="moving")
    desk.send(FERRY, "Accident", uri="moving")
    assert explain(desk.archive, first.article_id).summary.startswith("It is a revision of a copy: ")


def test_a_decision_by_a_model_that_never_shipped_keeps_its_figures() -> None:
    desk = Desk(model=alike("centroid", 0.1))
    found = told(desk)
    assert found.join is not None
    assert (found.join.model, found.join.threshold, found.join.base, found.join.margin) == (0, None, None, None)
    assert found.join.features
    assert {feature.contribution for feature in found.join.features} == {None}
    assert found.summary.startswith(
        f"It joined with a probability of {share(found.join.probability, 3)}, the runner-up"
    )


def test_a_merge_tells_of_the_article_that_gave_occasion_to_it() -> None:
    store = MemoryStore()
    wary = rising("centroid", threshold=0.8, merge_threshold=0.05, middle=0.33)
    engine, archive = Engine(store, model=wary), Archive(store)
    for submission in Newsroom(3).stream(200):
        engine.add(submission)
    merges = [event for event in store.changes(0, 1_000) if event.kind is EventKind.MERGED]
    assert merges
    placed = {event.seq: event for event in store.changes(0, 1_000) if event.kind in PLACING}
    told = 0
    for event in placed.values():
        later = explain(archive, event.article_id or "").later
        current = archive.placed(event.article_id or "")
        steps = [current.event.cluster_id, *(step.cluster_id for step in later)]
        assert steps[-1] == current.stored.assignment.cluster_id
        for step, before in zip(later, steps, strict=False):
            assert step.from_cluster_id == before
            occasion = placed[step.seq - 1]
            assert str(occasion.article_id) in step.sentence
            assert f"({share(occasion.detail['confidence'])} the one" in step.sentence
            told += 1
    assert told >= len(merges)


def merged_by_hand(desk: Desk, first: Any, other: Any, **detail: Any) -> bool:
    """Write a merge into the log as the engine, or an editor, would."""
    event = Event(
        seq=desk.store.last_seq() + 1,
        at=desk.now,
        kind=EventKind.MERGED,
        article_id=other.article_id if not detail else None,
        cluster_id=first.cluster_id,
        from_cluster_id=other.cluster_id,
        detail=detail,
    )
    desk.store.commit([Change(event=event)])
    return True


def test_later_merges_are_told_in_order(desk: Desk) -> None:
    ferry, banks = desk.send(FERRY, TITLE), desk.send(BANKS, "Banks to merge")
    third = desk.send("Snow closes the northern pass for the third day, and forty lorries wait in the valley below.")
    merged_by_hand(desk, banks, third)
    merged_by_hand(desk, ferry, banks, actor="m.oland", note="one event after all")
    found = explain(desk.archive, third.article_id)
    assert (found.placed_in, found.cluster_id) == (third.cluster_id, ferry.cluster_id)
    engine, editor = found.later
    assert (engine.from_cluster_id, engine.cluster_id, engine.actor) == (third.cluster_id, banks.cluster_id, None)
    assert third.article_id in engine.sentence
    assert (editor.from_cluster_id, editor.actor, editor.note) == (banks.cluster_id, "m.oland", "one event after all")
    assert editor.sentence == "Decided by m.oland: one event after all"
    assert explain(desk.archive, ferry.article_id).later == ()


def test_what_editors_did_with_an_article_is_told_in_order(desk: Desk) -> None:
    ferry, banks = desk.send(FERRY, TITLE), desk.send(BANKS, "Banks to merge")
    by = {"actor": "m.oland", "at": desk.now}
    moved = desk.engine.correct(Move(article_id=banks.article_id, cluster_id=ferry.cluster_id, note="a tip", **by))
    desk.engine.correct(Undo(seq=moved.seq, note="a mistake", **by))
    there, back = explain(desk.archive, banks.article_id).later
    assert (there.kind, there.cluster_id, there.sentence) == ("moved", ferry.cluster_id, "Decided by m.oland: a tip")
    assert (back.kind, back.from_cluster_id) == ("undone", ferry.cluster_id)
    assert back.sentence == "Decided by m.oland: a mistake"
    assert back.cluster_id == desk.store.article(banks.article_id).assignment.cluster_id
    assert explain(desk.archive, ferry.article_id).later == ()


def test_a_cluster_that_only_embargoed_articles_were_in_is_explained_to_those_who_may_see_it() -> None:
    """Nobody else was ever told of it: among what everyone sees, no event is its last."""
    store = MemoryStore()
    engine, now = Engine(store), datetime(2026, 3, 2, tzinfo=UTC)
    early = Article(title="Banks to merge", text=BANKS, embargoed_until=now + timedelta(days=1))
    answers = [
        engine.add(Submission(article=article, article_id=ids.encode("art", number), received_at=now))
        for number, article in enumerate((early, Article(title=TITLE, text=FERRY)))
    ]
    (hidden, ferry) = answers
    move = Move(article_id=hidden.article_id, cluster_id=ferry.cluster_id, actor="m.oland", at=now)
    engine.correct(move)
    (later,) = explain(Archive(store), hidden.article_id).later
    assert (later.from_cluster_id, later.cluster_id) == (hidden.cluster_id, ferry.cluster_id)


def test_a_move_that_no_merge_explains_is_left_open(desk: Desk) -> None:
    ferry, banks = desk.send(FERRY, TITLE), desk.send(BANKS, "Banks to merge")
    placed = desk.archive.placed(banks.article_id)
    moved = replace(placed.stored, assignment=replace(placed.stored.assignment, cluster_id=ferry.cluster_id))
    assert later_events(desk.archive, placed._replace(stored=moved)) == ()


def test_an_article_whose_last_event_placed_no_text_is_read_all_the_same(desk: Desk) -> None:
    ferry, banks = desk.send(FERRY, TITLE), desk.send(BANKS, "Banks to merge")
    merged_by_hand(desk, ferry, banks)
    before = desk.archive.placed(ferry.article_id)
    assignment = replace(before.stored.assignment, seq=desk.store.last_seq())
    after = desk.archive.read(replace(before.stored, assignment=assignment))
    assert after.event.kind is EventKind.MERGED
    assert after.reading.evidence.tokens == before.reading.evidence.tokens


def test_a_bare_merge_is_told_plainly(desk: Desk) -> None:
    ferry, banks = desk.send(FERRY, TITLE), desk.send(BANKS, "Banks to merge")
    merged_by_hand(desk, ferry, banks, actor=None)
    (later,) = explain(desk.archive, banks.article_id).later
    assert later.sentence == "The two clusters turned out to be one event."


def test_the_event_before_the_first_record_of_versions() -> None:
    """Stores of before versions were recorded: the model is the one that gives the recorded figure."""
    desk = Desk()
    desk.send(FERRY, TITLE)
    event = desk.archive.placed(desk.send(BANKS, "Banks to merge").article_id).event
    old = replace(event, detail={key: value for key, value in event.detail.items() if key not in ("model", "nearest")})
    join = join_reason(old)
    assert join is not None
    assert join == join_reason(event)
    assert "It opened a cluster" in summary(old, join)
