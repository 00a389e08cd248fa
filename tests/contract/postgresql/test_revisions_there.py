"""The revisions make on PostgreSQL exactly the tables that the stores use."""

from __future__ import annotations

import importlib

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from composer.db import METADATA, Database
from tests.unit.test_migrating import TABLES


def test_the_revisions_make_exactly_the_tables_that_the_stores_use(database: Database):
    for name in TABLES:
        importlib.import_module(name)
    with database.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
