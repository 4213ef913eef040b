"""The words of headlines, searchable in the same transaction that writes the articles; SQLite's way: FTS5.

The table holds words without their order and no headline (``content=''``, ``detail=none``). Words
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


def add_headlines(connection: Connection, headlines: Iterable[tuple[int, str]]) -> None:
    """Make articles, by number, findable under what they are called."""
    rows = [(article_pk, " ".join(title_words(headline))) for article_pk, headline in headlines if headline]
    if rows:
        connection.exec_driver_sql("INSERT INTO titles(rowid, title) VALUES (?, ?)", rows)


def remove_headline(connection: Connection, article_pk: int, headline: str) -> None:
    """Stop finding an article under its ``headline``, which must be the one it was added with."""
    if headline:
        connection.exec_driver_sql(
            "INSERT INTO titles(titles, rowid, title) VALUES ('delete', ?, ?)",
            (article_pk, " ".join(title_words(headline))),
        )


def scrub_removed_headlines(connection: Connection) -> None:
    """Rewrite the index without the words of removed headlines, which it only marked so far."""
    connection.exec_driver_sql("INSERT INTO titles(titles) VALUES ('optimize')")


def found_by_title(article_pk: ColumnElement[int], words: Sequence[str]) -> ColumnElement[bool]:
    """Return the condition that an article's headline has all ``words``, the last one as a beginning."""
    quoted = [f'"{word}"' for word in words]
    query = " ".join(quoted) + "*"
    row = literal_column("rowid", BigInteger)
    matching = select(row).select_from(table("titles")).where(text("titles MATCH :query").bindparams(query=query))
    return article_pk.in_(matching)


def newest_titled(phrases: Sequence[Sequence[str]], look: int, before: int | None) -> Select[int]:
    """Return the statement that finds the newest articles whose headlines have every word of one of the ``phrases``."""
    query = " OR ".join("(" + " AND ".join(f'"{word}"' for word in phrase) + ")" for phrase in phrases)
    row = literal_column("rowid", BigInteger)
    matching = select(row).select_from(table("titles")).where(text("titles MATCH :query").bindparams(query=query))
    if before is not None:
        matching = matching.where(row < before)
    return matching.order_by(row.desc()).limit(look)
