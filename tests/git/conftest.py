"""What tests of git share: a real server, and the rooms of deployer.builds as the deployer uses them."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from composer.model import Source
from deployer.builds import BuildError, Checkout, checked_out
from tests.git.certificates import made_certificates
from tests.git.https_server import HttpsServer, https_server
from tests.git.repositories import Repository, made_repository

PACKAGES = {"git": "git", "ssh": "openssh-client"}


@pytest.fixture(scope="session", autouse=True)
def programs() -> None:
    """Git and ssh are there: installed where they are missing and may be; tests fail, never skip, without them."""
    missing = [package for program, package in PACKAGES.items() if not shutil.which(program)]
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        install = ["apt-get", "install", "-y", "--no-install-recommends", *missing]
        subprocess.run(["apt-get", "update"], env=environment, capture_output=True, check=False)
        subprocess.run(install, env=environment, capture_output=True, check=False)
    absent = [program for program in PACKAGES if not shutil.which(program)]
    if absent:
        pytest.fail(f"{' and '.join(absent)} cannot be run; install {' and '.join(missing)}")


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


class Workshop:
    """Checks sources out as a deploy does, and remembers what it was told."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.told: list[str] = []

    @contextlib.contextmanager
    def checked_out(self, **sources: Source) -> Iterator[Mapping[str, Checkout | BuildError]]:
        self.home.mkdir(mode=0o700, exist_ok=True)
        with checked_out(sources, self.home, lambda component, text: self.told.append(f"{component}: {text}")) as found:
            yield found

    def files(self, source: Source) -> dict[str, str]:
        """Everything that is laid out of a source: name -> mode and content, or where a link leads."""
        with self.checked_out(api=source) as found:
            checkout = found["api"]
            assert isinstance(checkout, Checkout), checkout
            return {str(path.relative_to(checkout.folder)): _described(path) for path in _below(checkout.folder)}

    def commit(self, source: Source) -> str:
        """The commit that a source is at."""
        with self.checked_out(api=source) as found:
            checkout = found["api"]
            assert isinstance(checkout, Checkout), checkout
            return checkout.commit

    def fault(self, source: Source) -> str:
        """Why a source is not to be had, with the key that it is about."""
        with self.checked_out(api=source) as found:
            error = found["api"]
            assert isinstance(error, BuildError), error
            return f"{getattr(error, 'key', '')}: {error}"

    def mirrors(self) -> list[Path]:
        """What is kept of repositories."""
        return sorted((self.home / "git").glob("*.git"))


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    """A state folder without anything in it."""
    return Workshop(tmp_path / "home")


Configure = Callable[..., None]


@pytest.fixture
def configure(configuration: Path) -> Configure:
    """Writes into git's configuration, as a person does."""

    def write(name: str, value: str) -> None:
        subprocess.run(["git", "config", "--file", str(configuration), "--add", name, value], check=True)

    return write


def _below(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_symlink() or path.is_file())


def _described(path: Path) -> str:
    if path.is_symlink():
        return f"-> {path.readlink()}"
    return f"{path.stat().st_mode & 0o777:o} {path.read_text()}"
