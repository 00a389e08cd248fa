"""What integration tests share: projects on the real engine that leave nothing behind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import docker
import pytest

from deployer import builds
from tests.integration.projects import IMAGES, Project


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
