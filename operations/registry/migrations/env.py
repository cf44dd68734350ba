"""Alembic's entry: runs the migrations on the connection that `operations.registry.database` hands over."""

from __future__ import annotations

from alembic import context

from operations.registry import tables

context.configure(connection=context.config.attributes["connection"], target_metadata=tables.metadata)
context.run_migrations()
