"""The tables, for every SQL database alike.

Moments are microseconds since 1970 UTC; lists and mappings are JSON in text columns. A text lies
in a table of its own, so that changing an article's row never moves its text about, and lists
never read it. Clusters are numbered within the store (``pk``) to keep indexes small; their public
ids are in one place.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    false,
    literal_column,
    text,
    true,
)

from dedupe.events import PLACING

HEAD: Final = "0009"
"""Revision that this code reads and writes: the newest in ``migrations/versions``."""

_PK: Final = BigInteger().with_variant(Integer, "sqlite")  # an INTEGER primary key is SQLite's own row number

metadata: Final = MetaData()

settings: Final = Table(
    "settings",
    metadata,
    Column("key", String, primary_key=True),
    Column("value", Text, nullable=False),
)

events: Final = Table(
    "events",
    metadata,
    Column("seq", _PK, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("kind", String, nullable=False),
    Column("article_id", String),
    Column("cluster_id", String, nullable=False),
    Column("from_cluster_id", String),
    Column("detail", Text, nullable=False),
    Column("hidden", Boolean, nullable=False, server_default=false()),
)
NOT_PLACING: Final = events.c.kind.not_in([literal_column(f"'{kind.value}'") for kind in sorted(PLACING)])
"""Whether an event placed no article; the literals let the database see that its index applies."""
Index("feed_by_cluster", events.c.cluster_id, events.c.seq)
Index(
    "events_by_cluster",
    events.c.cluster_id,
    events.c.seq,
    sqlite_where=NOT_PLACING,
    postgresql_where=NOT_PLACING,
)
Index(
    "events_by_cluster_left",
    events.c.from_cluster_id,
    events.c.seq,
    sqlite_where=events.c.from_cluster_id.is_not(None),
    postgresql_where=events.c.from_cluster_id.is_not(None),
)

constraints: Final = Table(
    "constraints",
    metadata,
    Column("seq", _PK, ForeignKey("events.seq"), primary_key=True, autoincrement=False),
    Column("rule", String, nullable=False),
    Column("undone_by", BigInteger, ForeignKey("events.seq")),
)

clusters: Final = Table(
    "clusters",
    metadata,
    Column("pk", _PK, primary_key=True, autoincrement=False),
    Column("id", String, nullable=False, unique=True),
    Column("headline", Text, nullable=False),
    Column("representative_id", String, nullable=False),
    Column("representative_rank", Text, nullable=False),
    Column("language", String, nullable=False),
    Column("size", Integer, nullable=False),
    Column("source_count", Integer, nullable=False),
    Column("independent_count", Integer, nullable=False),
    Column("first_seen", BigInteger, nullable=False),
    Column("last_seen", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Column("updated_seq", BigInteger, nullable=False),
    Column("heat", Float(53), nullable=False),
    Column("sources", Text, nullable=False),
    Column("top_terms", Text, nullable=False),
    Column("merged_into", String),
    Column("source_tally", Text, nullable=False),
    Column("term_tally", Text, nullable=False),
    Column("hidden_count", Integer, nullable=False, server_default=text("0")),
)

LISTED: Final = clusters.c.size > literal_column("0")
"""Whether lists show a cluster; the literal lets the database see that its indexes apply."""
for _column in ("updated_seq", "first_seen", "size", "source_count", "heat"):
    Index(
        f"clusters_by_{_column}",
        clusters.c[_column],
        clusters.c.pk,
        sqlite_where=LISTED,
        postgresql_where=LISTED,
    )
Index(
    "clusters_by_survivor",
    clusters.c.merged_into,
    sqlite_where=clusters.c.merged_into.is_not(None),
    postgresql_where=clusters.c.merged_into.is_not(None),
)

embargoed_clusters: Final = Table(
    "embargoed_clusters",
    metadata,
    Column("pk", _PK, ForeignKey("clusters.pk"), primary_key=True, autoincrement=False),
    Column("id", String, nullable=False),
    Column("headline", Text, nullable=False),
    Column("representative_id", String, nullable=False),
    Column("language", String, nullable=False),
    Column("size", Integer, nullable=False),
    Column("source_count", Integer, nullable=False),
    Column("independent_count", Integer, nullable=False),
    Column("first_seen", BigInteger, nullable=False),
    Column("last_seen", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Column("updated_seq", BigInteger, nullable=False),
    Column("heat", Float(53), nullable=False),
    Column("sources", Text, nullable=False),
    Column("top_terms", Text, nullable=False),
    Column("merged_into", String),
)
"""Clusters with embargoed articles, counted with them; ``clusters`` counts the others alone."""

cluster_sources: Final = Table(
    "cluster_sources",
    metadata,
    Column("cluster_pk", _PK, ForeignKey("clusters.pk"), primary_key=True, autoincrement=False),
    Column("source", String, primary_key=True),
    sqlite_with_rowid=False,
)

articles: Final = Table(
    "articles",
    metadata,
    Column("pk", _PK, primary_key=True, autoincrement=False),
    Column("id", String, nullable=False, unique=True),
    Column("cluster_pk", _PK, ForeignKey("clusters.pk"), nullable=False),
    Column("placed_seq", BigInteger, nullable=False, unique=True),
    Column("withdrawn", Boolean, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("received_at", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Column("published_at", BigInteger),
    Column("embargoed_until", BigInteger),
    Column("source", String),
    Column("language", String, nullable=False),
    Column("given_language", String),
    Column("version", String),
    Column("pub_status", String, nullable=False),
    Column("decision", String, nullable=False),
    Column("duplicate_group_id", String),
    Column("duplicate_of", String),
    Column("reason", Text, nullable=False),
    Column("content_digest", LargeBinary, nullable=False),
    Column("top_terms", Text, nullable=False),
    Column("hidden", Boolean, nullable=False, server_default=false()),
)
LIVE: Final = articles.c.withdrawn == false()
"""Whether an article was not taken down."""
HIDDEN: Final = articles.c.hidden == true()
"""Whether an article is embargoed."""
VISIBLE: Final = LIVE & (articles.c.hidden == false())
"""Whether everyone may see an article."""
Index("articles_by_embargo", articles.c.embargoed_until, sqlite_where=HIDDEN, postgresql_where=HIDDEN)
Index(
    "articles_by_cluster",
    articles.c.cluster_pk,
    articles.c.seen_at,
    articles.c.pk,
    sqlite_where=LIVE,
    postgresql_where=LIVE,
)
Index(
    "articles_by_group",
    articles.c.duplicate_group_id,
    sqlite_where=articles.c.duplicate_group_id.is_not(None),
    postgresql_where=articles.c.duplicate_group_id.is_not(None),
)

texts: Final = Table(
    "texts",
    metadata,
    Column("article_pk", _PK, ForeignKey("articles.pk"), primary_key=True, autoincrement=False),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("uri", Text),
    Column("url", Text),
    Column("authors", Text, nullable=False),
    Column("lead", Text, nullable=False, server_default=""),
)

identities: Final = Table(
    "identities",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("article_pk", _PK, ForeignKey("articles.pk"), nullable=False, index=True),
    sqlite_with_rowid=False,
)

round_ups: Final = Table(
    "round_ups",
    metadata,
    Column("cluster_id", String, primary_key=True),
    Column("article_pk", _PK, ForeignKey("articles.pk"), primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)
"""Which clusters an article tells of, besides its own; those that were merged since keep their names here."""
Index("round_ups_by_article", round_ups.c.article_pk)

vocabularies: Final = Table(
    "vocabularies",
    metadata,
    Column("seq", _PK, ForeignKey("events.seq"), primary_key=True, autoincrement=False),
    Column("language", String, nullable=False),
    Column("articles", Integer, nullable=False),
    Column("terms", LargeBinary, nullable=False),
    Column("counts", LargeBinary, nullable=False),
)
