"""`storyfold keys create`, `list` and `revoke`: keys made, shown once, and taken back."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from contextlib import closing
from typing import Any, Final

from dedupe.access import AccessKey, Scope, key_digest, spelt
from dedupe.cli.clock import now
from dedupe.cli.failures import CommandFailed, ExitCode, complain
from dedupe.cli.output import print_json, say
from dedupe.settings import EngineSettings
from dedupe.store.connection import database_path
from dedupe.store.keys import SqlKeys
from dedupe.store.sql import SqlStore

MAX_NAME: Final = 200
_RATE: Final = re.compile(r"[1-9][0-9]{0,8}/(second|minute|hour|day)")


def run_create(name: str, scopes: Sequence[Scope], rate: str | None, store: str, *, as_json: bool) -> None:
    """Make a key and print it; raise `StoreError` or `CommandFailed`."""
    if not name.strip() or len(name) > MAX_NAME or not name.isprintable():
        raise CommandFailed(f"a key needs a name of 1 to {MAX_NAME} printable characters", ExitCode.USAGE)
    if rate is not None and not _RATE.fullmatch(rate):
        raise CommandFailed(f"{rate!r} is no rate; write it as 100/second, 5000/minute or 90000/hour", ExitCode.USAGE)
    key_id = secrets.token_hex(6)
    key = spelt(key_id, secrets.token_urlsafe(32))
    made = AccessKey(
        key_id=key_id,
        name=name.strip(),
        digest=key_digest(key),
        scopes=frozenset(scopes),
        rate=rate,
        created_at=now(),
    )
    if not database_path(store).exists():
        SqlStore.open(store, EngineSettings().signature_identity()).close()
    with closing(SqlKeys.open(store)) as keys:
        keys.add(made)
    if as_json:
        print_json(_figures(made) | {"key": key})
    else:
        say(key)
        complain(f"this key, {key_id}, is shown this once; keep it where only {made.name} reads it")


def run_list(store: str, *, as_json: bool) -> None:
    """Print every key but its secret; raise `StoreError`."""
    with closing(SqlKeys.open(store)) as keys:
        known = [_figures(key) for key in keys.all()]
    if as_json:
        print_json({"keys": known})
        return
    for entry in known:
        state = f"revoked {entry['revoked_at']}" if entry["revoked_at"] else f"used {entry['last_used_at'] or 'never'}"
        rate = f", {entry['rate']}" if entry["rate"] else ""
        say(f"{entry['id']}  {entry['name']}: {', '.join(entry['scopes'])}{rate}; made {entry['created_at']}, {state}")
    if not known:
        say("There are no keys: whoever reaches the server may read and write.")


def run_revoke(key_id: str, store: str, *, as_json: bool) -> None:
    """Revoke a key; raise `StoreError`, or `CommandFailed` where there is none to revoke."""
    with closing(SqlKeys.open(store)) as keys:
        is_revoked = keys.revoke(key_id, now())
    if not is_revoked:
        raise CommandFailed(
            f"no key has the id {key_id!r}, or it is revoked already; see `storyfold keys list`", ExitCode.USAGE
        )
    if as_json:
        print_json({"id": key_id, "revoked": True})
    else:
        say(f"Revoked {key_id}; a running server refuses it within a second.")


def _figures(key: AccessKey) -> dict[str, Any]:
    moments = {name: getattr(key, name) for name in ("created_at", "last_used_at", "revoked_at")}
    return {
        "id": key.key_id,
        "name": key.name,
        "scopes": sorted(key.scopes),
        "rate": key.rate,
        **{name: value and value.strftime("%Y-%m-%dT%H:%M:%SZ") for name, value in moments.items()},
    }
