"""What is embargoed: hidden articles and events, and clusters counted with them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("events", sa.Column("hidden", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("articles", sa.Column("hidden", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("clusters", sa.Column("hidden_count", sa.Integer(), nullable=False, server_default=sa.text("0")))
    op.create_index(
        "articles_by_embargo",
        "articles",
        ["embargoed_until"],
        unique=False,
        sqlite_where=sa.text("hidden = 1"),
        postgresql_where=sa.text("hidden = true"),
    )
    op.create_table(
        "embargoed_clusters",
        sa.Column("pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("headline", sa.Text(), nullable=False),
        sa.Column("representative_id", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("source_count", sa.Integer(), nullable=False),
        sa.Column("independent_count", sa.Integer(), nullable=False),
        sa.Column("first_seen", sa.BigInteger(), nullable=False),
        sa.Column("last_seen", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_seq", sa.BigInteger(), nullable=False),
        sa.Column("heat", sa.Float(precision=53), nullable=False),
        sa.Column("sources", sa.Text(), nullable=False),
        sa.Column("top_terms", sa.Text(), nullable=False),
        sa.Column("merged_into", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["pk"], ["clusters.pk"]),
        sa.PrimaryKeyConstraint("pk"),
    )
