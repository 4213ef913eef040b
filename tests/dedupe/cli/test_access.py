"""`storyfold keys`, without a server."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dedupe.store.keys import SqlKeys


@pytest.fixture
def store(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/news.db"


def test_a_key_is_shown_once_and_only_its_digest_kept(run: Any, store: str, tmp_path: Path) -> None:
    made = json.loads(run("keys", "create", "Desk", "--scope", "read", "--rate", "9/second", "--store", store,
                          "--json").stdout)  # fmt: skip
    keys = SqlKeys.open(store)
    (kept,) = keys.all()
    keys.close()
    assert kept.is_key(made["key"])
    assert not kept.is_key(made["key"][:-1])
    assert len(made["key"].split("_", 2)[2]) == 43
    shown = run("keys", "list", "--store", store)
    assert f"{made['id']}  Desk: read, 9/second; made 20" in shown.stdout
    assert shown.stdout.endswith("used never\n")
    assert made["key"] not in shown.stdout
    assert made["key"].encode() not in (tmp_path / "news.db").read_bytes()


def test_a_revoked_key_stays_listed(run: Any, store: str) -> None:
    made = json.loads(run("keys", "create", "Desk", "--scope", "read", "--store", store, "--json").stdout)
    assert f"Revoked {made['id']}" in run("keys", "revoke", made["id"], "--store", store).stdout
    again = run("keys", "revoke", made["id"], "--store", store)
    assert again.exit_code == 2
    assert "revoked already" in again.stderr
    (entry,) = json.loads(run("keys", "list", "--store", store, "--json").stdout)["keys"]
    assert entry["revoked_at"] is not None
    assert "revoked 20" in run("keys", "list", "--store", store).stdout


def test_a_store_without_keys_says_so(run: Any, store: str) -> None:
    made = json.loads(run("keys", "create", "A", "--scope", "admin", "--store", store, "--json").stdout)
    assert json.loads(run("keys", "revoke", made["id"], "--store", store, "--json").stdout)["revoked"]
    assert run("keys", "list", "--store", "sqlite:////nowhere/at.db").exit_code == 3


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("Desk", "--scope", "write"), "write"),
        (("Desk",), "--scope"),
        ((" ", "--scope", "read"), "needs a name"),
        (("a\nb", "--scope", "read"), "needs a name"),
        (("Desk", "--scope", "read", "--rate", "often"), "is no rate"),
    ],
)
def test_what_is_wrong_is_said(run: Any, store: str, arguments: tuple[str, ...], reason: str) -> None:
    refused = run("keys", "create", *arguments, "--store", store)
    assert refused.exit_code == 2
    assert reason in refused.stderr
    assert not Path(store.removeprefix("sqlite:///")).exists()
