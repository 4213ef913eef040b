"""Statements that databases spell differently, chosen by the connection's own dialect."""

from __future__ import annotations

from sqlalchemy import Connection, Insert, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert_if_absent(connection: Connection, table: Table) -> Insert:
    """Return an insert that leaves rows alone whose key is already there."""
    if connection.dialect.name == "postgresql":  # pragma: no cover  arrives with that store
        return postgresql.insert(table).on_conflict_do_nothing()
    return sqlite.insert(table).on_conflict_do_nothing()
