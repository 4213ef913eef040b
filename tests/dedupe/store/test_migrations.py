"""The migrations make the tables that the code reads."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_mock_engine
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

import dedupe.store
from dedupe.store.queries import ClusterFilter
from dedupe.store.schema import HEAD
from dedupe.store.schema_beside import metadata
from dedupe.store.sql import SqlStore
from dedupe.store.titles import title_words
from tests.laws.conftest import IDENTITY
from tests.laws.expected import Expected
from tests.laws.random_log import RandomLog
from tests.laws.showing import assert_shows, listed


def test_the_code_names_the_newest_revision() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(dedupe.store.__file__).with_name("migrations")))
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


def test_a_migrated_file_has_the_tables_of_the_schema(tmp_path: Path) -> None:
    store = SqlStore.open(f"sqlite:///{tmp_path / 'a.db'}", IDENTITY)
    with store.catalogue._reading() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": lambda name, *_: is_ours(name)})
        assert compare_metadata(context, metadata) == []
        made = {squeezed(sql) for (sql,) in connection.exec_driver_sql("SELECT sql FROM sqlite_master") if sql}
    store.close()
    dialect = sqlite.dialect()
    wanted = {squeezed(str(CreateTable(table).compile(dialect=dialect))) for table in metadata.sorted_tables}
    indexes = [index for table in metadata.sorted_tables for index in table.indexes]
    wanted |= {squeezed(str(CreateIndex(index).compile(dialect=dialect))) for index in indexes}
    assert wanted <= made


def test_a_store_of_the_first_revision_knows_its_lineage(tmp_path: Path) -> None:
    path, changes = tmp_path / "old.db", RandomLog(5, round_ups=0).changes(120)
    store = SqlStore.open(f"sqlite:///{path}", IDENTITY)
    store.commit(changes)
    store.close()
    with closing(sqlite3.connect(path)) as old:
        old.executescript(
            "DROP TABLE generation_events; DROP TABLE generation_vocabularies; DROP TABLE generation_names;"
            "DROP TABLE generation_embargoes; DROP TABLE generation_places; DROP TABLE generations; DROP TABLE jobs;"
            "DROP TABLE access_keys; DROP TABLE webhooks; DROP TABLE webhook_growths; DROP TABLE dead_letters;"
            "DROP TABLE constraints; DROP INDEX events_by_cluster; DROP INDEX events_by_cluster_left;"
            "DROP TABLE round_ups; "
            "DROP INDEX feed_by_cluster; DROP INDEX articles_by_embargo; DROP TABLE embargoed_clusters;"
            "ALTER TABLE events DROP COLUMN hidden; ALTER TABLE articles DROP COLUMN hidden;"
            "ALTER TABLE clusters DROP COLUMN hidden_count; ALTER TABLE texts DROP COLUMN lead;"
            "UPDATE alembic_version SET version_num = '0001';"
        )
    store = SqlStore.open(f"sqlite:///{path}", IDENTITY)
    assert_shows(store, store.catalogue, Expected(changes))
    store.close()


BEGINNING = """substr(text, 1, 120) FROM articles JOIN texts ON article_pk = articles.pk
    WHERE articles.id = representative_id AND title = ''"""


def test_articles_without_a_title_that_are_there_are_read_again(tmp_path: Path) -> None:
    """They are called what they would be called today, found under it, and can be revised and taken down."""
    path, log = tmp_path / "old.db", RandomLog(7, embargoed=0.2)
    changes = log.changes(800)
    store = SqlStore.open(f"sqlite:///{path}", IDENTITY)
    store.commit(changes)
    store.close()
    with closing(sqlite3.connect(path)) as old:
        titles = old.execute("SELECT article_pk, title FROM texts WHERE title <> ''").fetchall()
        count = old.execute("SELECT count(*) FROM texts WHERE title = ''").fetchone()[0]
        for headlines in ("UPDATE clusters SET headline = ", "UPDATE embargoed_clusters SET headline = "):
            old.execute(headlines + BEGINNING)
        old.execute("INSERT INTO titles(titles) VALUES ('delete-all')")
        words = [(pk, " ".join(title_words(title))) for pk, title in titles]
        old.executemany("INSERT INTO titles(rowid, title) VALUES (?, ?)", words)
        old.execute("ALTER TABLE texts DROP COLUMN lead")
        old.execute("UPDATE alembic_version SET version_num = '0008'")
        old.commit()
    store = SqlStore.open(f"sqlite:///{path}", IDENTITY)
    assert_shows(store, store.catalogue, Expected(changes))
    assert count > 50
    assert_finds_the_untitled(store, Expected(changes))
    changes += (more := log.changes(100))
    store.commit(more)
    assert_shows(store, store.catalogue, Expected(changes))
    assert_finds_the_untitled(store, Expected(changes))
    store.close()


def assert_finds_the_untitled(store: SqlStore, expected: Expected) -> None:
    for word in ("harbour", "zurich", "42"):
        found = {row.cluster_id for row in listed(store.catalogue, ClusterFilter(q=f"{word} "))}
        having = [stored for i in expected.shown() if word in title_words((stored := expected.articles[i]).headline)]
        assert found >= {stored.assignment.cluster_id for stored in having}


def is_ours(name: str | None) -> bool:
    return name is None or (not name.startswith("titles") and name != "alembic_version")


def squeezed(sql: str) -> tuple[str, ...]:
    """Return the words of a statement in a fixed order: that of constraints means nothing."""
    return tuple(sorted(sql.replace("(", " ( ").replace(")", " ) ").replace(",", " ").split()))


def test_the_tables_can_be_spelt_for_postgresql() -> None:
    statements: list[str] = []
    engine = create_mock_engine("postgresql+psycopg://", lambda sql, *_, **__: statements.append(str(sql)))
    metadata.create_all(engine, checkfirst=False)
    assert len(statements) >= len(metadata.tables)
