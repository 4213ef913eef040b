"""A day at the desk, then a re-index: decisions hold in every generation, and every old id answers."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from dedupe.constraints import Rule
from dedupe.corrections import Constrain, Merge
from dedupe.engine import Engine
from dedupe.errors import Contradiction
from dedupe.events import Event, EventKind
from dedupe.reindexing.desk import Desk
from tests.dedupe.editor import check_decisions, check_groups, check_ids, cluster_of, every_event, survivor
from tests.dedupe.reindexing.archive import OFTEN, counted_anew
from tests.dedupe.test_editors_session import Day
from tests.dedupe.test_engine import WARY

FEW = 250
MANY = 5_000


def check(day: Day, splits: list[Event], pin: Event, pinned: str) -> None:
    """Check the three decisions by themselves, and all that must hold anyway."""
    catalogue = day.store.catalogue
    assert cluster_of(catalogue, pinned) == survivor(catalogue, pin.cluster_id)
    for split in splits:
        left = {cluster_of(catalogue, article_id) for article_id in split.detail["bound"]}
        assert survivor(catalogue, str(split.from_cluster_id)) not in left
        one, other = sorted((survivor(catalogue, str(split.from_cluster_id)), left.pop()))
        with pytest.raises(Contradiction) as refused:
            day.engine.correct(Merge(actor="Cem", at=day.room.tick(), cluster_id=one, other_id=other))
        assert refused.value.standing["seq"] == split.seq
    assert check_decisions(catalogue) == 3
    check_ids(catalogue)
    check_groups(catalogue, sorted(day.articles))
    assert Engine(day.store, day.engine.settings, model=WARY).digest() == day.engine.digest()
    with counted_anew(day.store) as (rows, anew):
        assert rows == anew


def reindexed_session(path: Path, later: int) -> str:
    """Correct two wrong merges and pin an article, then let news arrive, re-index, activate, restart and roll back."""
    day = Day(path)
    splits = [day.split(*day.wrong_merge()) for _ in range(2)]
    pinned = random.Random(1).choice(sorted(day.articles))
    wanted = Constrain(actor="Ben", at=day.room.tick(), rule=Rule.PIN, article_ids=(pinned,))
    pin = day.engine.correct(wanted)
    for submission in day.room.stream(later):
        day.add(submission)
    check(day, splits, pin, pinned)
    former = {stored.article_id: stored.assignment.cluster_id for stored in day.store.catalogue.articles()}

    desk = Desk(day.store, day.engine, day.room.tick)
    job = desk.request("job_1", OFTEN)
    assert desk.build(job, lambda _: None, lambda: False)
    for submission in day.room.stream(20):
        day.add(submission)
    activated = desk.activate("job_1")
    check(day, splits, pin, pinned)
    for submission in day.room.stream(later // 10):
        day.add(submission)
    check(day, splits, pin, pinned)

    day.engine = Engine(day.store, day.engine.settings, model=WARY)  # as after a restart
    desk = Desk(day.store, day.engine, day.room.tick)
    desk.rollback("job_1")
    check(day, splits, pin, pinned)
    catalogue = day.store.catalogue
    revised = {event.article_id for event in catalogue.changes(job_seq(day, activated), 10_000)}
    strays = [
        i for i, place in former.items() if i not in revised and cluster_of(catalogue, i) != survivor(catalogue, place)
    ]
    assert strays == []
    merges = sum(event.kind is EventKind.MERGED for event in every_event(catalogue))
    day.store.close()
    return (
        f"{len(day.articles)} articles, {merges} merges, {activated.detail['moved_count']} moved by the re-index,"
        f" which agreed to {activated.detail['agreement']:.2f}"
    )


def job_seq(day: Day, activated: Event) -> int:
    """Return the event before the twenty articles that came while the generation was ready."""
    return max(activated.seq - 60, 0)


def test_decisions_hold_through_a_reindex_and_its_rollback(tmp_path: Path) -> None:
    reindexed_session(tmp_path / "day.db", FEW)


@pytest.mark.soak
def test_decisions_hold_through_a_large_reindex_and_its_rollback(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    record_property("figures", reindexed_session(tmp_path / "day.db", MANY))
