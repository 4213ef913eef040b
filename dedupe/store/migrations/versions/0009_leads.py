"""What stands for the title of an article that has none; articles that are there are read again for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import orjson
import sqlalchemy as sa
from alembic import op

from dedupe.store.search import add_headlines
from dedupe.text.lead import lead
from dedupe.text.page import pages_of, read_block

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

AT_ONCE = 200
BLANKS = "".join(filter(str.isspace, map(chr, range(0x3001))))
UNTITLED = sa.text(
    "SELECT articles.pk, articles.id, articles.cluster_pk, texts.text, events.detail FROM texts"
    " JOIN articles ON articles.pk = texts.article_pk JOIN events ON events.seq = articles.placed_seq"
    " WHERE texts.article_pk > :after AND trim(texts.title, :blanks) = '' ORDER BY texts.article_pk LIMIT :at_once"
)
LEAD = sa.text("UPDATE texts SET lead = :lead WHERE article_pk = :pk")
HEADLINE = sa.text("UPDATE clusters SET headline = :lead WHERE pk = :cluster_pk AND representative_id = :id")
EMBARGOED = sa.text("UPDATE embargoed_clusters SET headline = :lead WHERE pk = :cluster_pk AND representative_id = :id")


def upgrade() -> None:
    """Apply."""
    op.add_column("texts", sa.Column("lead", sa.Text(), server_default="", nullable=False))
    connection = op.get_bind()
    for rows in _untitled(connection):
        texts = [row.text for row in rows]
        pages = pages_of(read_block([""] * len(texts), texts), [""] * len(texts), texts)
        leads = [
            {
                "lead": lead(page, row.text, orjson.loads(row.detail).get("furniture", ())),
                "pk": row.pk,
                "id": row.id,
                "cluster_pk": row.cluster_pk,
            }
            for page, row in zip(pages, rows, strict=True)
        ]
        for statement in (LEAD, HEADLINE, EMBARGOED):
            connection.execute(statement, leads)
        add_headlines(connection, [(row["pk"], row["lead"]) for row in leads])


def _untitled(connection: sa.Connection) -> Iterator[Sequence[sa.Row[tuple[object, ...]]]]:
    """Yield the articles without a title, some at a time."""
    after = -1
    while rows := connection.execute(UNTITLED, {"after": after, "at_once": AT_ONCE, "blanks": BLANKS}).all():
        yield rows
        after = rows[-1].pk
