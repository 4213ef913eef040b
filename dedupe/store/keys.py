"""The service's keys in a store's file. They are no part of the log: commands write them beside a running server."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, select, update

from dedupe.access import AccessKey, Scope
from dedupe.store.connection import begin, check_place, database_path, reported, writer_engine
from dedupe.store.preparation import check_revision
from dedupe.store.schema_beside import access_keys
from dedupe.store.times import microseconds, moment

_REVOKE = update(access_keys).where(access_keys.c.revoked_at.is_(None))
_USED = update(access_keys).where(access_keys.c.id == bindparam("used_id")).values(last_used_at=bindparam("used_at"))


class SqlKeys:
    """The keys of a store; a change is one short transaction, which waits for the writer's."""

    def __init__(self, path: Path, engine: Engine) -> None:
        self._path = path
        self._engine = engine

    @classmethod
    def open(cls, url: str) -> SqlKeys:
        """Open the keys of the store that ``url`` names; raise `StoreUnavailable` or `StoreMismatch`."""
        path = database_path(url)
        check_place(path, must_exist=True)
        keys = cls(path, writer_engine(path))
        try:
            with keys._transaction(to_write=False) as connection:
                check_revision(connection, path)
        except BaseException:
            keys.close()
            raise
        return keys

    def close(self) -> None:
        """Release the connection."""
        self._engine.dispose()

    def all(self) -> Sequence[AccessKey]:
        """Return every key there ever was, the oldest first."""
        with self._transaction(to_write=False) as connection:
            rows = connection.execute(select(access_keys).order_by(access_keys.c.created_at, access_keys.c.id))
            return [_key_of(row) for row in rows]

    def add(self, key: AccessKey) -> None:
        """Keep a new key; raise `StoreError` when one with this id is there."""
        row = {
            "id": key.key_id,
            "name": key.name,
            "digest": key.digest,
            "scopes": " ".join(sorted(key.scopes)),
            "rate": key.rate,
            "created_at": microseconds(key.created_at),
        }
        with self._transaction(to_write=True) as connection:
            connection.execute(access_keys.insert().values(row))

    def revoke(self, key_id: str, at: datetime) -> bool:
        """Let a key open nothing from now on; False when there is none with this id, or it was revoked before."""
        statement = _REVOKE.where(access_keys.c.id == key_id).values(revoked_at=microseconds(at))
        with self._transaction(to_write=True) as connection:
            return connection.execute(statement).rowcount == 1

    def note_used(self, used: Mapping[str, datetime]) -> None:
        """Record when keys were last used."""
        rows = [{"used_id": key_id, "used_at": microseconds(at)} for key_id, at in used.items()]
        with self._transaction(to_write=True) as connection:
            connection.execute(_USED, rows)

    @contextmanager
    def _transaction(self, *, to_write: bool) -> Iterator[Connection]:
        with reported(self._path), self._engine.connect() as connection:
            begin(connection, to_write=to_write)
            yield connection
            connection.commit()


def _key_of(row: Any) -> AccessKey:
    return AccessKey(
        key_id=row.id,
        name=row.name,
        digest=row.digest,
        scopes=frozenset(map(Scope, row.scopes.split())),
        rate=row.rate,
        created_at=moment(row.created_at),
        last_used_at=None if row.last_used_at is None else moment(row.last_used_at),
        revoked_at=None if row.revoked_at is None else moment(row.revoked_at),
    )
