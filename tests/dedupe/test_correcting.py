"""Each decision of an editor: what it moves, what it binds, what it is refused for, and how it is taken back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from dedupe.constraints import Rule
from dedupe.correcting import correcting_event
from dedupe.corrections import Constrain, Correction, Merge, Move, Release, Split, Undo
from dedupe.engine import Engine
from dedupe.errors import (
    AlreadyUndone,
    InvalidCorrection,
    StoreUnavailable,
    UnknownArticle,
    UnknownCluster,
    UnknownConstraint,
    WithdrawnArticle,
)
from dedupe.events import Decision, Event, EventKind
from dedupe.store.memory import MemoryStore
from dedupe.store.records import Change
from dedupe.submission import Submission
from tests.dedupe.desk import Desk
from tests.dedupe.editor import check_decisions, check_groups, check_ids, decisions
from tests.dedupe.newsroom import START


@pytest.fixture
def desk() -> Iterator[Desk]:
    opened = Desk()
    yield opened
    assert Engine(opened.store).digest() == opened.engine.digest()
    check_decisions(opened.store)
    check_ids(opened.store)
    check_groups(opened.store, list(opened.sent))


def test_a_moved_article_is_where_it_was_put(desk: Desk) -> None:
    (a, b), (c, d) = desk.news(2, 2)
    event = desk.move(b, desk.cluster(c))
    assert (event.kind, event.article_id, event.moved_articles) == (EventKind.MOVED, b, (b,))
    assert (event.from_cluster_id, event.cluster_id) == (desk.cluster(a), desk.cluster(c))
    assert desk.cluster(b) == desk.cluster(d) != desk.cluster(a)
    assert desk.engine.add(desk.sent[b]).cluster_id == desk.cluster(c)
    assert [desk.store.cluster(desk.cluster(x)).size for x in (a, c)] == [1, 3]


def test_an_emptied_cluster_answers_for_where_its_articles_went(desk: Desk) -> None:
    (a,), (b,) = desk.news(1, 1)
    old, target = desk.clusters(a, b)
    desk.move(a, target)
    assert desk.store.cluster(old).merged_into == target
    back = desk.undo(desk.move(a, old))  # an old id leads to where its articles are: nothing moves
    assert (back.from_cluster_id, desk.cluster(a)) == (None, target)


def test_copies_go_along(desk: Desk) -> None:
    (a, b), (c, _) = desk.news(2, 2)
    copies = [desk.copy(b), desk.copy(b)]
    desk.move(copies[0], desk.cluster(c))
    assert set(desk.clusters(b, *copies)) == {desk.cluster(c)}
    late = desk.copy(b)
    assert desk.cluster(late) == desk.cluster(c)
    desk.decide(Release, article_id=copies[0])
    assert set(desk.clusters(b, late, *copies)) == {desk.cluster(a)}
    event = desk.split(late)
    assert event.moved_articles == (a,)  # the smaller side goes
    assert set(desk.clusters(b, late, *copies)) == {event.from_cluster_id}


def test_an_article_gets_a_cluster_of_its_own_which_the_machine_leaves_alone(desk: Desk) -> None:
    ((a, b, c),) = desk.news(3)
    own = desk.move(c, None)
    assert desk.cluster(c) == own.cluster_id != desk.cluster(a)
    assert desk.move(c, None).cluster_id == own.cluster_id
    for _ in range(8):
        desk.report(0)
    assert desk.cluster(a) == desk.cluster(b) != own.cluster_id
    assert desk.store.cluster(own.cluster_id).merged_into is None


def test_lifting_a_move_brings_the_article_back(desk: Desk) -> None:
    (a, b), (c, _) = desk.news(2, 2)
    first = desk.move(b, desk.cluster(c))
    second = desk.move(b, None)
    assert second.detail["lifts"] == [first.seq]
    lifted = desk.decide(Release, article_id=b)
    assert (lifted.kind, lifted.detail["undoes"]) == (EventKind.UNDONE, second.seq)
    assert desk.cluster(b) == desk.cluster(c)
    with pytest.raises(UnknownConstraint):
        desk.decide(Release, article_id=b)
    with pytest.raises(AlreadyUndone) as refused:
        desk.undo(first)
    assert refused.value.undone_by == second.seq
    assert decisions(desk.store) == []
    assert desk.cluster(a) != desk.cluster(b)


def test_the_older_id_survives_a_merge_and_undoing_gives_a_new_one(desk: Desk) -> None:
    (a, _), (b, c) = desk.news(2, 2)
    older, younger = desk.clusters(a, b)
    event = desk.merge(b, a)
    assert (event.kind, event.cluster_id, event.from_cluster_id) == (EventKind.MERGED, older, younger)
    late = desk.report(1)
    desk.undo(event)
    assert desk.cluster(b) == desk.cluster(c) not in (older, younger)
    assert desk.cluster(late) == older
    assert desk.store.cluster(younger).merged_into == older


def test_merges_are_undone_in_either_order(desk: Desk) -> None:
    (a,), (b,), (c,) = desk.news(1, 1, 1)
    first, second = desk.merge(b, c), desk.merge(a, b)
    desk.undo(second)
    assert desk.cluster(b) == desk.cluster(c) != desk.cluster(a)
    desk.undo(first)  # its id leads to the cluster of a, where nobody but the second merge put it
    assert len({*desk.clusters(a, b, c)}) == 3

    first, second = desk.merge(b, c), desk.merge(a, b)
    desk.undo(first)
    desk.undo(second)
    assert len({*desk.clusters(a, b, c)}) == 3


@pytest.mark.parametrize("named", [1, 2])
def test_the_larger_side_of_a_split_keeps_the_id(desk: Desk, named: int) -> None:
    ((a, b, c),) = desk.news(3)
    old = desk.cluster(a)
    event = desk.split(*(b, c)[:named])
    assert (event.kind, event.from_cluster_id) == (EventKind.SPLIT, old)
    assert desk.clusters(a, b, c).count(old) == 2
    assert (desk.cluster(a) == old) == (named == 1)


def test_parts_stay_apart_until_the_split_is_undone(desk: Desk) -> None:
    ((*staying, b, c), (d,)) = desk.news(5, 1)
    old = desk.cluster(b)
    split = desk.split(b, c)
    late = [desk.report(0) for _ in range(12)]
    assert desk.cluster(b) == desk.cluster(c) == split.cluster_id
    assert {desk.cluster(x) for x in late} <= {old, split.cluster_id}
    refused = desk.refuses(split, Merge, cluster_id=old, other_id=split.cluster_id)
    assert (refused.refused["rule"], refused.refused["actor"]) == ("merge", "Ada")
    assert (refused.standing["rule"], refused.standing["at"]) == ("split", split.at)
    desk.refuses(split, Move, article_id=b, cluster_id=old)
    merged = desk.merge(d, b)  # with a third it may, and is kept from the rest all the same
    desk.refuses(split, Merge, cluster_id=desk.cluster(d), other_id=old)
    desk.refuses(merged, Undo, seq=split.seq)
    desk.undo(merged)
    desk.undo(split)
    assert desk.cluster(b) == old
    assert staying


def test_undoing_a_split_takes_along_what_joined_since(desk: Desk) -> None:
    ((a, b),) = desk.news(2)
    old = desk.cluster(a)
    split = desk.split(b)
    copy = desk.copy(b)
    desk.undo(split)
    assert set(desk.clusters(a, b, copy)) == {old}
    assert desk.store.cluster(split.cluster_id).merged_into == old


def test_a_pinned_article_stays_where_it_is(desk: Desk) -> None:
    (a, b), (c, d) = desk.news(2, 2)
    pin = desk.constrain(Rule.PIN, b)
    old = desk.cluster(b)
    for kind, said in (
        (Move, {"article_id": b, "cluster_id": desk.cluster(c)}),
        (Split, {"cluster_id": old, "article_ids": (b,)}),
        (Constrain, {"rule": Rule.MUST_LINK, "article_ids": (c, b)}),
        (Constrain, {"rule": Rule.CANNOT_LINK, "article_ids": (a, b)}),
    ):
        desk.refuses(pin, kind, **said)
    assert revised_as(desk, b, of=c).decision is Decision.REVISED
    assert desk.cluster(b) == old
    desk.undo(pin)
    assert revised_as(desk, b, of=d).cluster_id == desk.cluster(c)


def revised_as(desk: Desk, article_id: str, *, of: str) -> Any:
    """Send an article again with the text of another one's event."""
    told = desk.room.report(desk.room.event_of[of]).article
    revised = replace(desk.sent[article_id].article, title=told.title, text=told.text)
    return desk.engine.add(Submission(article=revised, article_id=desk.room.next_id(), received_at=desk.room.tick()))


def test_a_revision_never_breaks_a_link(desk: Desk) -> None:
    (a, b, _), (c, d, _) = desk.news(3, 3)
    link = desk.constrain(Rule.MUST_LINK, b, a)
    assert revised_as(desk, b, of=c).cluster_id == desk.cluster(a)
    desk.undo(link)
    assert revised_as(desk, b, of=d).cluster_id == desk.cluster(c)
    apart = desk.constrain(Rule.CANNOT_LINK, d, a)
    assert revised_as(desk, d, of=a).cluster_id == desk.cluster(c)
    desk.undo(apart)
    assert revised_as(desk, d, of=a).cluster_id == desk.cluster(a)


def test_a_revision_that_stays_is_no_copy_of_what_is_elsewhere(desk: Desk) -> None:
    (_, b), (c, _) = desk.news(2, 2)
    desk.constrain(Rule.PIN, b)
    revised = replace(desk.sent[b].article, title=desk.sent[c].article.title, text=desk.sent[c].article.text)
    answer = desk.engine.add(Submission(article=revised, article_id=desk.room.next_id(), received_at=desk.room.tick()))
    assert (answer.decision, answer.duplicate_of, answer.duplicate_group_id) == (Decision.REVISED, None, None)
    assert answer.cluster_id == desk.cluster(b) != desk.cluster(c)


def test_a_must_link_brings_the_second_to_the_first(desk: Desk) -> None:
    (a, _), (c, d) = desk.news(2, 2)
    link = desk.constrain(Rule.MUST_LINK, a, d)
    assert (link.kind, link.article_id, link.moved_articles) == (EventKind.CONSTRAINED, a, (d,))
    assert desk.cluster(d) == desk.cluster(a) != desk.cluster(c)
    desk.refuses(link, Constrain, rule=Rule.CANNOT_LINK, article_ids=(a, d))
    desk.refuses(link, Split, cluster_id=desk.cluster(a), article_ids=(d,))
    desk.undo(link)
    assert desk.cluster(d) == desk.cluster(c)


def test_a_cannot_link_parts_what_is_together(desk: Desk) -> None:
    (a, b, c), (d,) = desk.news(3, 1)
    apart = desk.constrain(Rule.CANNOT_LINK, a, c)
    assert desk.cluster(c) == apart.cluster_id not in desk.clusters(a, b)
    desk.refuses(apart, Constrain, rule=Rule.MUST_LINK, article_ids=(c, a))
    desk.refuses(apart, Merge, cluster_id=desk.cluster(a), other_id=desk.cluster(c))
    far = desk.constrain(Rule.CANNOT_LINK, a, d)
    assert (far.from_cluster_id, far.moved_articles) == (None, ())
    desk.refuses(far, Move, article_id=d, cluster_id=desk.cluster(a))


def test_what_was_no_copy_is_told_so(desk: Desk) -> None:
    ((a, _),) = desk.news(2)
    copies = [desk.copy(a), desk.copy(a)]
    event = desk.constrain(Rule.CANNOT_LINK, a, copies[1])
    assert event.detail["unlinked"] == [copies[1]]
    assert desk.cluster(copies[1]) != desk.cluster(a) == desk.cluster(copies[0])
    assignment = desk.store.article(copies[1]).assignment
    assert (assignment.duplicate_of, assignment.duplicate_group_id) == (None, None)
    assert desk.store.article(a).assignment.duplicate_group_id is not None


def test_taken_down_articles_bind_nothing(desk: Desk) -> None:
    (a, _), (c, _) = desk.news(2, 2)
    desk.constrain(Rule.CANNOT_LINK, a, c)
    old = desk.clusters(a, c)
    desk.engine.withdraw(c, desk.room.tick())
    desk.decide(Merge, cluster_id=old[0], other_id=old[1])
    with pytest.raises(WithdrawnArticle):
        desk.move(c, None)


def test_a_missing_text_is_moved_in_a_replay_too(desk: Desk) -> None:
    (a, b), (c, _) = desk.news(2, 2)
    desk.move(b, desk.cluster(c))
    desk.add(desk.room.revision(desk.sent[b]))
    desk.move(b, None)
    desk.engine.withdraw(b, desk.room.tick())
    assert desk.cluster(a) != desk.cluster(c)


def test_an_id_is_not_given_again_after_a_restore(desk: Desk) -> None:
    ((a, b),) = desk.news(2)
    split = Split(actor="Ada", at=START + timedelta(days=9), cluster_id=desk.cluster(a), article_ids=(b,))
    later = replace(split, at=split.at + timedelta(seconds=1))
    index = desk.engine._index
    assert correcting_event(index, split) == correcting_event(index, split)
    assert correcting_event(index, split).cluster_id != correcting_event(index, later).cluster_id


@pytest.mark.parametrize(
    ("error", "kind", "said"),
    [
        (UnknownArticle, Move, {"article_id": "art_0000000000zzz", "cluster_id": None}),
        (UnknownArticle, Move, {"article_id": "nonsense", "cluster_id": None}),
        (UnknownArticle, Release, {"article_id": "art_0000000000zzz"}),
        (UnknownCluster, Move, {"article_id": "art_0000000000002", "cluster_id": "clu_0000000000zzz"}),
        (UnknownCluster, Move, {"article_id": "art_0000000000002", "cluster_id": "nonsense"}),
        (UnknownCluster, Merge, {"cluster_id": "clu_0000000000zzz", "other_id": "nonsense"}),
        (UnknownConstraint, Undo, {"seq": 1}),
        (UnknownConstraint, Undo, {"seq": 0}),
        (InvalidCorrection, Split, {"cluster_id": "here", "article_ids": ()}),
        (InvalidCorrection, Split, {"cluster_id": "here", "article_ids": ("all",)}),
        (InvalidCorrection, Split, {"cluster_id": "here", "article_ids": ("elsewhere",)}),
        (InvalidCorrection, Merge, {"cluster_id": "here", "other_id": "here"}),
        (InvalidCorrection, Constrain, {"rule": Rule.PIN, "article_ids": ("all", "elsewhere")}),
        (InvalidCorrection, Constrain, {"rule": Rule.MUST_LINK, "article_ids": ("all", "all")}),
        (InvalidCorrection, Constrain, {"rule": Rule.SPLIT, "article_ids": ("all",)}),
    ],
)
def test_what_cannot_be_done_is_refused(desk: Desk, error: type[Exception], kind: Any, said: dict[str, Any]) -> None:
    (a,), (b,) = desk.news(1, 1)
    names = {"all": a, "elsewhere": b, "here": desk.cluster(a)}
    named = {key: names.get(value, value) if isinstance(value, str) else value for key, value in said.items()}
    if "article_ids" in said:
        named["article_ids"] = tuple(names[name] for name in said["article_ids"])
    with pytest.raises(error):
        desk.decide(kind, **named)
    assert desk.store.last_seq() == 2


def test_a_decision_is_somebodys(desk: Desk) -> None:
    for actor in ("", "  "):
        with pytest.raises(InvalidCorrection) as refused:
            Undo(actor=actor, at=START, seq=1)
        assert refused.value.field == "actor"
    with pytest.raises(TypeError):
        desk.engine.correct(Correction(actor="Ada", at=START))


def test_a_machine_may_not_be_undone(desk: Desk) -> None:
    ((a, _),) = desk.news(2)
    with pytest.raises(UnknownConstraint):
        desk.undo(Event(seq=2, at=START, kind=EventKind.MERGED, article_id=None, cluster_id=desk.cluster(a)))


class Failing(MemoryStore):
    """A store that is full for a while."""

    is_full = False

    def commit(self, changes: Sequence[Change]) -> None:
        if self.is_full:
            raise StoreUnavailable("the disk is full")
        super().commit(changes)


def test_a_decision_that_was_not_stored_was_not_taken() -> None:
    told: list[Event] = []
    store = Failing()
    desk = Desk(store)
    (a, b), (c, _) = desk.news(2, 2)
    desk.engine.subscribe(told.append)
    before = desk.engine.digest()
    store.is_full = True
    with pytest.raises(StoreUnavailable):
        desk.move(b, desk.cluster(c))
    assert (desk.engine.digest(), told) == (before, [])
    store.is_full = False
    assert [desk.move(b, desk.cluster(c))] == told
    assert Engine(store).digest() == desk.engine.digest() != before
    assert desk.cluster(a) != desk.cluster(b)
