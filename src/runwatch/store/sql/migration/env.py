"""Run by Alembic: applies versions on the connection that `runwatch.store.sql.migration.upgrade` hands over."""

from __future__ import annotations

from alembic import context

from runwatch.store.sql.table.metadata import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    transactional_ddl=True,  # the caller's transaction holds all versions: an upgrade happens as a whole or not at all
    render_as_batch=True,  # SQLite alters a table by copying it
)
context.run_migrations()
