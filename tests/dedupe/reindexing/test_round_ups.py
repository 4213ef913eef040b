"""Round-ups through a re-index: what they tell of has other ids then, or is told no more."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.dedupe.newsroom import Newsroom
from tests.dedupe.reindexing.archive import OFTEN, Archive

FORGETFUL: Mapping[str, Any] = {"cluster_window_days": 0.01, "keep_articles": 0}
"""Settings by which there is hardly anything to tell of."""


def briefed(path: Path, seed: int) -> tuple[Archive, str]:
    """Return an archive with a few events and a round-up of three of them; and the id of the round-up."""
    archive = Archive(path, room=Newsroom(seed))
    events = [archive.room.happen() for _ in range(3)]
    sent = [archive.room.report(event, 150) for _ in range(3) for event in events]
    archive.room.now += timedelta(hours=12)
    sent += [archive.room.report(archive.room.happen()), archive.room.briefing(events)]
    placed = [answer.article_id for answer in archive.engine.add_all(sent)]
    archive.articles |= set(placed)
    archive.take_in(30)
    return archive, placed[-1]


def told_in(archive: Archive, article_id: str) -> set[str]:
    assignment = archive.store.article(article_id).assignment
    return {assignment.cluster_id, *assignment.also_in}


@pytest.mark.parametrize("settings", [OFTEN, FORGETFUL], ids=["other clusters", "hardly a memory"])
def test_round_ups_are_told_of_by_the_names_everyone_knows(tmp_path: Path, settings: Mapping[str, Any]) -> None:
    archive, round_up = briefed(tmp_path / "news.db", 5)
    before = told_in(archive, round_up)
    assert len(before) == 3
    archive.build("job_1", settings)
    archive.desk.activate("job_1")
    archive.check()
    assert bool(archive.store.article(round_up).assignment.also_in) == (settings is OFTEN)
    archive.reopen()
    archive.check()
    archive.desk.rollback("job_1")
    archive.check()
    assert told_in(archive, round_up) == before
    archive.store.close()
