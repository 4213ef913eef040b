from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from dedupe.cli import doctor
from dedupe.engine import Engine
from dedupe.settings import EngineSettings
from dedupe.snapshot.keeping import keep
from dedupe.store.catalogue import SqlCatalogue
from dedupe.store.sql import SqlStore

SAMPLE = Path(__file__).parents[3] / "data" / "sample" / "articles.jsonl"


class Usage(NamedTuple):
    total: int
    used: int
    free: int


Run = Callable[..., Any]


@pytest.fixture
def store(run: Run, tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path}/news.db"
    run("ingest", SAMPLE, "--store", url)
    return url


def verdicts(run: Run, store: str) -> dict[str, tuple[str, str]]:
    rows = json.loads(run("doctor", "--store", store, "--json").stdout)["checks"]
    return {row["name"]: (row["verdict"], row["found"]) for row in rows}


def test_a_sound_store(run: Run, store: str) -> None:
    ran = run("doctor", "--store", store)
    assert ran.exit_code == 0
    assert [line.split()[:2] for line in ran.stdout.splitlines()] == [
        ["OK", name] for name in ("python", "kernels", "disk", "store", "settings", "writer", "snapshot", "replay")
    ]
    assert "150 articles" in ran.stdout


def test_beside_a_server(run: Run, store: str) -> None:
    with closing(SqlStore.open(store, EngineSettings().signature_identity())):
        found = verdicts(run, store)
    assert found["writer"][0] == "OK"
    assert "already being written by process" in found["writer"][1]
    assert found["replay"][0] == "OK"


def events_in(store: str) -> int:
    with closing(SqlCatalogue.open(store)) as catalogue:
        return catalogue.totals().last_seq


def test_a_snapshot(run: Run, store: str, tmp_path: Path) -> None:
    """It says whether there is one, how old, and what it covers; a damaged one is no failure: the log is there."""
    assert verdicts(run, store)["snapshot"] == ("OK", f"there is none; a start replays {events_in(store)} events")
    with closing(SqlStore.open(store, EngineSettings().signature_identity())) as opened:
        assert keep(Engine(opened), lambda: False)
    path = tmp_path / "news.db.index"
    verdict, found = verdicts(run, store)["snapshot"]
    assert verdict == "OK"
    count = events_in(store)
    assert re.fullmatch(rf"[0-9]+ MB, 0 minutes old, whole, up to event {count} of {count}", found)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    ran = run("doctor", "--store", store)
    assert ran.exit_code == 0
    wanted = rf"WARN  snapshot   not used: its [a-z_.]+ is damaged; a start replays all {count} events"
    assert re.search(wanted, ran.stdout)
    assert path.read_bytes() == content


def test_a_long_log_without_a_snapshot(run: Run, store: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_LONG_LOG", 100)
    ran = run("doctor", "--store", store)
    wanted = (
        f"WARN  snapshot   there is none; a start replays all {events_in(store)} events; stop the server in good order"
    )
    assert wanted in ran.stdout


def test_no_store_yet(run: Run, tmp_path: Path) -> None:
    ran = run("doctor", "--store", f"sqlite:///{tmp_path}/none.db")
    assert ran.exit_code == 0
    assert ran.stdout.splitlines()[-1].startswith("WARN  store      there is none at")
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_store(run: Run, store: str, tmp_path: Path) -> None:
    content = (tmp_path / "news.db").read_bytes()
    (tmp_path / "news.db").write_bytes(content[: len(content) // 2])
    ran = run("doctor", "--store", store)
    assert ran.exit_code == 1
    assert "FAIL  store" in ran.stdout
    assert ran.stderr == "storyfold: failed: store; what to do stands beside each\n"


def test_rows_that_refer_to_nothing(run: Run, store: str, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "news.db")) as connection, connection:
        connection.execute("DELETE FROM articles WHERE pk = 1")
    assert verdicts(run, store)["store"][0] == "FAIL"
    assert "refers to a missing row of articles" in verdicts(run, store)["store"][1]


def test_a_store_made_with_other_settings(run: Run, store: str, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "news.db")) as connection, connection:
        connection.execute("UPDATE settings SET value = '7' WHERE key = 'identity.shingle_size'")
    assert verdicts(run, store)["settings"] == ("FAIL", "made with shingle_size=7 (here 5)")


def test_a_folder_that_is_not_there(run: Run, tmp_path: Path) -> None:
    assert verdicts(run, f"sqlite:///{tmp_path}/nowhere/news.db")["disk"][0] == "FAIL"


@pytest.mark.parametrize(("free", "verdict"), [(50 << 20, "FAIL"), (500 << 20, "WARN"), (50 << 30, "OK")])
def test_room_on_the_disk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, free: int, verdict: str) -> None:
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _: Usage(100 << 30, 0, free))
    assert doctor.check_disk(tmp_path / "news.db").verdict == verdict


def test_kernels_that_compute_something_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "GOLDEN_TEXT", "another text")
    check = doctor.check_kernels()
    assert check.verdict == "FAIL"
    assert "install numba and numpy again" in check.advice


def test_another_python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor.sys, "version_info", (3, 10, 1))
    assert doctor.check_python().verdict == "FAIL"


def test_a_log_that_means_two_things(run: Run, store: str, monkeypatch: pytest.MonkeyPatch) -> None:
    answers: Iterator[str] = iter(["of the warm-up", "0f", "f0"])
    monkeypatch.setattr(doctor.Engine, "digest", lambda _: next(answers))
    assert verdicts(run, store)["replay"] == ("FAIL", "two replays differ: 0f and f0")
