from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dedupe.clusters.features import FEATURES
from dedupe.evaluation.text import NO_REASONS

SAMPLE = Path(__file__).parents[3] / "data" / "sample"

Run = Callable[..., Any]


@pytest.fixture
def predictions(run: Run, tmp_path: Path) -> Path:
    run("cluster", SAMPLE / "articles.jsonl", "-o", tmp_path / "out.jsonl")
    return tmp_path / "out.jsonl"


def test_predictions_and_articles_give_the_same_figures(run: Run, predictions: Path) -> None:
    from_predictions = run("evaluate", SAMPLE / "gold.jsonl", predictions, "--json")
    from_articles = run("evaluate", SAMPLE / "gold.jsonl", "--articles", SAMPLE / "articles.jsonl", "--json")
    report, watched = json.loads(from_predictions.stdout), json.loads(from_articles.stdout)

    assert from_predictions.exit_code == from_articles.exit_code == 0
    for part in ("clusters", "by_event_size", "sizes"):
        assert report[part] == watched[part]
    assert report["copies"]["f1"] == watched["copies"]["f1"]
    assert (report["has_reasons"], watched["has_reasons"]) == (False, True)
    assert report["clusters"]["article_count"] == 150
    assert report["clusters"]["bcubed"]["f1"] > report["clusters"]["bcubed_floor"]


def test_the_articles_know_their_languages(run: Run) -> None:
    told = json.loads(run("evaluate", SAMPLE / "gold.jsonl", "--articles", SAMPLE / "articles.jsonl", "--json").stdout)
    assert {"en", "fr"} <= {part["name"] for part in told["by_language"]}


def relabelled(path: Path, **labels: Callable[[dict[str, Any]], Any]) -> Path:
    """Write the sample's gold file with other labels: wrong ones, so that there are errors to explain."""
    rows = [json.loads(line) for line in (SAMPLE / "gold.jsonl").read_text().splitlines()]
    wrong = [row | {field: label(row) for field, label in labels.items()} for row in rows]
    path.write_text("\n".join(map(json.dumps, wrong)))
    return path


def test_what_was_put_together_is_explained(run: Run, tmp_path: Path) -> None:
    gold = relabelled(tmp_path / "gold.jsonl", cluster=lambda row: row["id"])
    told = json.loads(run("evaluate", gold, "--articles", SAMPLE / "articles.jsonl", "--json").stdout)
    joined = [error["reason"] for error in told["worst_false"] if " joined at " in error["reason"]["told"]]

    assert len(told["worst_false"]) == 20
    assert not told["worst_missed"]
    assert joined
    for reason in joined:
        assert reason["probability"] >= round(told["curves"]["threshold"], 4)
        assert {pull["feature"] for pull in reason["pulls"]} <= set(FEATURES)
        likeness = reason["likeness"]  # two articles that others brought together may have no word in common
        assert bool(likeness["terms"]) == (likeness["cosine"] > 0)
    assert sum(reason["likeness"]["cosine"] > 0 for reason in joined) > len(joined) / 2


def test_what_was_kept_apart_is_explained(run: Run, tmp_path: Path) -> None:
    gold = relabelled(tmp_path / "gold.jsonl", cluster=lambda _: "one")
    told = json.loads(run("evaluate", gold, "--articles", SAMPLE / "articles.jsonl", "--json").stdout)

    assert len(told["worst_missed"]) == 20
    assert not told["worst_false"]
    assert all(
        "joined" in error["reason"]["told"] or "opened" in error["reason"]["told"] for error in told["worst_missed"]
    )


def test_a_copy_is_as_alike_as_the_engine_found_it(run: Run, tmp_path: Path) -> None:
    """A wrong label on a copy shows the engine's own containment, and the comparison afterwards agrees."""
    gold = relabelled(tmp_path / "gold.jsonl", duplicate_group=lambda _: None)
    told = json.loads(run("evaluate", gold, "--articles", SAMPLE / "articles.jsonl", "--json").stdout)
    direct = [
        (error["reason"], re.search(r"copy of (\S+): containment (\S+), Jaccard (\S+)\.$", error["reason"]["told"]))
        for error in told["copies"]["worst_false"]
    ]
    compared = [(reason, found) for (reason, found), error in zip(direct, told["copies"]["worst_false"], strict=True)
                if found and found[1] in error["example"]]  # fmt: skip

    assert len(told["copies"]["worst_false"]) == 20
    assert compared
    for reason, found in compared:
        assert f"{reason['likeness']['containment']:.2f}" == found[2]
        assert f"{reason['likeness']['jaccard']:.2f}" == found[3]


def worst_missed_titles(run: Run) -> list[str]:
    """Return the titles of the two articles that were parted worst."""
    told = run("evaluate", SAMPLE / "gold.jsonl", "--articles", SAMPLE / "articles.jsonl", "--json").stdout
    pair = json.loads(told)["worst_missed"][0]["example"]
    rows = map(json.loads, (SAMPLE / "articles.jsonl").read_text(encoding="utf-8").splitlines())
    return [row["title"] for row in rows if row["id"] in pair]


def test_the_page_is_written_whole(run: Run, predictions: Path, tmp_path: Path) -> None:
    watched, bare = tmp_path / "watched.html", tmp_path / "bare.html"
    ran = run("evaluate", SAMPLE / "gold.jsonl", "--articles", SAMPLE / "articles.jsonl", "--html", watched)
    run("evaluate", SAMPLE / "gold.jsonl", predictions, "--html", bare)

    assert ran.exit_code == 0
    assert "clusters, BCubed" in ran.stdout
    assert watched.read_text(encoding="utf-8").count("<svg") == 4
    shown = html.unescape(watched.read_text(encoding="utf-8"))
    assert all(title in shown for title in worst_missed_titles(run))
    assert bare.read_text(encoding="utf-8").count("<svg") == 1
    assert NO_REASONS in bare.read_text(encoding="utf-8")


def test_a_page_that_cannot_be_written_is_refused_before_the_work(run: Run, tmp_path: Path) -> None:
    ran = run("evaluate", SAMPLE / "gold.jsonl", "--articles", tmp_path / "none", "--html", tmp_path / "no" / "x.html")
    assert ran.exit_code == 2
    assert "the folder of" in ran.stderr


def test_labels_from_a_pipe_are_refused(run: Run) -> None:
    ran = run("evaluate", "-")
    assert (ran.exit_code, ran.stderr) == (
        2,
        "storyfold: labels are read more than once: save them to a file and name that\n",
    )


def test_a_misspelt_label_is_refused(run: Run) -> None:
    ran = run("evaluate", "data/sample/gold.jsonl", "--label", "clutser")
    told = "storyfold: no line of data/sample/gold.jsonl has a label in the field 'clutser'\n"
    assert (ran.exit_code, ran.stderr) == (2, told)


def test_labels_for_a_part_of_the_articles(run: Run, tmp_path: Path) -> None:
    gold = tmp_path / "gold.csv"
    rows = [json.loads(line) for line in (SAMPLE / "gold.jsonl").read_text().splitlines()][:30]
    gold.write_text("id,cluster\n" + "".join(f"{row['id']},{row['cluster']}\n" for row in rows))
    told = run("evaluate", gold, "--articles", SAMPLE / "articles.jsonl").stdout

    assert "30 labelled articles" in told
    assert "120 articles without a label are not scored" in told


def test_a_word_without_end_is_cut_short(run: Run, tmp_path: Path) -> None:
    text = f"Ferry {'W' * 300} aground off Sandholm, harbour closed, nobody hurt. " * 9
    gold = tmp_path / "gold.jsonl"
    gold.write_text("\n".join(json.dumps({"id": n, "cluster": n, "text": text, "language": "en"}) for n in range(2)))
    (error,) = json.loads(run("evaluate", gold, "--json").stdout)["worst_false"]

    assert "W" * 40 in error["reason"]["likeness"]["terms"]
    assert max(map(len, error["reason"]["likeness"]["terms"])) == 40


def test_languages_without_a_name_and_articles_without_words_are_compared(run: Run, tmp_path: Path) -> None:
    """The first are read in the stream's common language; the second are in a cluster alone."""
    lines = [
        {"id": "a", "cluster": "1", "language": "en", "text": "The ferry Castor ran aground off Sandholm. " * 9},
        {"id": "b", "cluster": "2", "text": "Castor Sandholm"},
        {"id": "c", "cluster": "1", "text": " "},
        {"id": "d", "cluster": "1", "language": "en", "text": "Bakers of Ostrava bake bread rolls. " * 9},
    ]
    gold = tmp_path / "gold.jsonl"
    gold.write_text("\n".join(map(json.dumps, lines)))
    ran = run("evaluate", gold, "--json")
    told = json.loads(ran.stdout)

    assert ran.exit_code == 0
    reasons = {tuple(error["example"]): error["reason"]["told"] for error in told["worst_missed"]}
    assert "One of them has no words to compare, or is not among the articles." in reasons.values()


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


def test_people_get_a_table_that_says_what_is_missing(run: Run, predictions: Path) -> None:
    told = run("evaluate", SAMPLE / "gold.jsonl", predictions).stdout
    assert "clusters, BCubed" in told
    assert told.rstrip().endswith(NO_REASONS)


def test_titles_come_from_the_articles_of_predictions(run: Run, predictions: Path) -> None:
    told = run("evaluate", SAMPLE / "gold.jsonl", predictions, "--articles", SAMPLE / "articles.jsonl").stdout
    titles = [json.loads(line).get("title", "") for line in (SAMPLE / "articles.jsonl").read_text().splitlines()]
    assert any(title[:60] in told for title in titles if title)


def test_predictions_of_something_else_are_refused(run: Run, predictions: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.jsonl"
    cut.write_text("\n".join(predictions.read_text().splitlines()[1:]))
    ran = run("evaluate", SAMPLE / "gold.jsonl", cut)
    assert (ran.exit_code, ran.stderr.count("\n")) == (2, 1)
