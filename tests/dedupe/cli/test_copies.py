from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

SAMPLE = Path(__file__).parents[3] / "data" / "sample" / "articles.jsonl"

Run = Callable[..., Any]


def test_a_backup_restored_is_the_store_again(run: Run, tmp_path: Path) -> None:
    store, other = f"sqlite:///{tmp_path}/news.db", f"sqlite:///{tmp_path}/other.db"
    run("ingest", SAMPLE, "--store", store)
    backed_up = run("backup", tmp_path / "copy.db", "--store", store)
    restored = run("restore", tmp_path / "copy.db", "--store", other, "--json")

    assert backed_up.exit_code == restored.exit_code == 0
    assert backed_up.stdout.endswith(" MB, verified\n")
    assert json.loads(restored.stdout).keys() == {"path", "size_bytes", "last_seq"}
    assert run("export", "--store", other).stdout == run("export", "--store", store).stdout


def test_nothing_is_overwritten_unless_forced(run: Run, tmp_path: Path) -> None:
    store = f"sqlite:///{tmp_path}/news.db"
    run("ingest", SAMPLE, "--store", store)
    (tmp_path / "copy.db").write_bytes(b"precious")

    assert run("backup", tmp_path / "copy.db", "--store", store).exit_code == 3
    assert (tmp_path / "copy.db").read_bytes() == b"precious"
    assert run("backup", tmp_path / "copy.db", "--store", store, "--force").exit_code == 0
    assert "force" in run("restore", tmp_path / "copy.db", "--store", store).stderr
    assert run("restore", tmp_path / "copy.db", "--store", store, "--force").exit_code == 0


def test_what_is_no_backup_is_not_restored(run: Run, tmp_path: Path) -> None:
    ran = run("restore", SAMPLE, "--store", f"sqlite:///{tmp_path}/news.db")
    assert ran.exit_code == 3
    assert "is not a SQLite database" in ran.stderr
