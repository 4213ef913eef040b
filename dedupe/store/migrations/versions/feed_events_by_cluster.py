"""Indexes that find the events of one cluster, for those who follow it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "feed_events_by_cluster"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_index("events_by_cluster", "events", ["cluster_id", "seq"], unique=False)
    op.create_index(
        "events_by_left_cluster",
        "events",
        ["from_cluster_id", "seq"],
        unique=False,
        sqlite_where=sa.text("from_cluster_id IS NOT NULL"),
        postgresql_where=sa.text("from_cluster_id IS NOT NULL"),
    )
