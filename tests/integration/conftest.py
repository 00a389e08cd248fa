"""What integration tests share: projects on the real engine that leave nothing behind."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import docker
import pytest

from deployer import builds
from tests.integration.projects import IMAGES, Project
from ui.installation import Installation, open_installation
from ui.settings import load


@pytest.fixture(scope="session")
def images(engine: docker.APIClient) -> None:
    """The images that the tests name are there: built when they have to be."""
    known = {recipe.name: recipe for recipe in builds.recipes()}
    for name in IMAGES:
        builds.build_recipe(engine, known[name], known[name].default_version, print)


@pytest.fixture
def new_project(
    engine: docker.APIClient, images: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[], Project]]:
    """Makes projects; at the end each is destroyed, and nothing of it may be left."""
    monkeypatch.setenv("BACKDRAFT_IMAGES", "local")
    made: list[Project] = []

    def make() -> Project:
        made.append(Project(engine, tmp_path / "home", tmp_path))
        return made[-1]

    yield make
    left = {project.name: project.destroy(volumes=True) for project in made}
    assert left == dict.fromkeys(left, "")


@pytest.fixture
def tell(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Tells whoever waits how far a long test is; what a test prints is kept back until it fails."""
    terminal = request.config.pluginmanager.getplugin("terminalreporter")
    return lambda text: terminal.write_line(text)


@pytest.fixture
def project(new_project: Callable[[], Project]) -> Project:
    return new_project()


@pytest.fixture
def start(tmp_path: Path, new_project: Callable[[], Project]) -> Iterator[Callable[[], int]]:
    """Starts one more worker: its process id."""
    (tmp_path / "home").mkdir(exist_ok=True)
    argv = [sys.executable, "-m", "tests.integration.working", str(tmp_path / "home")]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        stdin, stdout = process.stdin, process.stdout

        def one_more() -> int:
            stdin.write("\n")
            stdin.flush()
            return int(stdout.readline())

        yield one_more
        stdin.close()
        process.wait(20)


@pytest.fixture
def installation(tmp_path: Path, start: object) -> Iterator[Installation]:
    opened = open_installation(load(tmp_path / "home", {}))
    yield opened
    opened.close()
