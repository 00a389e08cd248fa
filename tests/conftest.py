"""What tests of several folders share: the engine they run on, and the database."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import docker
import docker.errors
import docker.utils
import pytest

from composer.db import Database, open_database

# a shell gives what it starts in the background an ignored Ctrl-C, and programs that tests start would inherit it
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with tests of many minutes come first, so that no core waits for them in the end."""
    longest = {item.path for item in items if item.get_closest_marker("sweep")}
    items.sort(key=lambda item: item.path not in longest)


@pytest.fixture(scope="session")
def engine() -> Iterator[docker.APIClient]:
    """The engine of this machine; tests that need one fail, never skip, where none answers."""
    settings = docker.utils.kwargs_from_env()
    try:
        client = docker.APIClient(version="auto", timeout=120, **settings)
    except docker.errors.DockerException as error:
        pytest.fail(f"no Docker engine answers, run scripts/engine up first: {error}")
    yield client
    client.close()


@pytest.fixture
def database_url() -> str:
    """Where the database of a test is: empty for SQLite; `tests/contract/postgresql` names a server."""
    return ""


@pytest.fixture
def database(tmp_path: Path, database_url: str) -> Iterator[Database]:
    """A new database."""
    opened = open_database(tmp_path, database_url or None)
    yield opened
    opened.close()
