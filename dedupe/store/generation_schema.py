"""The tables of generations and of the jobs that build them; see `schema` for how values are kept."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text, false

from dedupe.store.schema import articles, events, metadata

_PK: Final = BigInteger().with_variant(Integer, "sqlite")

generations: Final = Table(
    "generations",
    metadata,
    Column("number", _PK, primary_key=True, autoincrement=False),
    Column("origin", BigInteger, nullable=False),
    Column("base_seq", BigInteger, nullable=False),
    Column("followed_seq", BigInteger, nullable=False),
    Column("settings", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("activated_seq", _PK, ForeignKey(events.c.seq), unique=True),
)
"""A generation is the index as of ``base_seq`` (0 for an empty one) and the events of its own that follow.

``followed_seq`` is how far in the log its own events have come; ``origin`` is the generation whose decisions
it goes on with: itself, or the one that a rollback brings back (0 for what was there before the first).
"""

generation_events: Final = Table(
    "generation_events",
    metadata,
    Column("generation", _PK, ForeignKey("generations.number"), primary_key=True, autoincrement=False),
    Column("seq", _PK, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("kind", String, nullable=False),
    Column("article_id", String),
    Column("cluster_id", String, nullable=False),
    Column("from_cluster_id", String),
    Column("detail", Text, nullable=False),
    Column("text_seq", BigInteger),
)
"""``text_seq`` is the event of the log that brought the text which an event of the generation placed."""
OWN_EVENT: Final = (*generation_events.c, false().label("hidden"))
"""The columns of an `Event`: whether readers may see it is asked of the event that activates the generation."""
Index("generation_events_by_article", generation_events.c.generation, generation_events.c.article_id)

generation_vocabularies: Final = Table(
    "generation_vocabularies",
    metadata,
    Column("generation", _PK, ForeignKey("generations.number"), primary_key=True, autoincrement=False),
    Column("seq", _PK, primary_key=True, autoincrement=False),
    Column("language", String, nullable=False),
    Column("articles", Integer, nullable=False),
    Column("terms", LargeBinary, nullable=False),
    Column("counts", LargeBinary, nullable=False),
)

generation_names: Final = Table(
    "generation_names",
    metadata,
    Column("activated_seq", _PK, ForeignKey(events.c.seq), primary_key=True, autoincrement=False),
    Column("ordinal", _PK, primary_key=True, autoincrement=False),
    Column("public_id", String, nullable=False),
    Column("built_id", String),
    Column("leads_to", String),
)

generation_embargoes: Final = Table(
    "generation_embargoes",
    metadata,
    Column("activated_seq", _PK, ForeignKey(events.c.seq), primary_key=True, autoincrement=False),
    Column("public_id", String, primary_key=True),
)
"""The articles, and clusters nobody was told of, that readers may not see as of an activation."""

generation_places: Final = Table(
    "generation_places",
    metadata,
    Column("activated_seq", _PK, ForeignKey(events.c.seq), primary_key=True, autoincrement=False),
    Column("article_pk", _PK, ForeignKey(articles.c.pk), primary_key=True, autoincrement=False),
    Column("kind", String),
    Column("cluster_id", String),
    Column("detail", Text),
    Column("former_decision", String, nullable=False),
    Column("former_reason", Text, nullable=False),
)
"""An article that an activation changed: how the generation placed it (null where it was put back), and how it was."""

jobs: Final = Table(
    "jobs",
    metadata,
    Column("number", _PK, primary_key=True, autoincrement=False),
    Column("id", String, nullable=False, unique=True),
    Column("state", String, nullable=False),
    Column("generation", BigInteger, nullable=False),
    Column("settings", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("finished_at", BigInteger),
    Column("event_seq", BigInteger),
    Column("rollback_seq", BigInteger),
    Column("error", Text),
    Column("difference", Text),
)
