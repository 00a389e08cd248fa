"""Sources in git behind ssh: a real server, which is trusted when its key is known, and only then."""

from __future__ import annotations

import io
import os
import socket
import subprocess
import tarfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import docker
import pytest

from composer.model import Source
from deployer.builds import base_image, base_tag
from deployer.builds.git import SSH_CONFIG
from deployer.git_access import NOBODY, GitAccess
from tests.git.programs import require_programs
from tests.git.repositories import AUTHOR, git
from tests.git.workshop import Workshop

pytestmark = pytest.mark.engine

LAB = Path(__file__).parent.parent / "lab" / "git"
TAG = "backdraft.test/git:1"
REFUSED_HOST = "127.0.0.1 shows another key than the one this machine knows: somebody may stand in between"


@dataclass(frozen=True)
class SshServer:
    """A git server on a port of this machine, and the keys around it."""

    port: int
    keys: Path

    def url(self, name: str = "shop.git") -> str:
        return f"ssh://git@127.0.0.1:{self.port}/home/git/{name}"

    def config(self, **options: str) -> str:
        """The lines of a file for ssh, with which everything goes well unless `options` say otherwise."""
        good = {
            "IdentityFile": str(self.keys / "client"),
            "IdentitiesOnly": "yes",
            "UserKnownHostsFile": str(self.keys / "known_hosts"),
        }
        return "Host *\n" + "".join(f"  {name} {value}\n" for name, value in (good | options).items())


@pytest.fixture(scope="module")
def server(engine: docker.APIClient, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SshServer]:
    """A server with one repository, shop.git, in which main has one commit."""
    require_programs()
    base_image(engine, "trixie", print)
    events = engine.build(path=str(LAB), tag=TAG, buildargs={"BASE": base_tag("trixie")}, rm=True, decode=True)
    errors = [event["error"] for event in events if "error" in event]
    assert errors == []
    keys = tmp_path_factory.mktemp("keys")
    for name in ("host", "other_host", "client", "other_client"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(keys / name)], check=True)
    host = engine.create_host_config(port_bindings={22: ("127.0.0.1", None)})
    made = engine.create_container(TAG, ports=[22], host_config=host, labels={"backdraft.test": "git"})["Id"]
    try:
        clients = (keys / "client.pub").read_bytes()
        engine.put_archive(made, "/etc/ssh", _archive(host_key=(keys / "host").read_bytes(), clients=clients))
        engine.start(made)
        running = SshServer(int(engine.port(made, 22)[0]["HostPort"]), keys)
        known = {
            name: f"[127.0.0.1]:{running.port} {(keys / f'{name}.pub').read_text()}" for name in ("host", "other_host")
        }
        (keys / "known_hosts").write_text(known["host"])
        (keys / "other_known_hosts").write_text(known["other_host"])
        (keys / "no_known_hosts").touch()
        (keys / "config").write_text(running.config())
        _until_it_listens(running.port)
        init = ["git", "init", "--quiet", "--bare", "--initial-branch=main", "/home/git/shop.git"]
        assert engine.exec_start(engine.exec_create(made, init, user="git")["Id"]) == b""
        push(running, {"api/app.py": "one"})
        yield running
    finally:
        engine.remove_container(made, force=True, v=True)


@pytest.fixture
def workshop(tmp_path: Path, server: SshServer, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    for name, value in {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    monkeypatch.setenv(SSH_CONFIG, str(server.keys / "config"))
    return Workshop(tmp_path / "home")


def source(server: SshServer, name: str = "shop.git", branch: str | None = "main") -> Source:
    return Source("api", server.url(name), branch)


def test_a_branch_is_fetched_and_followed(server: SshServer, workshop: Workshop):
    assert workshop.files(source(server)) == {"app.py": "644 one"}
    push(server, {"api/app.py": "two"})
    assert workshop.files(source(server)) == {"app.py": "644 two"}
    push(server, {"api/app.py": "one"})
    assert workshop.files(source(server, branch=None)) == {"app.py": "644 one"}


def test_a_commit_is_fetched_by_its_name(server: SshServer, workshop: Workshop):
    commit = push(server, {"api/app.py": "pinned"})
    push(server, {"api/app.py": "one"})
    assert workshop.files(source(server, branch=commit)) == {"app.py": "644 pinned"}


@pytest.mark.parametrize("checking", ["no", "accept-new", "off"])
def test_a_host_that_is_not_known_is_not_trusted_whatever_the_file_for_ssh_says(
    server: SshServer, workshop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, checking: str
):
    unknown = server.keys / "no_known_hosts"
    _use(server.config(UserKnownHostsFile=str(unknown), StrictHostKeyChecking=checking), tmp_path, monkeypatch)
    assert workshop.fault(source(server)) == (
        f"git: 127.0.0.1 is not among the hosts that ssh knows (`ssh -T -p {server.port} git@127.0.0.1` once, compare "
        "the key it shows with the one 127.0.0.1 publishes, and say yes)"
    )
    assert unknown.read_text() == ""


@pytest.mark.parametrize("checking", ["no", "yes"])
def test_a_host_that_shows_another_key_is_not_trusted(
    server: SshServer, workshop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, checking: str
):
    other = str(server.keys / "other_known_hosts")
    _use(server.config(UserKnownHostsFile=other, StrictHostKeyChecking=checking), tmp_path, monkeypatch)
    fault = workshop.fault(source(server))
    assert fault.startswith(f"git: {REFUSED_HOST} (ask whoever runs it")
    assert f"`ssh-keygen -R '[127.0.0.1]:{server.port}'`" in fault


def test_a_key_that_the_host_does_not_know_is_told(
    server: SshServer, workshop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    _use(server.config(IdentityFile=str(server.keys / "other_client")), tmp_path, monkeypatch)
    assert workshop.fault(source(server)).startswith("git: 127.0.0.1 refuses the ssh keys of this machine's user (")


def test_a_repository_and_a_branch_that_are_not_there_are_told(server: SshServer, workshop: Workshop):
    assert workshop.fault(source(server, "shpo.git")).startswith(
        f"git: there is no repository {server.url('shpo.git')} ("
    )
    assert workshop.fault(source(server, branch="mian")) == (
        f"branch: {server.url()} has no branch and no tag 'mian' (did you mean 'main'?)"
    )


def test_a_command_of_the_environment_for_ssh_is_not_run(
    server: SshServer, workshop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    canary = tmp_path / "canary"
    for name in ("GIT_SSH", "GIT_SSH_COMMAND"):
        monkeypatch.setenv(name, f"touch {canary}")
    assert workshop.files(source(server)) == {"app.py": "644 one"}
    assert not canary.exists()


def test_a_server_uses_a_deploy_key_and_no_key_of_its_user(server: SshServer, workshop: Workshop, tmp_path: Path):
    home = tmp_path / "served"
    home.mkdir()
    fault = Workshop(home, NOBODY).fault(source(server))
    assert fault.startswith(
        "git: 127.0.0.1 is not among the hosts that this server knows (whoever runs the server adds"
    )
    (home / "known_hosts").write_text((server.keys / "known_hosts").read_text())
    refused = "git: 127.0.0.1 does not let this server in: it uses no keys of its user, and only a deploy key"
    assert Workshop(home, NOBODY).fault(source(server)).startswith(refused)
    other = GitAccess(key=(server.keys / "other_client").read_text())
    assert Workshop(home, other).fault(source(server)).startswith(refused)
    right = Workshop(home, GitAccess(key=(server.keys / "client").read_text()))
    assert right.files(source(server)) == {"app.py": "644 one"}
    pinned = source(server, branch=right.commit(source(server)))
    assert right.files(pinned) == {"app.py": "644 one"}
    for access in (NOBODY, other):
        assert Workshop(home, access).fault(pinned).startswith(refused)
    assert not [path for path in home.rglob("*") if path.is_file() and b"PRIVATE KEY" in path.read_bytes()]


def push(server: SshServer, files: dict[str, str]) -> str:
    """Commit `files` to main on the server, as a person with the right key: the id of the commit."""
    work = server.keys / "work"
    if not work.exists():
        git("init", "--quiet", "--initial-branch=main", str(work))
    for name, content in files.items():
        (work / name).parent.mkdir(parents=True, exist_ok=True)
        (work / name).write_text(content)
    git("-C", str(work), "add", "--all", ".")
    git("-C", str(work), "commit", "--quiet", "--allow-empty", "--message", "change")
    subprocess.run(
        ["git", "-C", str(work), "push", "--quiet", server.url(), "main"],
        env={**os.environ, **AUTHOR, "GIT_SSH_COMMAND": f"ssh -F {server.keys / 'config'}"},
        check=True,
    )
    return git("-C", str(work), "rev-parse", "HEAD")


def _use(config: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "config of ssh").write_text(config)
    monkeypatch.setenv(SSH_CONFIG, str(folder / "config of ssh"))


def _archive(**files: bytes) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(content), 0o600 if "key" in name else 0o644
            archive.addfile(member, io.BytesIO(content))
    return stream.getvalue()


def _until_it_listens(port: int) -> None:
    for _ in range(200):
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
                if connection.recv(4) == b"SSH-":
                    return
        except OSError:
            pass
        time.sleep(0.05)
    raise AssertionError(f"nobody speaks ssh on port {port}")
