from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

SAMPLE = Path(__file__).parents[3] / "data" / "sample"

Run = Callable[..., Any]


@pytest.fixture
def predictions(run: Run, tmp_path: Path) -> Path:
    run("cluster", SAMPLE / "articles.jsonl", "-o", tmp_path / "out.jsonl")
    return tmp_path / "out.jsonl"


def test_predictions_and_articles_give_the_same_report(run: Run, predictions: Path) -> None:
    from_predictions = run("evaluate", SAMPLE / "gold.jsonl", predictions, "--json")
    from_articles = run("evaluate", SAMPLE / "gold.jsonl", "--articles", SAMPLE / "articles.jsonl", "--json")
    report = json.loads(from_predictions.stdout)

    assert from_predictions.exit_code == 0
    assert from_predictions.stdout == from_articles.stdout
    assert report["clusters"]["article_count"] == 150
    assert report["clusters"]["bcubed"]["f1"] > report["clusters"]["bcubed_floor"]


def test_gold_that_holds_the_texts_needs_no_other_file(run: Run, tmp_path: Path) -> None:
    gold = tmp_path / "gold.jsonl"
    rows = [
        {"id": n, "event": n % 2, "text": f"{'Ferry aground off Sandholm' if n % 2 else 'Dockers walk out'}, again."}
        for n in range(4)
    ]
    gold.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    report = json.loads(run("evaluate", gold, "--label", "event", "--json").stdout)
    assert report["clusters"]["gold_count"] == 2
    assert report["clusters"]["bcubed"]["precision"] == 1.0


def test_people_get_a_table(run: Run, predictions: Path) -> None:
    assert "clusters, BCubed" in run("evaluate", SAMPLE / "gold.jsonl", predictions).stdout


def test_predictions_of_something_else_are_refused(run: Run, predictions: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.jsonl"
    cut.write_text("\n".join(predictions.read_text().splitlines()[1:]))
    ran = run("evaluate", SAMPLE / "gold.jsonl", cut)
    assert (ran.exit_code, ran.stderr.count("\n")) == (2, 1)
