"""An application whose keys lie in its store, and keys for it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

from api.app import Beside, create_app
from api.settings import ServiceSettings
from dedupe.access import AccessKey, Scope, key_digest, spelt
from dedupe.engine import Engine
from dedupe.store.keys import SqlKeys
from dedupe.store.subscriptions import Subscriptions

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def made(keys: SqlKeys, key_id: str, *scopes: Scope, rate: str | None = None) -> dict[str, str]:
    """Add a key; return the header that presents it."""
    key = spelt(key_id, f"secret_{key_id}")
    keys.add(
        AccessKey(
            key_id=key_id,
            name=key_id,
            digest=key_digest(key),
            scopes=frozenset(scopes),
            rate=rate,
            created_at=NOON,
        )
    )
    return {"Authorization": f"Bearer {key}"}


class Guardhouse:
    """An application whose keys lie in its store."""

    def __init__(self, newsroom: Any, **settings: Any) -> None:
        self.keys = SqlKeys.open(f"sqlite:///{newsroom.path}")
        self._newsroom = newsroom
        self._settings = ServiceSettings(**settings)

    def run(self, scenario: Any) -> Any:
        store = self._newsroom.store
        beside = Beside(self.keys, Subscriptions(store))
        self.app = create_app(Engine(store), store.catalogue, self._settings, beside=beside)
        return asyncio.run(type(self._newsroom)(self.app, store, self._newsroom.path)._run(scenario))
