"""The tests of everything that keeps something, on PostgreSQL: each has a new database there."""

from __future__ import annotations

from collections.abc import Iterator

import docker
import pytest

from tests.databases import PostgreSQL, postgresql


@pytest.fixture(scope="session")
def server(engine: docker.APIClient) -> Iterator[PostgreSQL]:
    with postgresql(engine) as running:
        yield running


@pytest.fixture
def database_url(server: PostgreSQL) -> str:
    """Instead of the one that means SQLite."""
    return server.new_database()
