"""What databases do differently in writing rows, chosen by the connection's own dialect."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Insert, Table
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql.dml import UpdateBase

Values = dict[str, Any]


class Batch:
    """A statement that is run with many rows at once, compiled on first use.

    SQLAlchemy would look at each value of each row on its way to the driver, which takes longer
    than SQLite takes to write it. Every value here is one that drivers take as it is.
    """

    def __init__(self, statement: UpdateBase, columns: Sequence[str]) -> None:
        self._statement = statement
        self._columns = columns
        self._compiled: dict[str, tuple[str, Callable[[Values], Any]]] = {}

    def run(self, connection: Connection, rows: Sequence[Values]) -> None:
        """Run the statement with all ``rows``; do nothing for none."""
        if not rows:
            return
        if connection.dialect.name not in self._compiled:
            compiled = self._statement.compile(dialect=connection.dialect, column_keys=self._columns)
            self._compiled[connection.dialect.name] = str(compiled), itemgetter(*compiled.positiontup or ())
        sql, parameters = self._compiled[connection.dialect.name]
        connection.exec_driver_sql(sql, list(map(parameters, rows)))


def insert_if_absent(table: Table) -> Insert:
    """Return an insert that leaves rows alone whose key is already there; PostgreSQL spells it the same way."""
    return sqlite.insert(table).on_conflict_do_nothing()
