"""Runs migrations on the connection that the store hands over, in the store's own transaction."""

from __future__ import annotations

from alembic import context

from dedupe.store.schema_beside import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
)
context.run_migrations()
