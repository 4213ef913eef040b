from __future__ import annotations

import gzip
import io
import json
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from dedupe.cli.ingest import GROUP_ARTICLES
from dedupe.settings import EngineSettings
from dedupe.store.catalogue import SqlCatalogue
from dedupe.store.records import StoredArticle
from dedupe.store.sql import SqlStore

SAMPLE = Path(__file__).parents[3] / "data" / "sample" / "articles.jsonl"
FERRY = "The ferry Sandholm ran aground off the northern pier at dawn with ninety people on board, crews said. " * 3
STRIKE = "Dockers in the port voted to walk out on Friday over pay, their union said after talks had failed. " * 3

Run = Callable[..., Any]


def write(path: Path, rows: Sequence[object]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture
def store(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/news.db"


def stored(url: str) -> list[StoredArticle]:
    with closing(SqlCatalogue.open(url)) as catalogue:
        return list(catalogue.articles())


def test_a_file_goes_in_with_all_its_fields(run: Run, store: str, tmp_path: Path) -> None:
    row = {
        "id": "f1", "title": "Ferry aground", "text": FERRY, "source": "Courier", "url": "https://courier.example/f1",
        "published_at": "2026-03-02T09:30:00", "lang": "en", "version": "2", "authors": ["A. Writer"],
        "pub_status": "withheld", "embargoed_until": "2026-03-03", "colour": "green",
    }  # fmt: skip
    ran = run("ingest", write(tmp_path / "in.jsonl", [row]), "--store", store)
    (article,) = [each.article for each in stored(store)]

    assert (ran.exit_code, ran.stderr) == (0, "")
    assert ran.stdout.startswith("1 articles: 1 opened, in ")
    assert article
    assert (article.uri, article.language, article.authors, article.version) == ("f1", "en", ("A. Writer",), "2")
    assert str(article.published_at) == "2026-03-02 09:30:00+00:00"
    assert str(article.embargoed_until) == "2026-03-03 00:00:00+00:00"
    assert article.pub_status == "withheld"


def test_the_same_file_again_changes_nothing(run: Run, store: str) -> None:
    first = json.loads(run("ingest", SAMPLE, "--store", store, "--json").stdout)
    again = json.loads(run("ingest", SAMPLE, "--store", store, "--json").stdout)

    assert first["articles"] == again["articles"] == again["unchanged"] == 150
    assert first["opened"] + first["joined"] + first["copied"] == 150
    assert first["failed"] == first["revised"] == 0
    assert len(stored(store)) == 150


def test_a_changed_text_is_a_revision(run: Run, store: str, tmp_path: Path) -> None:
    run("ingest", write(tmp_path / "in.jsonl", [{"id": 1, "text": FERRY}]), "--store", store)
    ran = run(
        "ingest", write(tmp_path / "in.jsonl", [{"id": 1, "text": FERRY + "All are safe."}]), "--store", store, "--json"
    )
    assert json.loads(ran.stdout)["revised"] == 1
    assert [each.revision for each in stored(store)] == [2]


def test_bad_lines_are_named_and_the_rest_goes_in(run: Run, store: str, tmp_path: Path) -> None:
    file = tmp_path / "in.jsonl"
    lines = [
        '{"id": 1, "text": "' + FERRY + '"}',
        "{",
        "",
        '{"id": 2}',
        '{"id": 3, "text": "Docks", "published_at": 5}',
    ]
    file.write_text("\n".join(lines), encoding="utf-8")
    ran = run("ingest", file, "--store", store, "--json")
    first, second, third, last = ran.stderr.splitlines()

    assert ran.exit_code == 1
    assert first.startswith(f"storyfold: {file}:2: is not JSON: ")
    assert second == f"storyfold: {file}:4: text: an article needs a title or a text; both are empty"
    assert third == f"storyfold: {file}:5: published_at: must be a string, not int"
    assert last == "storyfold: refused 3 of 4; the rest is in"
    assert json.loads(ran.stdout)["failed"] == 3
    assert len(stored(store)) == 1


def test_several_files_of_several_kinds(run: Run, store: str, tmp_path: Path) -> None:
    table = f'id,title,text,authors\n7,Strike,"{STRIKE}",A. Writer; B. Writer\n'
    (tmp_path / "b.csv.gz").write_bytes(gzip.compress(table.encode()))
    ran = run(
        "ingest", write(tmp_path / "a.jsonl", [{"id": 1, "text": FERRY}]), tmp_path / "b.csv.gz", "--store", store
    )
    ferry, strike = [each.article for each in stored(store)]

    assert ran.exit_code == 0
    assert ferry
    assert strike
    assert (ferry.uri, strike.uri, strike.authors) == ("1", "7", ("A. Writer", "B. Writer"))


def test_standard_input(run: Run, store: str, monkeypatch: pytest.MonkeyPatch) -> None:
    content = json.dumps({"title": "Ferry aground", "text": FERRY}).encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(content))))

    assert run("ingest", "-", "--store", store).exit_code == 0
    assert len(stored(store)) == 1


def test_more_than_one_group(run: Run, store: str, tmp_path: Path) -> None:
    rows = [{"id": n, "title": f"Result {n}", "text": f"Match {n} ended {n} to {n + 1}."} for n in range(600)]
    ran = run("ingest", write(tmp_path / "in.jsonl", rows), "--store", store, "--json")

    assert len(rows) > 2 * GROUP_ARTICLES
    assert json.loads(ran.stdout)["articles"] == len(stored(store)) == 600


def test_a_damaged_file_is_reported_and_the_next_goes_in(run: Run, store: str, tmp_path: Path) -> None:
    packed = gzip.compress(b"".join(json.dumps({"id": n, "title": f"Ferry {n}"}).encode() + b"\n" for n in range(900)))
    (tmp_path / "cut.jsonl.gz").write_bytes(packed[:-20])
    ran = run("ingest", tmp_path / "cut.jsonl.gz", write(tmp_path / "b.jsonl", [{"text": STRIKE}]), "--store", store)

    assert ran.exit_code == 1
    assert "cannot be read on" in ran.stderr
    assert any(each.article and each.article.text == STRIKE for each in stored(store))


@pytest.mark.parametrize("missing", ["nowhere.jsonl", "."])
def test_a_missing_file_ends_it_before_it_begins(run: Run, store: str, tmp_path: Path, missing: str) -> None:
    ran = run("ingest", write(tmp_path / "in.jsonl", [{"text": FERRY}]), tmp_path / missing, "--store", store)

    assert ran.exit_code == 2
    assert "there is no such file" in ran.stderr
    assert not (tmp_path / "news.db").exists()


def test_store_and_server_exclude_each_other(run: Run, store: str) -> None:
    ran = run("ingest", SAMPLE, "--store", store, "--server", "http://127.0.0.1:8000")
    assert (ran.exit_code, ran.stderr.count("\n")) == (2, 1)


def test_a_store_that_a_server_writes_is_refused(run: Run, store: str) -> None:
    with closing(SqlStore.open(store, EngineSettings().signature_identity())):
        ran = run("ingest", SAMPLE, "--store", store)
    assert ran.exit_code == 3
    assert "already being written by process" in ran.stderr


def test_a_commit_that_fails_says_how_far_it_came(run: Run, store: str, tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        commit = SqlStore.commit

        def gone_after_the_first(self: SqlStore, changes: Any) -> None:
            if self.last_seq():
                (tmp_path / "news.db").rename(tmp_path / "moved.db")  # the store notices, and refuses
            commit(self, changes)

        patch.setattr(SqlStore, "commit", gone_after_the_first)
        rows = [{"id": n, "title": f"Result {n}"} for n in range(2 * GROUP_ARTICLES)]
        ran = run("ingest", write(tmp_path / "in.jsonl", rows), "--store", store)

    assert ran.exit_code == 3
    assert ran.stderr.startswith(f"storyfold: stopped; {GROUP_ARTICLES} articles are in.")
