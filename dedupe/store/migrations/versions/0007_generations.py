"""Generations, and the jobs that build them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "generations",
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        sa.Column("origin", sa.BigInteger(), nullable=False),
        sa.Column("base_seq", sa.BigInteger(), nullable=False),
        sa.Column("followed_seq", sa.BigInteger(), nullable=False),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("activated_seq", NUMBER, nullable=True),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("activated_seq"),
        sa.ForeignKeyConstraint(["activated_seq"], ["events.seq"]),
    )
    op.create_table(
        "generation_events",
        sa.Column("generation", NUMBER, autoincrement=False, nullable=False),
        sa.Column("seq", NUMBER, autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("article_id", sa.String(), nullable=True),
        sa.Column("cluster_id", sa.String(), nullable=False),
        sa.Column("from_cluster_id", sa.String(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("text_seq", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("generation", "seq"),
        sa.ForeignKeyConstraint(["generation"], ["generations.number"]),
    )
    op.create_index("generation_events_by_article", "generation_events", ["generation", "article_id"])
    op.create_table(
        "generation_vocabularies",
        sa.Column("generation", NUMBER, autoincrement=False, nullable=False),
        sa.Column("seq", NUMBER, autoincrement=False, nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("articles", sa.Integer(), nullable=False),
        sa.Column("terms", sa.LargeBinary(), nullable=False),
        sa.Column("counts", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("generation", "seq"),
        sa.ForeignKeyConstraint(["generation"], ["generations.number"]),
    )
    op.create_table(
        "generation_names",
        sa.Column("activated_seq", NUMBER, autoincrement=False, nullable=False),
        sa.Column("ordinal", NUMBER, autoincrement=False, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("built_id", sa.String(), nullable=True),
        sa.Column("leads_to", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("activated_seq", "ordinal"),
        sa.ForeignKeyConstraint(["activated_seq"], ["events.seq"]),
    )
    op.create_table(
        "generation_embargoes",
        sa.Column("activated_seq", NUMBER, autoincrement=False, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("activated_seq", "public_id"),
        sa.ForeignKeyConstraint(["activated_seq"], ["events.seq"]),
    )
    op.create_table(
        "generation_places",
        sa.Column("activated_seq", NUMBER, autoincrement=False, nullable=False),
        sa.Column("article_pk", NUMBER, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(), nullable=True),
        sa.Column("cluster_id", sa.String(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("former_decision", sa.String(), nullable=False),
        sa.Column("former_reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("activated_seq", "article_pk"),
        sa.ForeignKeyConstraint(["activated_seq"], ["events.seq"]),
        sa.ForeignKeyConstraint(["article_pk"], ["articles.pk"]),
    )
    op.create_table(
        "jobs",
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("generation", sa.BigInteger(), nullable=False),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.Column("event_seq", sa.BigInteger(), nullable=True),
        sa.Column("rollback_seq", sa.BigInteger(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("difference", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("id"),
    )
