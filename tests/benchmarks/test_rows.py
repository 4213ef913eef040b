"""Each row of the table of speed, as small as it can be; nothing is asserted about time."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from news import reports
from peers import left_out, peers
from rows import endurance, grouping, growth, intake, lookup, millions, polling, reindexing, signing, starting, stream
from rows.copies import OURS, Storyfold, contenders
from rows.figure import Found, Size
from rows.memory import array_bytes, peak, resident
from servers import echoing

from dedupe.duplicates.signature import signature_of
from dedupe.text.tokens import tokenise

TINY = Size(articles=40, runs=2)
NAMES = ("gaoya", "rensa", "datasketch", "text-dedup")


@pytest.mark.parametrize("any_script", [False, True])
def test_signing(any_script: bool) -> None:
    measured = signing.rates(TINY, any_script=any_script)
    assert measured.keys() == contenders().keys()
    assert all(len(rates) == TINY.runs and min(rates) > 0 for rates in measured.values())


def test_what_is_signed_is_what_the_engine_signs() -> None:
    text = next(reports(1)).text
    assert np.array_equal(Storyfold().sign(text), signature_of(tokenise(text).hashes, 5)[1])


@pytest.mark.parametrize("name", [OURS, *NAMES])
def test_a_copy_is_found_and_another_text_is_not(name: str) -> None:
    if name in left_out():
        pytest.skip(f"{name} is not installed: it comes with the extra `bench`, text-dedup by hand")
    make = next(make for known, make in contenders().items() if known.split(" ")[0] == name)
    first, other = (report.text for report in list(reports(2)))
    contender = make()
    assert list(contender.find_and_add(0, first)) == []
    assert list(contender.find_and_add(1, other)) == []
    assert list(contender.find_and_add(2, first)) == [0]


def test_lookup() -> None:
    measured = lookup.latencies(TINY)
    assert set(measured) == {OURS, *peers()}
    assert all(len(runs) == TINY.runs and min(runs) > 0 for runs in measured.values())


def test_grouping_finds_what_was_planted() -> None:
    measured, found, planted = grouping.run(Size(articles=300, runs=1))
    assert found[OURS] == Found(recall=1.0, precision=1.0)
    assert planted > 20
    assert measured.keys() == found.keys()
    assert all(agreement.recall > 0.8 for agreement in found.values())


def test_pairs_become_groups() -> None:
    assert grouping.groups(6, {(0, 3), (3, 5), (1, 2)}) == [0, 1, 1, 0, 4, 0]
    assert grouping.agreement({(0, 1), (0, 2)}, {(0, 1), (3, 4)}) == Found(recall=0.5, precision=0.5)


def test_stream_runs_whatever_there_is() -> None:
    rates = stream.rates(None, 30, 2)
    assert len(rates) == 2
    assert min(rates) > 0


def test_most_of_millions_are_entered_and_the_newest_decided() -> None:
    filled = millions.fill(60, seed=1)
    assert [point.live for point in filled.points] == [6, 12, 30, 60]
    assert sum(filled.decided.values()) == sum(filled.entered.values()) == 30
    assert filled.longest_entry > 0


def test_growth_counts_every_add() -> None:
    grown = growth.grow(60, seed=1)
    assert [point.live for point in grown.points] == list(range(3, 61, 3))
    assert sum(grown.pauses.values()) == 60
    assert all(point.arrays > 0 and point.per_second > 0 for point in grown.points)


def test_memory_of_copies_is_that_of_one_contender() -> None:
    assert growth.copies_memory(OURS, 50) >= 0


def test_reindexing_a_real_store(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'archive.db'}"
    reindexing.fill(url, 40)
    first, second = reindexing.build(url), reindexing.build(url)
    assert first.seconds > 0
    assert 2**20 < second.held <= second.seen


def test_intake_over_http_beside_an_echo() -> None:
    measured = intake.measure(Size(articles=20, runs=1))
    singly, late, in_bulk = measured.figures
    assert singly.ours[0] > 0
    assert singly.peers["bare FastAPI echo"][0] > 0
    assert late.ours[0] > 0
    assert in_bulk.ours[0] > 0


def test_polling_over_http() -> None:
    measured = polling.measure(Size(articles=20, runs=1))
    whole, new, unchanged, late, arrived = (figure.ours[0] for figure in measured.figures)
    assert min(whole, new, unchanged, late, arrived) > 0


def test_arrays_are_counted_once_wherever_they_are_held() -> None:
    cells = np.zeros(1000, dtype=np.int64)
    table = np.zeros((10, 10), dtype=np.int32)

    class Holder:
        def __init__(self) -> None:
            self.whole, self.part = cells, cells[10:20]
            self.nested = {"tables": [table, (table.T,)]}

    assert array_bytes(Holder()) == cells.nbytes + table.nbytes
    assert 0 < resident() <= peak()


def test_enduring_articles_and_dashboards() -> None:
    measured = endurance.measure(Size(articles=60, runs=1))
    arrived, durable, slowest, listed, grown = measured.figures
    assert min(arrived.ours[0], durable.ours[0], listed.ours[0]) > 0
    assert slowest.ours[0] >= durable.ours[0]
    assert grown.less_is_better
    assert measured.note.startswith("60 made-up articles")


def test_memory_grows_by_what_is_held_more_at_the_end_than_in_the_middle() -> None:
    assert endurance.grown([1_000, 2_000, 3_000, 7_000], 10) == pytest.approx(1.0)


def test_what_another_process_holds_can_be_told() -> None:
    with echoing() as (_, process):
        assert process != os.getpid()
        assert (resident(process) > 0) == Path("/proc/self/status").exists()


def test_starting_a_real_server(tmp_path: Path) -> None:
    store = tmp_path / "archive.db"
    reindexing.fill(f"sqlite:///{store}", 20)
    assert starting.seconds_until_ready(store) > 0
