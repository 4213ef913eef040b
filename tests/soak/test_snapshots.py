"""Killed while it writes a snapshot, a process leaves none or a whole one: the index is that of the log."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from dedupe.digest import digest
from dedupe.engine import Engine
from dedupe.replaying import replayed_index
from dedupe.snapshot.loading import reached
from dedupe.store.index_file import part_of, path_beside
from tests.soak.serving import opened

ROOT = Path(__file__).parents[2]
ROUNDS = int(os.environ.get("STORYFOLD_KILL_ROUNDS", "40"))


def killed_while_writing(path: Path, seed: int) -> bool:
    """Have a process write snapshots and kill it at some moment; return whether it had one under way."""
    command = [sys.executable, "-m", "tests.soak.snapshooter", str(path), str(seed)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline()
        threading.Timer(random.Random(seed).uniform(0.0, 0.4), process.kill).start()
        process.stdout.read()
    assert process.returncode == -signal.SIGKILL
    return part_of(path_beside(path)).exists()


def survive(path: Path, rounds: int) -> str:
    """Kill again and again; return in words what was checked."""
    halves, used = 0, 0
    for seed in range(rounds):
        halves += killed_while_writing(path, seed)
        with closing(opened(path)) as store:
            assert not part_of(path_beside(path)).exists()
            settings = Engine(store).settings
            used += reached(store.index_file, settings) > 0
            assert Engine(store).digest() == digest(replayed_index(store, settings))
    return f"{rounds} kills, {halves} while a snapshot was being written, {used} starts from a snapshot"


def test_a_kill_while_a_snapshot_is_written(tmp_path: Path) -> None:
    survive(tmp_path / "news.db", 1)


@pytest.mark.soak
def test_many_kills_while_snapshots_are_written(tmp_path: Path, report: Callable[[str], None]) -> None:
    said = survive(tmp_path / "news.db", ROUNDS)
    report(said)
    assert " 0 " not in said
