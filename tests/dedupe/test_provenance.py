from __future__ import annotations

from datetime import timedelta

import pytest

import dedupe.provenance as module
from dedupe.errors import UnknownCluster
from dedupe.provenance import Role, provenance
from tests.dedupe.reports import BANKS, FERRY, RETOLD, START, Desk

TITLE = "Ferry aground off Sandholm"
CUT = FERRY.split(" The captain")[0]


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_who_was_first_and_who_copied_from_whom(desk: Desk) -> None:
    first = desk.send(f"SANDHOLM (AP) — {FERRY}", TITLE, source="Courier")
    cut = desk.send(f"{CUT} Nobody may sail.", "212 safe", source="Herald")
    told = desk.send(RETOLD, "Passengers tell of ferry accident off Sandholm", source="Gazette", authors=("Reuters",))
    assert {answer.cluster_id for answer in (first, cut, told)} == {first.cluster_id}
    found = provenance(desk.archive, first.cluster_id, 50, None)
    assert (found.size, found.independent_count, found.source_count) == (3, 2, 3)
    assert (found.first, found.next_cursor) == (first.article_id, None)
    original, copy, report = found.articles
    assert [origin.role for origin in found.articles] == [Role.ORIGINAL, Role.COPY, Role.REPORT]
    assert (original.copied_from, report.copied_from) == (None, None)
    assert [origin.wire and origin.wire.agency for origin in found.articles] == ["AP", None, "Reuters"]
    assert original.duplicate_group_id == copy.duplicate_group_id is not None

    source = copy.copied_from
    assert source is not None
    assert cut.duplicate_of is not None
    assert (source.article_id, source.source) == (first.article_id, "Courier")
    assert (source.jaccard, source.containment) == (cut.duplicate_of.jaccard, cut.duplicate_of.containment)
    assert source.seconds_after == 3600
    # Added: another headline and a last sentence; cut: the headline and the captain's sentence.
    assert (source.added_tokens, source.added_characters) == (2 + 3, len("212 safe") + len("Nobody may sail"))
    ending = FERRY.removeprefix(CUT).strip().rstrip(".")
    assert source.cut_tokens == 4 + len(ending.split())
    assert source.cut_characters == len(TITLE) + len(ending)
    assert source.kept_tokens == len(CUT.replace("-", " ").split())


def test_a_copy_that_was_published_first_and_came_in_later(desk: Desk) -> None:
    original = desk.send(FERRY, TITLE)
    desk.send(FERRY, "Accident", published_at=START - timedelta(hours=1))
    earlier, later = provenance(desk.archive, original.cluster_id, 50, None).articles
    assert (earlier.role, later.role) == (Role.COPY, Role.ORIGINAL)
    assert earlier.copied_from is not None
    assert earlier.copied_from.seconds_after == -7200


def test_an_undated_copy_has_no_time_after(desk: Desk) -> None:
    original = desk.send(FERRY, TITLE)
    desk.send(FERRY, "Accident", published_at=None)
    copy = next(o for o in provenance(desk.archive, original.cluster_id, 50, None).articles if o.copied_from)
    assert copy.copied_from is not None
    assert (copy.published_at, copy.copied_from.seconds_after) == (None, None)


def test_copies_of_what_was_taken_down(desk: Desk) -> None:
    original = desk.send(FERRY, TITLE)
    for title in ("Accident", "Another headline"):
        desk.send(FERRY, title)
    desk.engine.withdraw(original.article_id, desk.now)
    found = provenance(desk.archive, original.cluster_id, 50, None)
    assert found.independent_count == 1
    sources = [origin.copied_from for origin in found.articles if origin.copied_from]
    gone = sources[0]
    assert gone.article_id == original.article_id
    assert (gone.source, gone.kept_tokens, gone.added_tokens, gone.seconds_after) == (None, None, None, None)
    assert gone.containment == 1


def test_an_empty_cluster(desk: Desk) -> None:
    only = desk.send(FERRY, TITLE)
    desk.engine.withdraw(only.article_id, desk.now)
    found = provenance(desk.archive, only.cluster_id, 50, None)
    assert (found.size, found.first, found.articles, found.next_cursor) == (0, None, (), None)
    with pytest.raises(UnknownCluster):
        provenance(desk.archive, "clu_0000000000000", 50, None)


@pytest.mark.parametrize("patience", [0, 150, 10**9])
def test_pages_hold_every_article_once_however_soon_they_end(
    desk: Desk, patience: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    placed = [desk.send(FERRY + f" Edition {number}.", f"Headline {number}") for number in range(7)]
    desk.send(BANKS)
    monkeypatch.setattr(module, "PATIENCE", patience)
    found: list[str] = []
    sizes: list[int] = []
    cursor = None
    while not sizes or cursor is not None:
        page = provenance(desk.archive, placed[0].cluster_id, 3, cursor)
        found += [origin.article_id for origin in page.articles]
        sizes.append(len(page.articles))
        cursor = page.next_cursor
    assert found == [answer.article_id for answer in placed]
    assert max(sizes) == {0: 1, 150: 2, 10**9: 3}[patience]
