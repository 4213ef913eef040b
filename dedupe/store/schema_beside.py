"""The tables beside the log: keys, and webhooks with what is still to be delivered to them."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Integer, LargeBinary, String, Table, Text

from dedupe.store.schema import metadata

__all__ = ["access_keys", "dead_letters", "metadata", "webhook_growths", "webhooks"]

access_keys: Final = Table(
    "access_keys",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("scopes", String, nullable=False),
    Column("rate", String),
    Column("created_at", BigInteger, nullable=False),
    Column("last_used_at", BigInteger),
    Column("revoked_at", BigInteger),
)

webhooks: Final = Table(
    "webhooks",
    metadata,
    Column("id", String, primary_key=True),
    Column("url", Text, nullable=False),
    Column("secret", Text, nullable=False),
    Column("kinds", Text, nullable=False),
    Column("grew_past", Integer, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("retry_at", BigInteger, nullable=False),
)

webhook_growths: Final = Table(
    "webhook_growths",
    metadata,
    Column("webhook_id", String, primary_key=True),
    Column("cluster_id", String, primary_key=True),
    sqlite_with_rowid=False,
)

dead_letters: Final = Table(
    "dead_letters",
    metadata,
    Column("webhook_id", String, primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", String, primary_key=True),
    Column("cluster_id", String, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("is_due", Boolean, nullable=False),
)
