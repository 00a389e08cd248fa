"""Runs the revisions of `versions/` on the connection that `composer.migrating` hands over."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], transactional_ddl=False)
context.run_migrations()
