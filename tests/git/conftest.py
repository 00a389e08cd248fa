"""What tests of git share: a real server, and the rooms of deployer.builds as the deployer uses them."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.git.certificates import made_certificates
from tests.git.https_server import HttpsServer, https_server
from tests.git.programs import require_programs
from tests.git.repositories import Repository, made_repository
from tests.git.workshop import Workshop


@pytest.fixture(scope="session", autouse=True)
def programs() -> None:
    """Git and ssh are there."""
    require_programs()


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The certificate of an authority of tests, and that of a server with its key."""
    return made_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def configuration(tmp_path: Path, certificates: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of git's configuration that is read, empty; the authority of tests is trusted."""
    file = tmp_path / "gitconfig"
    file.touch()
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(file))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_SSL_CAINFO", str(certificates[0]))
    return file


@pytest.fixture
def server(tmp_path: Path, certificates: tuple[Path, Path], configuration: Path) -> Iterator[HttpsServer]:
    """A server of the repositories below `served`."""
    (tmp_path / "served").mkdir()
    with https_server(tmp_path / "served", certificates[1]) as running:
        yield running


@pytest.fixture
def repository(server: HttpsServer) -> Repository:
    """An empty repository that the server hands out as shop.git."""
    return made_repository(server.root)


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    """A state folder without anything in it."""
    return Workshop(tmp_path / "home")


Configure = Callable[[str, str], None]


@pytest.fixture
def configure(configuration: Path) -> Configure:
    """Writes into git's configuration, as a person does."""

    def write(name: str, value: str) -> None:
        subprocess.run(["git", "config", "--file", str(configuration), "--add", name, value], check=True)

    return write
