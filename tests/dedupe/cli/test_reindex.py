"""`storyfold reindex` on a store: compared, activated, rolled back, given up, gone on with."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from dedupe.cli.reindex import parsed
from dedupe.store.catalogue import SqlCatalogue
from tests.dedupe.reindexing.archive import Archive
from tests.dedupe.test_engine import WARY

OTHER = ("--settings", "coverage=0.9", "--settings", "shingle_size=3", "--settings", "keep_articles=20")


@pytest.fixture
def store(tmp_path: Path) -> str:
    archive = Archive(tmp_path / "news.db", WARY)
    archive.take_in(120)
    archive.store.close()
    return archive.url


def places(url: str) -> dict[str, str]:
    with closing(SqlCatalogue.open(url)) as catalogue:
        return {stored.article_id: stored.assignment.cluster_id for stored in catalogue.articles()}


def told(ran: Any) -> Any:
    assert ran.exit_code == 0, ran.stderr
    return json.loads(ran.stdout.splitlines()[-1])


def test_a_preview_changes_nothing(run: Any, store: str) -> None:
    before = places(store)
    job = told(run("reindex", "--store", store, *OTHER, "--preview", "--json"))
    assert job["state"] == "discarded"
    assert job["difference"]["article_count"] == len(before)
    assert places(store) == before
    told_to_people = run("reindex", "--store", store, *OTHER, "--preview").stdout
    assert "articles change their cluster" in told_to_people
    assert "Nothing was changed" in told_to_people


def test_what_was_built_is_activated_later_and_rolled_back(run: Any, store: str) -> None:
    before = places(store)
    ready = told(run("reindex", "--store", store, *OTHER, "--json"))
    assert (ready["state"], places(store)) == ("ready", before)
    refused = run("reindex", "--store", store, *OTHER)
    assert refused.exit_code == 2
    assert "is ready" in refused.stderr
    activated = told(run("reindex", "--store", store, "--activate", "--json"))
    assert (activated["job_id"], activated["state"]) == (ready["job_id"], "activated")
    moved = {article_id for article_id, place in places(store).items() if before[article_id] != place}
    assert len(moved) == activated["difference"]["moved_count"] > 0
    assert told(run("doctor", "--store", store, "--json"))["ok"]
    assert "Rolled back by event" in run("reindex", "--store", store, "--rollback").stdout
    assert places(store) == before
    assert told(run("doctor", "--store", store, "--json"))["ok"]
    assert run("reindex", "--store", store, "--rollback").exit_code == 2


def test_what_was_built_is_given_up(run: Any, store: str) -> None:
    assert run("reindex", "--store", store, "--discard").exit_code == 2
    told(run("reindex", "--store", store, "--json"))
    assert "is discarded" in run("reindex", "--store", store, "--discard").stdout
    assert "--rollback" in run("reindex", "--store", store, "--activate").stdout


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--settings", "coverage"), "NAME=VALUE"),
        (("--settings", "coverge=0.7"), "coverge"),
        (("--settings", "coverage=much"), "coverage"),
        (("--preview", "--activate"), "exclude each other"),
        (("--rollback", "--settings", "coverage=0.7"), "takes no --settings"),
    ],
)
def test_what_is_asked_for_wrongly_is_refused(run: Any, store: str, arguments: tuple[str, ...], complaint: str) -> None:
    ran = run("reindex", "--store", store, *arguments)
    assert ran.exit_code == 2
    assert complaint in ran.stderr


def test_settings_are_read_as_they_are_written() -> None:
    assert parsed(["prior=false", "bands=20", "coverage=.7"]) == {"prior": False, "bands": 20, "coverage": ".7"}
