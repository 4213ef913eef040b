from __future__ import annotations

import gzip
import io
import json
import random
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

SAMPLE = Path(__file__).parents[3] / "data" / "sample" / "articles.jsonl"
FERRY = (
    "The ferry Sandholm ran aground off the northern pier at dawn with ninety people on board, the coast guard said. "
)
STRIKE = (
    "Dockers in the port voted to walk out on Friday over pay, their union said after talks with the owners failed. "
)

Run = Callable[..., Any]


def write(path: Path, rows: Sequence[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    """A text, another, and a copy of the first that was published before it."""
    return write(
        tmp_path / "in.jsonl",
        [
            {"id": "late", "title": "Ferry aground", "text": FERRY * 3, "published_at": "2026-03-02T10:00:00Z"},
            {
                "id": 7,
                "title": "Dockers to strike",
                "text": STRIKE * 3,
                "published_at": "2026-03-02",
                "colour": "green",
            },
            {"id": "early", "title": "Ninety on stranded ferry", "text": FERRY * 3, "published_at": "2026-03-02T09:00"},
        ],
    )


def test_lines_come_out_as_they_went_in(run: Run, articles: Path, tmp_path: Path) -> None:
    ran = run("cluster", articles, "-o", tmp_path / "out.jsonl")
    late, strike, early = read(tmp_path / "out.jsonl")

    assert ran.exit_code == 0
    assert [late["id"], strike["id"], early["id"]] == ["late", 7, "early"]
    assert all(
        row.keys() == {"id", "cluster_id", "duplicate_group_id", "duplicate_of"} for row in (late, strike, early)
    )
    assert ran.stdout.startswith("3 articles: 2 clusters, 1 duplicate groups, in ")


def test_the_earlier_of_two_copies_is_the_original_and_has_the_group_too(
    run: Run, articles: Path, tmp_path: Path
) -> None:
    run("cluster", articles, "-o", tmp_path / "out.jsonl")
    late, strike, early = read(tmp_path / "out.jsonl")

    assert late["duplicate_of"] == "early"
    assert early["duplicate_of"] is None
    assert late["cluster_id"] == early["cluster_id"] != strike["cluster_id"]
    assert late["duplicate_group_id"] == early["duplicate_group_id"] is not None
    assert strike["duplicate_group_id"] is None


def test_json_ends_standard_output(run: Run, articles: Path) -> None:
    ran = run("cluster", articles, "-o", "-", "--json")
    *answers, figures = [json.loads(line) for line in ran.stdout.splitlines()]

    assert [answer["id"] for answer in answers] == ["late", 7, "early"]
    assert list(figures) == [
        "articles",
        "clusters",
        "duplicate_groups",
        "seconds",
        "articles_per_second",
        "startup_seconds",
    ]
    assert (figures["articles"], figures["clusters"], figures["duplicate_groups"]) == (3, 2, 1)
    assert figures["startup_seconds"] > 0


def test_the_sample_has_the_clusters_that_its_summary_counts(run: Run, tmp_path: Path) -> None:
    ran = run("cluster", SAMPLE, "-o", tmp_path / "out.jsonl", "--json")
    rows, figures = read(tmp_path / "out.jsonl"), json.loads(ran.stdout)
    cluster_of = {row["id"]: row["cluster_id"] for row in rows}

    assert figures["articles"] == len(rows) == 150
    assert figures["clusters"] == len(set(cluster_of.values()))
    assert figures["duplicate_groups"] == len({row["duplicate_group_id"] for row in rows} - {None})
    for row in rows:
        if row["duplicate_of"]:
            assert cluster_of[row["duplicate_of"]] == row["cluster_id"]
            assert row["duplicate_group_id"]


def test_order_of_lines_makes_no_difference_to_dated_articles(run: Run, tmp_path: Path) -> None:
    lines = SAMPLE.read_text(encoding="utf-8").splitlines()
    assert len({json.loads(line)["published_at"] for line in lines}) == len(lines)
    random.Random(5).shuffle(lines)
    (tmp_path / "shuffled.jsonl").write_text("\n".join(lines), encoding="utf-8")

    run("cluster", SAMPLE, "-o", tmp_path / "straight.out")
    run("cluster", tmp_path / "shuffled.jsonl", "-o", tmp_path / "shuffled.out")

    by_id = {row["id"]: row for row in read(tmp_path / "straight.out")}
    assert read(tmp_path / "shuffled.out") == [by_id[json.loads(line)["id"]] for line in lines]


def test_equal_input_gives_equal_files(run: Run, tmp_path: Path) -> None:
    for name in ("one", "two"):
        run("cluster", SAMPLE, "-o", tmp_path / f"{name}.jsonl.gz")

    assert (tmp_path / "one.jsonl.gz").read_bytes() == (tmp_path / "two.jsonl.gz").read_bytes()
    assert len(gzip.decompress((tmp_path / "one.jsonl.gz").read_bytes()).splitlines()) == 150


def test_undated_articles_keep_the_order_of_the_file(run: Run, tmp_path: Path) -> None:
    rows = [
        {"id": "undated", "title": "A", "text": FERRY * 3},
        {"id": "again", "title": "B", "text": FERRY * 3},
        {"id": "dated", "title": "C", "text": FERRY * 3, "published_at": "2026-03-02"},
    ]
    run("cluster", write(tmp_path / "in.jsonl", rows), "-o", tmp_path / "out.jsonl")

    originals = {row["id"]: row["duplicate_of"] for row in read(tmp_path / "out.jsonl")}
    assert originals["dated"] is None
    assert originals["undated"] == "dated"
    assert originals["again"] in ("dated", "undated")


def test_two_lines_that_say_the_same_are_two_articles(run: Run, tmp_path: Path) -> None:
    rows = [{"id": number, "text": FERRY * 3, "source": "Courier"} for number in (1, 2)]
    run("cluster", write(tmp_path / "in.jsonl", rows), "-o", tmp_path / "out.jsonl")

    first, second = read(tmp_path / "out.jsonl")
    assert second["duplicate_of"] == first["id"] == 1


def test_an_article_without_words_is_alone_and_said(run: Run, tmp_path: Path) -> None:
    rows = [{"id": 1, "title": " ", "text": ""}, {"id": 2}, {"id": 3, "text": FERRY}]
    ran = run("cluster", write(tmp_path / "in.jsonl", rows), "-o", tmp_path / "out.jsonl")

    assert len({row["cluster_id"] for row in read(tmp_path / "out.jsonl")}) == 3
    assert ran.stderr == "storyfold: in.jsonl: articles with neither title nor text, each in a cluster alone: 2\n"


def test_an_empty_file(run: Run, tmp_path: Path) -> None:
    ran = run("cluster", write(tmp_path / "in.jsonl", []), "-o", tmp_path / "out.jsonl", "--json")

    assert ran.exit_code == 0
    assert read(tmp_path / "out.jsonl") == []
    assert json.loads(ran.stdout)["articles"] == 0


@pytest.mark.parametrize("moment", ["0001-01-01", "1970-01-01", "9999-12-31T23:59:59"])
def test_dates_at_the_ends_of_the_calendar(run: Run, tmp_path: Path, moment: str) -> None:
    rows = [{"id": 1, "text": FERRY, "published_at": moment}, {"id": 2, "text": STRIKE, "published_at": "2026-03-02"}]
    ran = run("cluster", write(tmp_path / "in.jsonl", rows), "-o", tmp_path / "out.jsonl")

    assert ran.exit_code == 0
    assert len(read(tmp_path / "out.jsonl")) == 2


def test_standard_input_and_csv(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = f'id,title,text,lang\n1,Ferry,"{FERRY}",en\n2,Strike,"{STRIKE}",en\n'.encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(content))))
    ran = run("cluster", "-", "-o", tmp_path / "out.jsonl", "--format", "csv")

    assert ran.exit_code == 0
    assert [row["id"] for row in read(tmp_path / "out.jsonl")] == ["1", "2"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "is not JSON"),
        ('{"text": "a"}', "id: is missing"),
        ('{"id": "", "text": "a"}', "id: is missing"),
        ('{"id": true, "text": "a"}', "id: must be a string or a whole number, not bool"),
        ('{"id": 1.5, "text": "a"}', "id: must be a string or a whole number, not float"),
        ('{"id": 2, "text": 5}', "text: must be a string"),
        ('{"id": 2, "text": "a", "published_at": "soon"}', "published_at: 'soon' is no date"),
        ('{"id": "1", "text": "a"}', "the id '1' is already at "),
    ],
)
def test_a_bad_line_ends_it_and_leaves_the_old_output(run: Run, tmp_path: Path, line: str, reason: str) -> None:
    (tmp_path / "in.jsonl").write_text('{"id": 1, "text": "a"}\n' + line + "\n", encoding="utf-8")
    (tmp_path / "out.jsonl").write_text("as it was", encoding="utf-8")
    ran = run("cluster", tmp_path / "in.jsonl", "-o", tmp_path / "out.jsonl")

    assert ran.exit_code == 2
    assert ran.stderr.startswith(f"storyfold: {tmp_path}/in.jsonl:2: {reason}")
    assert ran.stderr.count("\n") == 1
    assert (tmp_path / "out.jsonl").read_text(encoding="utf-8") == "as it was"
    assert len(list(tmp_path.iterdir())) == 2


def test_output_goes_through_a_link_to_its_file(run: Run, articles: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "out.jsonl")
    run("cluster", articles, "-o", tmp_path / "link")

    assert (tmp_path / "link").is_symlink()
    assert len(read(tmp_path / "out.jsonl")) == 3


def test_a_device_is_written_to_and_stays_what_it_is(run: Run, articles: Path) -> None:
    assert run("cluster", articles, "-o", "/dev/null").exit_code == 0
    assert Path("/dev/null").is_char_device()


@pytest.mark.parametrize(("output", "reason"), [("nowhere/out.jsonl", "does not exist"), (".", "is a folder")])
def test_an_impossible_output_is_refused_before_the_work(
    run: Run, articles: Path, tmp_path: Path, output: str, reason: str
) -> None:
    ran = run("cluster", articles, "-o", tmp_path / output)

    assert ran.exit_code == 2
    assert reason in ran.stderr


def test_a_reader_that_has_seen_enough(articles: Path) -> None:
    """No traceback when the output is piped into something that stops reading."""
    command = [sys.executable, "-c", "from dedupe.cli.app import main; main()", "cluster", str(SAMPLE), "-o", "-"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert b"Traceback" not in process.stderr.read()
    assert process.returncode == 1
