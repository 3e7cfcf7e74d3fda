"""What alembic runs: always on a connection that is given to it, in the caller's transaction."""

from __future__ import annotations

from alembic import context

from adapter.delivery.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, transactional_ddl=False)
context.run_migrations()
