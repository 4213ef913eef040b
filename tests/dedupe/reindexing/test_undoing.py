"""What editors took back stays taken back, in whichever generation: what a decision did goes with it."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from dedupe.article import PubStatus
from dedupe.constraints import LINKS, Rule
from dedupe.corrections import Constrain, Correction, Merge, Move, Release, Split, Undo
from dedupe.errors import AlreadyUndone
from dedupe.events import Event
from tests.dedupe.editor import REFUSALS, any_correction, cluster_of
from tests.dedupe.newsroom import Newsroom
from tests.dedupe.reindexing.archive import Archive

UNREFUSED = (1, 4)
"""Seeds by which no undo is refused for what else was decided."""


class Edited(Archive):
    """An archive with an editor who decides as Ada, and events of which each is a cluster."""

    def report(self, event: int, *, secret: bool = False) -> str:
        submission = self.room.report(event, pub_status=PubStatus.WITHHELD if secret else PubStatus.USABLE)
        self.articles.add(article_id := self.engine.add(submission).article_id)
        return article_id

    def news(self, count: int) -> list[str]:
        """Return an article about each of so many events."""
        told = [self.report(self.room.happen()) for _ in range(count)]
        assert len(set(self.clusters(*told))) == count
        return told

    def clusters(self, *article_ids: str) -> list[str]:
        return [cluster_of(self.store.catalogue.unveiled, article_id) for article_id in article_ids]

    def decide(self, kind: type[Correction], **said: Any) -> Event:
        return self.engine.correct(kind(actor="Ada", at=self.room.tick(), **said))

    def merge(self, one: str, other: str) -> Event:
        here, there = self.clusters(one, other)
        return self.decide(Merge, cluster_id=here, other_id=there)

    def activate(self) -> None:
        self.build("job_1", {})
        self.desk.activate("job_1")

    def partition(self) -> set[frozenset[str]]:
        """Return the articles of each cluster."""
        inside: dict[str, set[str]] = {}
        for article_id, (cluster_id, _, _) in self.places().items():
            inside.setdefault(cluster_id, set()).add(article_id)
        return {frozenset(articles) for articles in inside.values()}


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Edited]:
    opened = Edited(tmp_path / "news.db")
    yield opened
    opened.check()
    opened.reopen()
    opened.check()
    opened.store.close()


def test_a_merge_undone_since_is_not_brought_back_by_a_rollback(archive: Edited) -> None:
    a, b, c = archive.news(3)
    merged = archive.merge(a, b)
    archive.activate()
    archive.decide(Undo, seq=merged.seq)
    later = archive.report(1)
    before = archive.clusters(a, b, c, later)
    assert before[0] != before[1] == before[3]
    archive.desk.rollback("job_1")
    assert archive.clusters(a, b, c, later) == before
    with pytest.raises(AlreadyUndone):
        archive.decide(Undo, seq=merged.seq)


def test_what_came_while_a_merge_was_in_force_stays_as_it_does_when_it_is_undone(archive: Edited) -> None:
    a, b = archive.news(2)
    merged = archive.merge(a, b)
    archive.activate()
    came = archive.report(1)
    archive.decide(Undo, seq=merged.seq)
    before = archive.clusters(a, b, came)
    assert before[0] == before[2] != before[1]
    archive.desk.rollback("job_1")
    assert archive.clusters(a, b, came) == before


def test_a_move_undone_since_is_not_brought_back_by_a_rollback(archive: Edited) -> None:
    a, b = archive.news(2)
    other = archive.report(1)
    archive.decide(Move, article_id=other, cluster_id=archive.clusters(a)[0])
    archive.activate()
    archive.decide(Release, article_id=other)
    archive.desk.rollback("job_1")
    assert archive.clusters(other) == archive.clusters(b) != archive.clusters(a)


def test_what_was_parted_is_together_again_where_that_was_undone(archive: Edited) -> None:
    (a,) = archive.news(1)
    b = archive.report(0)
    parting = archive.decide(Constrain, rule=Rule.CANNOT_LINK, article_ids=(a, b))
    alone = archive.clusters(b)[0]
    archive.activate()
    archive.decide(Undo, seq=parting.seq)
    archive.desk.rollback("job_1")
    assert archive.clusters(a) == archive.clusters(b)
    assert archive.store.catalogue.cluster(alone).merged_into == archive.clusters(a)[0]


@pytest.mark.parametrize("restarts", [False, True])
def test_what_is_undone_before_an_activation_is_not_in_it(archive: Edited, restarts: bool) -> None:
    a, b, c, d = archive.news(4)
    merged, kept = archive.merge(a, b), archive.merge(c, d)
    other = archive.report(1)
    archive.decide(Move, article_id=other, cluster_id=archive.clusters(c)[0])
    archive.build("job_1", {})
    if restarts:
        archive.reopen()
    archive.decide(Undo, seq=merged.seq)
    archive.decide(Release, article_id=other)
    archive.desk.activate("job_1")
    assert len({*archive.clusters(a, b, c)}) == 3
    assert archive.clusters(other) != archive.clusters(c) == archive.clusters(d)
    archive.decide(Undo, seq=kept.seq)
    archive.desk.rollback("job_1")
    assert len({*archive.clusters(a, b, c, d)}) == 4


def test_what_editors_decided_after_an_undo_holds(archive: Edited) -> None:
    a, b, c = archive.news(3)
    merged = archive.merge(a, b)
    archive.activate()
    archive.decide(Undo, seq=merged.seq)
    archive.merge(b, c)
    pinned = archive.report(1)
    archive.decide(Constrain, rule=Rule.PIN, article_ids=(pinned,))
    archive.desk.rollback("job_1")
    assert archive.clusters(b) == archive.clusters(c) == archive.clusters(pinned) != archive.clusters(a)


def test_a_decision_undone_and_taken_again_holds(archive: Edited) -> None:
    a, b = archive.news(2)
    archive.decide(Undo, seq=archive.merge(a, b).seq)
    merged = archive.merge(a, b)
    archive.activate()
    archive.decide(Undo, seq=merged.seq)
    archive.merge(a, b)
    archive.desk.rollback("job_1")
    assert archive.clusters(a) == archive.clusters(b)


def test_embargoed_articles_go_back_as_well(archive: Edited) -> None:
    a, b = archive.news(2)
    secret = archive.report(1, secret=True)
    merged = archive.merge(a, b)
    archive.activate()
    archive.decide(Undo, seq=merged.seq)
    archive.desk.rollback("job_1")
    assert archive.clusters(secret) == archive.clusters(b) != archive.clusters(a)


def test_a_second_rollback_keeps_to_what_was_undone_before_it(archive: Edited) -> None:
    a, b = archive.news(2)
    merged = archive.merge(a, b)
    archive.activate()
    archive.build("job_2", {})
    archive.desk.activate("job_2")
    archive.decide(Undo, seq=merged.seq)
    for job_id in ("job_2", "job_1"):
        archive.desk.rollback(job_id)
        assert archive.clusters(a) != archive.clusters(b)
        archive.check()


@pytest.mark.parametrize("seed", UNREFUSED)
def test_undoing_all_while_another_generation_is_in_force_comes_to_the_same(tmp_path: Path, seed: int) -> None:
    rules = LINKS | {Rule.SPLIT, Rule.CANNOT_LINK}
    plain, switched = (decided_at_random(tmp_path / name, seed, rules) for name in ("plain.db", "switched.db"))
    switched.activate()
    undo_all(plain)
    undo_all(switched)
    switched.check()
    switched.desk.rollback("job_1")
    switched.check()
    assert switched.partition() == plain.partition()
    for archive in (plain, switched):
        archive.store.close()


@pytest.mark.parametrize("seed", UNREFUSED)
def test_undoing_all_before_an_activation_comes_to_the_same_as_before_building(tmp_path: Path, seed: int) -> None:
    early, late = (decided_at_random(tmp_path / name, seed, LINKS) for name in ("early.db", "late.db"))
    undo_all(early)
    early.build("job_1")
    late.build("job_1")
    undo_all(late)
    for archive in (early, late):
        archive.desk.activate("job_1")
        archive.check()
    assert late.partition() == early.partition()
    for archive in (early, late):
        archive.store.close()


def decided_at_random(path: Path, seed: int, rules: Collection[Rule]) -> Edited:
    """Return an archive in which much was decided, by some rules."""
    draw = random.Random(seed)
    archive = Edited(path, room=Newsroom(seed))
    archive.take_in(80)
    for _ in range(60):
        wanted = any_correction(draw, archive.store.catalogue, sorted(archive.articles), archive.room.tick())
        if rule_of(wanted) in rules:
            with suppress(*REFUSALS):
                archive.engine.correct(wanted)
    return archive


def rule_of(correction: Correction) -> Rule | None:
    match correction:
        case Constrain():
            return correction.rule
        case Merge():
            return Rule.MERGE
        case Split():
            return Rule.SPLIT
    return None


def undo_all(archive: Edited) -> None:
    """Undo all decisions, the newest first."""
    with archive.engine.held() as index:
        standing = [constraint.seq for constraint in index.constraints.in_force()]
    assert standing
    for seq in reversed(standing):
        archive.decide(Undo, seq=seq)
