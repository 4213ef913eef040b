"""The pictures of what the time goes to: what is counted, what is drawn where, and the command itself."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from profiles import LEAST, PY_SPY, Box, Call, boxes, calls_of

ROOT = Path(__file__).parents[2]
STACKS = [
    'process 7:"python speed.py";thread (8): MainThread;made_up (rows/stream.py:9) 50',
    'process 9:"serve";thread (10): writer-1;add (dedupe/engine.py:12);decide (dedupe/decide.py:3) 30',
    'process 9:"serve";thread (11): writer-2;add (dedupe/engine.py:14);decide (dedupe/decide.py:8) 50',
    'process 9:"serve";thread (11): writer-2;add (dedupe/engine.py:14);compile (numba/core.py:1) 9',
    'process 9:"serve";thread (11): writer-2;add (dedupe/engine.py:16) 20',
]


def test_what_is_below_a_call_is_counted_over_lines_and_threads_of_a_pool() -> None:
    top = calls_of(STACKS, "serve")

    assert top.seen == 100
    assert list(top.calls) == ["writer"]
    assert top.calls["writer"].calls["add (dedupe/engine.py)"].calls["decide (dedupe/decide.py)"].seen == 80


def test_of_calls_that_only_hand_on_the_last_is_drawn() -> None:
    top = calls_of(STACKS, "serve")

    assert list(boxes(top, top.seen)) == [
        Box("add (dedupe/engine.py)", 0, 0.0, 1.0),
        Box("decide (dedupe/decide.py)", 1, 0.0, 0.8),
    ]


def test_calls_stand_beside_each_other_the_largest_first_and_the_least_are_left_out() -> None:
    top = Call("")
    for name, seen in (("search", 300), ("read", 690), ("rest", int(1_000 * LEAST))):
        top.enter([name], seen)

    assert [box.name for box in boxes(top, top.seen)] == ["", "read", "search"]
    assert [box.begin for box in boxes(top, top.seen)] == [0.0, 0.0, pytest.approx(0.69)]


@pytest.mark.skipif(find_spec("matplotlib") is None or not PY_SPY.exists(), reason="they come with the extra `bench`")
def test_a_row_is_drawn(tmp_path: Path) -> None:
    command = [sys.executable, ROOT / "benchmarks" / "profiles.py", "S7", "--articles", "300", "--into", tmp_path]
    subprocess.run(command, check=True, cwd=ROOT)
    picture = (tmp_path / "S7.svg").read_text(encoding="utf-8")

    assert "S7, re-index" in picture
    assert "(dedupe/" in picture


def test_a_row_without_a_picture_is_refused(tmp_path: Path) -> None:
    command = [sys.executable, ROOT / "benchmarks" / "profiles.py", "S99", "--into", tmp_path]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)

    assert ran.returncode == 2
    assert "no picture of S99; there are S4" in ran.stderr
    assert not list(tmp_path.iterdir())
