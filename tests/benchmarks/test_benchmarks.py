"""The benchmarks on the sample that ships: the real commands, what they print, and how they end."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "data" / "sample"


def run(script: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, ROOT / "benchmarks" / script, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)


def cells(table: str, name: str) -> list[str]:
    """Return the figures of the row called ``name``."""
    row = next(line for line in table.splitlines() if line.startswith(f"| {name} "))
    return [cell.strip() for cell in row.strip("|").split("|")[1:]]


@pytest.fixture(scope="module")
def evaluated() -> float:
    """BCubed F1 of the sample, as the command line measures it."""
    storyfold = Path(sys.executable).with_name("storyfold")
    command = [storyfold, "evaluate", SAMPLE / "gold.jsonl", "--articles", SAMPLE / "articles.jsonl", "--json"]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(json.loads(ran.stdout)["clusters"]["bcubed"]["f1"])


def test_every_part_can_be_switched_off(evaluated: float, tmp_path: Path) -> None:
    document = tmp_path / "algorithm.md"
    marks = re.findall(r"<!-- .*?ablation.*? -->", (ROOT / "docs" / "algorithm.md").read_text(encoding="utf-8"))
    document.write_text(f"Before.\n{marks[0]}\nold figures\n{marks[1]}\nAfter.\n", encoding="utf-8")
    ran = run("ablation.py", "--sets", "sample", "--limit", 100_000, "--write", document)
    written = document.read_text(encoding="utf-8")
    _, _, tables = ran.stdout.partition("\n\n")
    clusters, copies = tables.split("**Copies, pair F1**")

    assert ran.returncode == 0, ran.stderr
    assert len(marks) == 2
    assert cells(clusters, "as shipped") == [f"{evaluated:.3f}"] * 2
    assert len([line for line in clusters.splitlines() if line.startswith("| ")]) > 15
    assert "Error" not in ran.stderr
    assert any(cell.startswith("−") for cell in cells(clusters, "no learned decision: cosine ≥ 0.4"))
    assert float(cells(copies, "copies not looked for")[0].replace("−", "-")) < -0.9
    assert float(cells(copies, "copies by Jaccard ≥ 0.7, not coverage")[0].replace("−", "-")) < 0
    assert ran.stdout.strip() in written
    assert written.startswith("Before.")
    assert written.endswith("After.\n")
    assert "old figures" not in written


def test_parts_are_chosen_by_name_and_sets_cut_short() -> None:
    ran = run("ablation.py", "--sets", "sample", "--variants", "no prior", "no merging", "--limit", 60)
    rows = [line for line in ran.stdout.split("**Copies")[0].splitlines() if line.startswith("| ")]

    assert ran.returncode == 0, ran.stderr
    assert len(rows) == 5, "header, ruler, as shipped, and two more"
    assert ran.stdout.startswith("At most 60 articles of a set")
    assert run("ablation.py", "--variants", "no such thing").returncode == 2


def test_tables_go_between_marks_only(tmp_path: Path) -> None:
    document = tmp_path / "plain.md"
    document.write_text("no marks", encoding="utf-8")
    ran = run("ablation.py", "--sets", "sample", "--variants", "no merging", "--write", document)

    assert ran.returncode == 1
    assert "has no marks" in ran.stderr
    assert document.read_text(encoding="utf-8") == "no marks"


def test_robustness_on_the_sample(evaluated: float) -> None:
    ran = run("robustness.py", "--sets", "sample", "--seeds", 2)
    order, backwards, cold = ran.stdout.strip().split("\n\n")
    holds = [cells(table, "sample")[-1] for table in (order, backwards, cold)]

    assert set(holds) <= {"yes", "NO"}
    assert ran.returncode == ("NO" in holds), ran.stderr
    assert cells(order, "sample")[0] == f"{evaluated:.3f}"
    assert float(cells(order, "sample")[2]) <= evaluated + 0.0005 <= float(cells(order, "sample")[3]) + 0.001
    assert float(cells(backwards, "sample")[1]) > 0.8, "copies are copies in both directions of time"
    assert re.fullmatch(r"\d+ of its own", cells(cold, "sample")[0])


def test_the_largest_clusters_are_only_shown_for_the_set_with_other_news() -> None:
    ran = run("robustness.py", "--sets", "sample", "--checks", "welds")
    assert (ran.returncode, ran.stdout) == (0, "")


def test_quality_prints_every_figure(evaluated: float) -> None:
    ran = run("quality.py", "--runs", 1, "sample")
    header = next(line for line in ran.stdout.splitlines() if line.startswith("| set"))
    names = [cell.strip() for cell in header.strip("|").split("|")][1:]

    assert ran.returncode == 0, ran.stderr
    assert names[1:-1] == ["near-dup F1", "P", "R", "BCubed F1", "P", "R", "ARI", "NMI", "alone"]
    assert cells(ran.stdout, "sample")[4] == f"{evaluated:.3f}"


@pytest.mark.soak
def test_a_start_is_measured(tmp_path: Path) -> None:
    ran = run("start.py", "--articles", 600, "--store", tmp_path / "start.db", "--replay")
    assert ran.returncode == 0, ran.stderr
    ready = re.findall(r"^ready, .*?  +([0-9. ]+) s", ran.stdout, re.MULTILINE)
    assert [len(figures.split()) for figures in ready] == [1, 3, 1]
    assert re.search(r"^longest hold of the index +[0-9.]+ ms$", ran.stdout, re.MULTILINE)
    assert re.search(r"^size of the snapshot +[0-9,]+ MB$", ran.stdout, re.MULTILINE)
    assert (tmp_path / "start.db.index").exists()
