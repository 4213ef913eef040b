"""An index that finds the events of one cluster, for those who follow it."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_index("feed_by_cluster", "events", ["cluster_id", "seq"], unique=False)
