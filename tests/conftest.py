"""What tests of several folders share: the engine they run on."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import docker
import docker.errors
import docker.utils
import pytest

# a shell gives what it starts in the background an ignored Ctrl-C, and programs that tests start would inherit it
signal.signal(signal.SIGINT, signal.default_int_handler)


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
