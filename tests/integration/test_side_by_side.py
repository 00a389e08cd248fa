"""Projects that are deployed at the same moment, and ports that somebody else has."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path

import docker
import pytest

from deployer.addresses import free_subnets
from deployer.errors import DeployerError
from tests.integration.projects import PYTHON, Project, free_port, get, server

pytestmark = pytest.mark.engine

AT_ONCE = 3
LINES = f"""components:
  one: {server(8000)}
  two: {server(8000)}
connections:
  - {{from: one, to: two}}
"""


def names_that_want_the_same_addresses() -> Iterator[str]:
    """Names of projects whose first subnet, where none is taken, is that of the first name."""
    first = f"test-{secrets.token_hex(4)}"
    yield first
    wanted = next(free_subnets((), first))
    while True:
        name = f"test-{secrets.token_hex(4)}"
        if next(free_subnets((), name)) == wanted:
            yield name


def test_projects_that_want_the_same_addresses_at_the_same_moment_all_come_up(
    engine: docker.APIClient, images: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("BACKDRAFT_IMAGES", "local")
    names = list(islice(names_that_want_the_same_addresses(), AT_ONCE))
    projects = [Project(engine, tmp_path / name, tmp_path, name) for name in names]
    try:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            outcomes = list(pool.map(lambda project: project.deploy(LINES), projects))
        assert [list(map(str, outcome.failures)) for outcome in outcomes] == [[]] * AT_ONCE
        assert [str(project.plan(LINES)) for project in projects] == [""] * AT_ONCE
    finally:
        assert [project.destroy(volumes=True) for project in projects] == [""] * AT_ONCE


def web(port: int) -> str:
    return f"components:\n  web: {server(8000, more=f', publish: {{main: {port}}}')}\n"


def test_a_port_that_a_program_of_this_host_has_is_told_before_anything_is_made(project: Project):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        sentence = (
            f"components/web/publish: port {port} on 127.0.0.1 is taken by \\S+ .process {os.getpid()}. of this host"
        )
        for act in (project.plan, project.deploy):
            with pytest.raises(DeployerError, match=sentence):
                act(web(port))
    assert project.things() == ""
    project.deployed(web(port))
    assert get(port) == (200, "hello")


def test_a_port_that_another_container_has_is_told_with_the_name_of_that_container(
    project: Project, engine: docker.APIClient
):
    port = free_port()
    bound = engine.create_host_config(port_bindings={8000: ("127.0.0.1", port)})
    made = engine.create_container(PYTHON, ["sleep", "600"], ports=[8000], host_config=bound)["Id"]
    try:
        engine.start(made)
        name = engine.inspect_container(made)["Name"].removeprefix("/")
        with pytest.raises(DeployerError, match=f"port {port} on 127.0.0.1 is taken by container {name} "):
            project.deploy(web(port))
        assert project.things() == ""
    finally:
        engine.remove_container(made, force=True)
