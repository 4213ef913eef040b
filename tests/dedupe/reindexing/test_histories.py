"""Whatever happens, in whatever order, and however often the program starts again: the log is the only truth."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from dedupe.errors import JobConflict
from dedupe.store.records import JobState
from tests.dedupe.newsroom import Newsroom
from tests.dedupe.reindexing.archive import OFTEN, Archive
from tests.dedupe.test_engine import WARY

SETTINGS = (OFTEN, {"coverage": 0.4, "length_ratio": 0.05}, {"bands": 16, "rows": 4, "prior": False}, {})


FEW, MANY = (0, 4), (4, 24)
"""How many decisions an editor takes in a round; with many, ids come to mean other clusters than those of old."""


@pytest.mark.parametrize(
    ("seed", "decisions"),
    [
        (16, MANY),
        *(pytest.param(*more, marks=pytest.mark.soak) for more in [(0, FEW), (1, FEW), (2, FEW), (3, FEW), (4, MANY)]),
    ],
)
def test_a_random_history_is_replayed_to_the_same_state(tmp_path: Path, seed: int, decisions: tuple[int, int]) -> None:
    draw = random.Random(seed)
    archive = Archive(tmp_path / "news.db", WARY, Newsroom(seed))
    activated: list[str] = []
    done: set[str] = set()
    for number in range(12):
        live_through(archive, draw, decisions)
        what = draw.choice(("activate", "activate", "roll back", "restart", "discard"))
        if what == "activate":
            activate(archive, f"job_{number}", draw)
            activated.append(f"job_{number}")
        elif what == "roll back" and activated:
            archive.desk.rollback(activated.pop())
        elif what == "restart":
            archive.reopen()
        elif what == "discard":
            archive.build(f"job_{number}", draw.choice(SETTINGS))
            archive.desk.discard(f"job_{number}")
            assert archive.desk.get(f"job_{number}").state is JobState.DISCARDED
        done.add(what)
        archive.check()
    archive.reopen()
    archive.check()
    archive.store.close()
    assert len(done) > 2


def live_through(archive: Archive, draw: random.Random, decisions: tuple[int, int]) -> None:
    """Take in what a newsroom and its editors send on one day."""
    archive.take_in(draw.randrange(15, 40), draw)
    for _ in range(3):
        archive.restate(draw)
    for _ in range(draw.randrange(*decisions)):
        archive.correct(draw)
    if draw.random() < 0.5:
        archive.withdraw(draw.choice(sorted(archive.articles)))


def activate(archive: Archive, job_id: str, draw: random.Random) -> None:
    """Build a generation and activate it; something happens in between."""
    archive.build(job_id, draw.choice(SETTINGS))
    archive.take_in(draw.randrange(20), draw)
    archive.restate(draw)
    archive.correct(draw)
    archive.withdraw(draw.choice(sorted(archive.articles)))
    archive.desk.activate(job_id)


def test_a_rollback_brings_every_article_back_to_where_it_was(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "news.db", WARY)
    archive.take_in(250)
    places = [archive.places()]
    for number in range(2):
        archive.build(f"job_{number}", SETTINGS[number])
        archive.desk.activate(f"job_{number}")
        places.append(archive.places())
        assert places[-1] != places[-2]
    with pytest.raises(JobConflict, match="roll that one back first"):
        archive.desk.rollback("job_0")
    for number in (1, 0):
        archive.desk.rollback(f"job_{number}")
        assert archive.places() == places[number]
        archive.check()
    with pytest.raises(JobConflict, match="rolled_back"):
        archive.desk.rollback("job_0")
    archive.store.close()
