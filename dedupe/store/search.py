"""The words of titles, searchable in the same transaction that writes the titles; SQLite's way: FTS5.

The table holds words without their order and no title (``content=''``, ``detail=none``). Words
come normalised from `titles`, so its tokeniser has only to split at blanks. PostgreSQL would put
the same words into a ``tsvector`` column with the ``simple`` configuration.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import BigInteger, ColumnElement, Connection, Select, literal_column, select, table, text

from dedupe.store.titles import title_words


def create_title_search(connection: Connection) -> None:
    """Create the search table."""
    connection.exec_driver_sql(
        "CREATE VIRTUAL TABLE titles USING fts5(title, content='', detail=none, columnsize=0, tokenize='ascii')"
    )


def add_titles(connection: Connection, titles: Iterable[tuple[int, str]]) -> None:
    """Make articles, by number, findable under their titles."""
    rows = [(article_pk, " ".join(title_words(title))) for article_pk, title in titles if title]
    if rows:
        connection.exec_driver_sql("INSERT INTO titles(rowid, title) VALUES (?, ?)", rows)


def remove_title(connection: Connection, article_pk: int, title: str) -> None:
    """Stop finding an article under its ``title``, which must be the one it was added with."""
    if title:
        connection.exec_driver_sql(
            "INSERT INTO titles(titles, rowid, title) VALUES ('delete', ?, ?)",
            (article_pk, " ".join(title_words(title))),
        )


def scrub_removed_titles(connection: Connection) -> None:
    """Rewrite the index without the words of removed titles, which it only marked so far."""
    connection.exec_driver_sql("INSERT INTO titles(titles) VALUES ('optimize')")


def found_by_title(article_pk: ColumnElement[int], words: Sequence[str]) -> ColumnElement[bool]:
    """Return the condition that an article's title has all ``words``, the last one as a beginning."""
    quoted = [f'"{word}"' for word in words]
    query = " ".join(quoted) + "*"
    row = literal_column("rowid", BigInteger)
    matching = select(row).select_from(table("titles")).where(text("titles MATCH :query").bindparams(query=query))
    return article_pk.in_(matching)


def newest_titled(phrases: Sequence[Sequence[str]], look: int, before: int | None) -> Select[int]:
    """Return the statement that finds the newest articles whose titles have every word of one of the ``phrases``."""
    query = " OR ".join("(" + " AND ".join(f'"{word}"' for word in phrase) + ")" for phrase in phrases)
    row = literal_column("rowid", BigInteger)
    matching = select(row).select_from(table("titles")).where(text("titles MATCH :query").bindparams(query=query))
    if before is not None:
        matching = matching.where(row < before)
    return matching.order_by(row.desc()).limit(look)
