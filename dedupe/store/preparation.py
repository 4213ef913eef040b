"""Makes a database file a store: migrated to the newest tables, and made for these settings."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import orjson
from sqlalchemy import Connection, inspect, select, text

from dedupe.errors import StoreMismatch
from dedupe.store.connection import begin
from dedupe.store.schema import HEAD, settings

Identity = Mapping[str, int | str]
"""What stored decisions depend on: recorded at creation, compared at every opening."""

IDENTITY_PREFIX = "identity."


def prepare(connection: Connection, path: Path, identity: Identity) -> None:
    """Create or migrate the tables and check the settings, all in one transaction; raise `StoreMismatch`."""
    begin(connection, to_write=True)
    revision = recorded_revision(connection, path)
    if revision != HEAD:
        _migrate(connection, path)
    if revision is None:
        rows = [
            {"key": IDENTITY_PREFIX + name, "value": orjson.dumps(value).decode()}
            for name, value in sorted(identity.items())
        ]
        connection.execute(settings.insert(), [*rows, {"key": PROBE, "value": "0"}])
    else:
        _check_identity(connection, path, identity)
    connection.commit()


PROBE = "probe"
"""Key of a setting that is written to find out whether the store can be."""


def recorded_revision(connection: Connection, path: Path) -> str | None:
    """Return the revision of the tables, None for an empty file; raise `StoreMismatch` for a foreign one."""
    tables = inspect(connection).get_table_names()
    if not tables:
        return None
    if "alembic_version" not in tables or "settings" not in tables:
        raise StoreMismatch(f"{path} is a database, but not a Storyfold store: it holds the table {tables[0]!r}")
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def check_revision(connection: Connection, path: Path) -> None:
    """Raise `StoreMismatch` unless the tables are the newest: readers do not migrate."""
    revision = recorded_revision(connection, path)
    if revision != HEAD:
        raise StoreMismatch(
            f"{path} has tables of revision {revision}, this version of Storyfold reads {HEAD};"
            f" `storyfold serve --store sqlite:///{path}` migrates a store that an older version made"
        )


def _migrate(connection: Connection, path: Path) -> None:
    # Loading Alembic takes longer than opening a store that needs none of it.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as problem:
        raise StoreMismatch(f"{path} was made by a newer version of Storyfold; upgrade this one") from problem


def _check_identity(connection: Connection, path: Path, identity: Identity) -> None:
    rows = connection.execute(select(settings.c.key, settings.c.value)).all()
    recorded = {
        row.key.removeprefix(IDENTITY_PREFIX): orjson.loads(row.value)
        for row in rows
        if row.key.startswith(IDENTITY_PREFIX)
    }
    for name in sorted(recorded.keys() | identity.keys()):
        made, wanted = recorded.get(name), identity.get(name)
        if made != wanted:
            raise StoreMismatch(
                f"{path} was made with {name}={made}, this program runs with {name}={wanted}; its articles must be"
                f" clustered anew: `storyfold export --store sqlite:///{path}` writes them out,"
                " `storyfold ingest --store` a new file takes them in"
            )
