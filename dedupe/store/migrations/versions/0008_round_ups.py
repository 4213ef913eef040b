"""Which clusters a round-up tells of, besides its own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "round_ups",
        sa.Column("cluster_id", sa.String(), nullable=False),
        sa.Column("article_pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["article_pk"], ["articles.pk"]),
        sa.PrimaryKeyConstraint("cluster_id", "article_pk"),
        sqlite_with_rowid=False,
    )
    op.create_index("round_ups_by_article", "round_ups", ["article_pk"], unique=False)
