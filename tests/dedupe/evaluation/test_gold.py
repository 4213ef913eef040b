from __future__ import annotations

import gzip
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from dedupe.errors import UnreadableInput
from dedupe.evaluation.gold import Prediction, read_gold, read_predictions

LONG = "word " * 45


def write(path: Path, rows: Sequence[Mapping[str, Any]]) -> str:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return str(path)


def test_labels_are_read(tmp_path: Path) -> None:
    gold = read_gold(
        write(
            tmp_path / "gold.jsonl",
            [{"id": 1, "cluster": 7, "lang": "en", "title": "Ferry aground"}, {"id": "2", "language": "fr"}],
        )
    )

    assert gold.ids == ("1", "2")
    assert gold.events == {"1": "7"}
    assert gold.languages == {"1": "en", "2": "fr"}
    assert gold.titles == {"1": "Ferry aground"}
    assert gold.copies is None


def test_another_field_may_hold_the_event(tmp_path: Path) -> None:
    path = write(tmp_path / "gold.jsonl", [{"id": "1", "cluster": "fine", "cluster_merged": "coarse"}])

    assert read_gold(path, "cluster_merged").events == {"1": "coarse"}


def test_a_table_holds_labels_as_well(tmp_path: Path) -> None:
    path = tmp_path / "gold.csv"
    path.write_text("id,title,event\n1,Ferry aground,7\n2,Dockers walk out,\n", encoding="utf-8")
    gold = read_gold(str(path), "event")

    assert (gold.ids, gold.events, gold.titles["2"]) == (("1", "2"), {"1": "7"}, "Dockers walk out")


def test_a_table_of_labels_needs_an_id(tmp_path: Path) -> None:
    path = tmp_path / "gold.csv"
    path.write_text("article,cluster\n1,ferry\n", encoding="utf-8")

    with pytest.raises(UnreadableInput, match=r"gold.csv:1: the header names no id"):
        read_gold(str(path))


def test_a_file_without_any_label_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "gold.jsonl", [{"id": "1", "event": "ferry"}])

    with pytest.raises(UnreadableInput, match="no line has the field 'cluster'; --label names the field"):
        read_gold(path)


def test_articles_that_nobody_copied_are_labels_too(tmp_path: Path) -> None:
    gold = read_gold(write(tmp_path / "gold.jsonl", [{"id": "1", "duplicate_group": None}]))

    assert gold.copies
    assert not gold.copies.families


def test_groups_become_families(tmp_path: Path) -> None:
    rows = [{"id": i, "cluster": "e", "duplicate_group": group} for i, group in zip("cabd", "gggh", strict=True)]
    gold = read_gold(write(tmp_path / "gold.jsonl", [*rows, {"id": "e", "duplicate_group": None}]))

    assert gold.copies
    assert gold.copies.families == {"c": "g", "a": "g", "b": "g", "d": "h"}
    assert gold.copies.copies is None
    assert not gold.copies.short


@pytest.mark.parametrize("packed", [False, True])
def test_pairs_beside_the_gold_file(tmp_path: Path, *, packed: bool) -> None:
    gold_path = write(
        tmp_path / "docs.jsonl", [{"id": i, "text": LONG} for i in "abcde"] + [{"id": "s", "text": "few"}]
    )
    pairs = [("b", "a", "near_dup"), ("c", "a", "grey"), ("a", "d", "excerpt"), ("a", "e", "template")]
    lines = "".join(json.dumps({"a": a, "b": b, "label": label}) + "\n" for a, b, label in pairs)
    if packed:
        (tmp_path / "near_dup_pairs.jsonl.gz").write_bytes(gzip.compress(lines.encode()))
    else:
        (tmp_path / "near_dup_pairs.jsonl").write_text(lines, encoding="utf-8")

    copies = read_gold(gold_path).copies

    assert copies
    assert copies.copies == {("a", "b")}
    assert copies.open_pairs == {("a", "c"), ("a", "d")}
    assert copies.short == {"s"}


def test_predictions_are_read(tmp_path: Path) -> None:
    rows = [
        {"id": 1, "cluster_id": "clu_1", "duplicate_group_id": None, "duplicate_of": None},
        {"id": "2", "cluster_id": "clu_1", "duplicate_group_id": "dup_1"},
    ]
    assert read_predictions(write(tmp_path / "out.jsonl", rows)) == {
        "1": Prediction(cluster_id="clu_1", duplicate_group_id=None),
        "2": Prediction(cluster_id="clu_1", duplicate_group_id="dup_1"),
    }


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([{"cluster": "e"}], "gold.jsonl:1: has no id"),
        ([{"id": 1}, {"id": "1"}], r"gold.jsonl:2: the id '1' is already at .*gold.jsonl:1"),
    ],
)
def test_bad_gold_is_refused_with_its_line(tmp_path: Path, rows: list[dict[str, Any]], reason: str) -> None:
    with pytest.raises(UnreadableInput, match=reason):
        read_gold(write(tmp_path / "gold.jsonl", rows))


def test_a_prediction_without_a_cluster_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match="'1' has no cluster_id"):
        read_predictions(write(tmp_path / "out.jsonl", [{"id": "1", "cluster_id": None}]))


def test_a_pair_without_a_label_is_refused(tmp_path: Path) -> None:
    gold_path = write(tmp_path / "gold.jsonl", [{"id": "1"}])
    write(tmp_path / "near_dup_pairs.jsonl", [{"a": "1", "b": "2"}])

    with pytest.raises(UnreadableInput, match=r"near_dup_pairs.jsonl:1: a labelled pair has a, b and label"):
        read_gold(gold_path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match="No such file"):
        read_gold(str(tmp_path / "nothing.jsonl"))
