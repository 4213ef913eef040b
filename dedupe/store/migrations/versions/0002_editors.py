"""Editors' decisions, and the lineage of a cluster."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NOT_PLACING = sa.text("(kind NOT IN ('copied', 'joined', 'opened', 'revised'))")
HAS_LEFT = sa.text("from_cluster_id IS NOT NULL")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "constraints",
        sa.Column("seq", NUMBER, autoincrement=False, nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("undone_by", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("seq"),
        sa.ForeignKeyConstraint(["seq"], ["events.seq"]),
        sa.ForeignKeyConstraint(["undone_by"], ["events.seq"]),
    )
    op.create_index(
        "events_by_cluster", "events", ["cluster_id", "seq"], sqlite_where=NOT_PLACING, postgresql_where=NOT_PLACING
    )
    op.create_index(
        "events_by_cluster_left",
        "events",
        ["from_cluster_id", "seq"],
        sqlite_where=HAS_LEFT,
        postgresql_where=HAS_LEFT,
    )
