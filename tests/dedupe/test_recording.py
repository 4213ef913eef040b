from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dedupe import ids
from dedupe.clusters.features import FEATURES
from dedupe.decide import Copy, Rival, Verdict
from dedupe.events import Assignment, Decision, DuplicateOf, Event, EventKind, RunnerUp
from dedupe.index import Index
from dedupe.reading import Reading, read
from dedupe.recording import assignment, destination, placing_event, revising_event, staying_event, stored_article
from dedupe.settings import EngineSettings
from dedupe.submission import Submission
from tests.dedupe.newsroom import Newsroom

CLUSTERS = [ids.encode("clu", 500 + number) for number in range(2)]


def reading_of(submission: Submission) -> Reading:
    return read(submission.article, "en", submission.received_at, EngineSettings())


@pytest.fixture
def room() -> Newsroom:
    return Newsroom(4)


@pytest.fixture
def index(room: Newsroom) -> Index:
    """Two clusters of one article each."""
    index = Index(EngineSettings(prior=False))
    for number, cluster_id in enumerate(CLUSTERS):
        sent = room.report(room.happen())
        index.apply(
            Event(
                seq=number + 1,
                at=sent.received_at,
                kind=EventKind.OPENED,
                article_id=sent.article_id,
                cluster_id=cluster_id,
            ),
            reading_of(sent),
        )
    return index


def rival(cluster: int, probability: float) -> Rival:
    return Rival(cluster, probability, np.arange(len(FEATURES)) / 8, nearest=cluster)


def copy_of(slot: int) -> Copy:
    return Copy(slot, 0.5, 0.9, 0.95, is_excerpt=False)


def placed(index: Index, verdict: Verdict, room: Newsroom) -> tuple[Event, Submission]:
    submission = room.report(0)
    return placing_event(index, verdict, submission, reading_of(submission)), submission


def test_an_article_that_joins(index: Index, room: Newsroom) -> None:
    event, submission = placed(
        index, Verdict(1, 0.87654321, rivals=(rival(1, 0.87654321), rival(0, 0.25)), model=4), room
    )

    assert (event.seq, event.at, event.kind) == (3, submission.received_at, EventKind.JOINED)
    assert (event.article_id, event.cluster_id) == (submission.article_id, CLUSTERS[1])
    assert event.detail == {
        "confidence": 0.8765,
        "model": 4,
        "nearest": index.article_id(1),
        "features": dict(zip(FEATURES, (np.arange(len(FEATURES)) / 8).tolist(), strict=True)),
        "runner_up": {"cluster_id": CLUSTERS[0], "confidence": 0.25},
    }


def test_an_article_that_opens_a_cluster_gets_an_id_that_nobody_has(index: Index, room: Newsroom) -> None:
    event, submission = placed(index, Verdict(None, 1.0), room)

    assert event.kind is EventKind.OPENED
    assert event.cluster_id == ids.encode("clu", ids.derive("clu", ids.decode("art", submission.article_id), 3))
    assert event.detail == {"confidence": 1.0}


def test_an_article_that_fits_others_too_lists_them(index: Index, room: Newsroom) -> None:
    event, _ = placed(index, Verdict(0, 0.9, rivals=(rival(0, 0.9),), also_in=(1,)), room)

    assert event.detail["also_in"] == [CLUSTERS[1]]
    assert assignment(event).also_in == (CLUSTERS[1],)


def test_a_copy_names_its_original_and_founds_a_group(index: Index, room: Newsroom) -> None:
    event, _ = placed(index, Verdict(0, 0.91, Copy(0, 0.33333, 0.91, 0.95, is_excerpt=True)), room)
    original = index.article_id(0)

    assert event.kind is EventKind.COPIED
    assert event.detail["duplicate_of"] == {
        "article_id": original,
        "jaccard": 0.3333,
        "containment": 0.91,
        "kind": "excerpt",
    }
    assert event.detail["duplicate_group_id"] == ids.encode(
        "dup", ids.derive("dup", ids.decode("art", event.article_id), 3)
    )


def test_a_copy_of_a_copy_is_in_the_same_group(index: Index, room: Newsroom) -> None:
    first, submission = placed(index, Verdict(0, 0.9, copy_of(0)), room)
    index.apply(first, reading_of(submission))
    second, _ = placed(index, Verdict(0, 0.9, copy_of(2)), room)

    assert second.detail["duplicate_group_id"] == first.detail["duplicate_group_id"]


def test_the_answer_says_what_the_event_says(index: Index, room: Newsroom) -> None:
    event, submission = placed(index, Verdict(1, 0.9, copy_of(1), rivals=(rival(0, 0.2),)), room)
    answer = assignment(event, ("a notice",))

    assert answer == Assignment(
        article_id=submission.article_id,
        cluster_id=CLUSTERS[1],
        duplicate_group_id=event.detail["duplicate_group_id"],
        decision=Decision.COPIED,
        duplicate_of=DuplicateOf(article_id=index.article_id(1), jaccard=0.5, containment=0.9),
        confidence=0.9,
        runner_up=RunnerUp(cluster_id=CLUSTERS[0], confidence=0.2),
        seq=3,
        notices=("a notice",),
    )


@pytest.fixture
def known(index: Index) -> Assignment:
    """An article of cluster 0 that is a copy."""
    return Assignment(
        article_id=index.article_id(0),
        cluster_id=CLUSTERS[0],
        duplicate_group_id=ids.encode("dup", 5),
        decision=Decision.COPIED,
        duplicate_of=DuplicateOf(article_id="art_0000000000099", jaccard=0.6, containment=0.95, kind="excerpt"),
    )


def revision_of(known: Assignment, index: Index, event: Event, *, same_text: bool = False) -> Event:
    cluster_id = destination(index, event, known.article_id, same_text=same_text)
    return revising_event(event, known, cluster_id, same_text=same_text)


def test_a_revision_of_most_of_the_text_stays_and_stays_a_copy(index: Index, room: Newsroom, known: Assignment) -> None:
    event, _ = placed(index, Verdict(1, 0.9, copy_of(1)), room)
    revised = revision_of(known, index, event, same_text=True)

    assert (revised.kind, revised.article_id) == (EventKind.REVISED, known.article_id)
    assert (revised.cluster_id, revised.from_cluster_id) == (CLUSTERS[0], None)
    assert revised.detail["duplicate_of"] == {
        "article_id": "art_0000000000099",
        "jaccard": 0.6,
        "containment": 0.95,
        "kind": "excerpt",
    }
    assert revised.detail["duplicate_group_id"] == known.duplicate_group_id


def test_an_original_revised_a_little_becomes_nobodys_copy(index: Index, room: Newsroom, known: Assignment) -> None:
    event, _ = placed(index, Verdict(1, 0.9, copy_of(1)), room)
    original = replace(known, duplicate_of=None, duplicate_group_id=None)
    revised = revision_of(original, index, event, same_text=True)

    assert not {"duplicate_of", "duplicate_group_id"} & revised.detail.keys()


def test_another_text_goes_where_it_would_go_if_it_were_new(index: Index, room: Newsroom, known: Assignment) -> None:
    event, _ = placed(index, Verdict(1, 0.9, rivals=(rival(1, 0.9),)), room)
    revised = revision_of(known, index, event)

    assert (revised.cluster_id, revised.from_cluster_id) == (CLUSTERS[1], CLUSTERS[0])
    assert "duplicate_of" not in revised.detail


def test_a_cluster_of_its_own_will_do_for_a_new_one(index: Index, room: Newsroom, known: Assignment) -> None:
    event, _ = placed(index, Verdict(None, 1.0), room)
    revised = revision_of(known, index, event)

    assert (revised.cluster_id, revised.from_cluster_id) == (CLUSTERS[0], None)
    assert "founded" not in revised.detail


def test_a_cluster_of_others_will_not(index: Index, room: Newsroom, known: Assignment) -> None:
    both = Event(
        seq=3,
        at=room.tick(),
        kind=EventKind.MERGED,
        cluster_id=CLUSTERS[0],
        from_cluster_id=CLUSTERS[1],
        article_id=None,
    )
    index.apply(both, None)
    event, _ = placed(index, Verdict(None, 1.0), room)
    revised = revision_of(known, index, event)

    assert (revised.cluster_id, revised.from_cluster_id) == (event.cluster_id, CLUSTERS[0])
    assert revised.detail["founded"]
    stays = staying_event(revised, known)
    assert (stays.cluster_id, stays.from_cluster_id, "founded" in stays.detail) == (CLUSTERS[0], None, False)


def test_the_row_of_an_article(index: Index, room: Newsroom) -> None:
    event, submission = placed(index, Verdict(None, 1.0), room)
    stored = stored_article(event, submission, reading_of(submission), revision=3, top_terms=("ferry",))

    assert stored.article == submission.article
    assert stored.content_digest == submission.article.content_digest
    assert (stored.revision, stored.language, stored.top_terms) == (3, "en", ("ferry",))
    assert stored.assignment == assignment(event)


def test_an_article_without_a_title_has_a_lead(index: Index, room: Newsroom) -> None:
    event, submission = placed(index, Verdict(None, 1.0), room)
    untitled = replace(submission, article=replace(submission.article, title=" ", text="Ferry aground.\n\nAll safe."))
    rows = [stored_article(event, one, reading_of(one), revision=1, top_terms=()) for one in (submission, untitled)]

    assert [row.lead for row in rows] == ["", "Ferry aground. All safe."]
    assert [row.headline for row in rows] == [submission.article.title, "Ferry aground. All safe."]


def test_furniture_left_out_is_recorded(index: Index, room: Newsroom) -> None:
    submission = room.report(0)
    reading = read(submission.article, "en", submission.received_at, EngineSettings(), dropped=(0,))
    event = placing_event(index, Verdict(None, 1.0), submission, reading)

    assert event.detail["furniture"] == [0]
