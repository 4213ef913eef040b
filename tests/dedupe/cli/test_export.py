from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import feedparser
import pytest

from dedupe.cli.export import COLUMNS
from dedupe.cli.startup import open_store
from dedupe.store.catalogue import SqlCatalogue

SAMPLE = Path(__file__).parents[3] / "data" / "sample" / "articles.jsonl"

Run = Callable[..., Any]


@pytest.fixture
def store(run: Run, tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path}/news.db"
    run("ingest", SAMPLE, "--store", url)
    return url


def test_every_article_comes_out_with_its_assignment(run: Run, store: str, tmp_path: Path) -> None:
    ran = run("export", "--store", store, "-o", tmp_path / "out.jsonl")
    rows = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    given = [json.loads(line) for line in SAMPLE.read_text(encoding="utf-8").splitlines()]

    assert (ran.exit_code, ran.stdout) == (0, "150 articles\n")
    assert [row["uri"] for row in rows] == [row["id"] for row in given]
    assert [row["text"] for row in rows] == [row["text"] for row in given]
    assert all(tuple(row) == COLUMNS for row in rows)
    cluster_of = {row["article_id"]: row["cluster_id"] for row in rows}
    copies = [row for row in rows if row["duplicate_of"]]
    assert copies
    assert all(cluster_of[row["duplicate_of"]] == row["cluster_id"] for row in copies)


@pytest.mark.parametrize("name", ["out.jsonl", "out.csv", "out.jsonl.gz", "out.parquet"])
def test_what_comes_out_goes_in_again(run: Run, store: str, tmp_path: Path, name: str) -> None:
    run("export", "--store", store, "-o", tmp_path / name)
    ran = run("ingest", tmp_path / name, "--store", store, "--json")
    assert json.loads(ran.stdout)["unchanged"] == 150


def test_feeds_hold_every_article(run: Run, store: str, tmp_path: Path) -> None:
    run("export", "--store", store, "-o", tmp_path / "out.rss")
    feed = feedparser.parse((tmp_path / "out.rss").read_bytes())
    assert (feed.bozo, feed.version, len(feed.entries)) == (False, "rss20", 150)
    written = json.loads(run("export", "--store", store, "--format", "json").stdout)
    assert written["version"] == "https://jsonfeed.org/version/1.1"
    assert len({item["id"] for item in written["items"]}) == 150


def test_a_format_that_is_not_there_is_refused(run: Run, store: str) -> None:
    refused = run("export", "--store", store, "--format", "xls")
    assert refused.exit_code == 2
    assert "there are jsonl, csv, parquet, json, rss" in refused.stderr


def test_csv_has_a_header_and_a_record_an_article(run: Run, store: str, tmp_path: Path) -> None:
    run("export", "--store", store, "-o", tmp_path / "out.csv.gz")
    text = gzip.decompress((tmp_path / "out.csv.gz").read_bytes()).decode()
    header, *records = csv.reader(text.splitlines(keepends=True))
    assert tuple(header) == COLUMNS
    assert len(records) == 150


def test_standard_output_ends_with_the_count(run: Run, store: str) -> None:
    ran = run("export", "--store", store, "--format", "csv", "--json")
    assert ran.stdout.startswith("article_id,cluster_id,")
    assert json.loads(ran.stdout.splitlines()[-1]) == {"articles": 150}


def test_what_was_taken_down_stays_in_the_store(run: Run, store: str, tmp_path: Path) -> None:
    with closing(SqlCatalogue.open(store)) as catalogue:
        gone = next(iter(catalogue.articles())).article_id
    with open_store(store) as opened:
        opened.engine.withdraw(gone, datetime(2026, 4, 1, tzinfo=UTC))
    ran = run("export", "--store", store)
    assert len(ran.stdout.splitlines()) == 149
    assert gone not in {json.loads(line)["article_id"] for line in ran.stdout.splitlines()}


def test_a_store_that_is_not_there(run: Run, tmp_path: Path) -> None:
    ran = run("export", "--store", f"sqlite:///{tmp_path}/none.db", "-o", tmp_path / "out.jsonl")
    assert ran.exit_code == 3
    assert "there is no store at" in ran.stderr
    assert list(tmp_path.iterdir()) == []
