"""A server asks for repositories as nobody, or with a deploy key: nothing of its user opens anything."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import cast

import pytest

from composer.document import parse
from composer.model import Source
from deployer.builds import git as runs
from deployer.deployments import Deployer
from deployer.engines.docker import DockerEngine
from deployer.errors import DeployerError
from deployer.git_access import DEPLOY_KEY, NOBODY, USERS_OWN, GitAccess, key_of, of_server
from deployer.performing import Performing
from deployer.store import Store
from deployer.vault import Vault
from tests.fake_engine import FakeEngine
from tests.git.conftest import Configure
from tests.git.https_server import PASSWORD, PRIVATE, USER, HttpsServer
from tests.git.repositories import Repository, made_repository
from tests.git.workshop import Workshop
from ui.installation import open_installation
from ui.settings import load

KEY = "-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n-----END OPENSSH PRIVATE KEY-----\n"
REFUSED = (
    "git: 127.0.0.1 asks who this server is: the repository is not public, or is not there (check the address; for one "
    "that is not public write git@127.0.0.1:path, and let 127.0.0.1 know a deploy key, and give that to the project: "
    "`backdraft secrets set PROJECT GIT_DEPLOY_KEY`)"
)


@pytest.fixture
def private(server: HttpsServer) -> Source:
    """A repository that only somebody may read whom the server knows."""
    (server.root / PRIVATE.strip("/")).mkdir()
    made_repository(server.root / PRIVATE.strip("/")).commit({"api/app.py": "secret"})
    return Source("api", server.url(f"{PRIVATE.strip('/')}/shop.git"), "main")


@pytest.fixture
def people_know_me(configure: Configure, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: HttpsServer) -> None:
    """The user of this process is known to the server, in each way that git knows of."""
    helper = tmp_path / "helper"
    helper.write_text(f"#!/bin/sh\necho username={USER}\necho password={PASSWORD}\n")
    helper.chmod(0o700)
    configure("credential.helper", str(helper))
    (tmp_path / "user").mkdir()
    (tmp_path / "user" / ".netrc").write_text(f"machine 127.0.0.1 login {USER} password {PASSWORD}\n")
    monkeypatch.setenv("HOME", str(tmp_path / "user"))
    for number, (name, value) in enumerate({"credential.helper": str(helper)}.items()):
        monkeypatch.setenv("GIT_CONFIG_COUNT", str(number + 1))
        monkeypatch.setenv(f"GIT_CONFIG_KEY_{number}", name)
        monkeypatch.setenv(f"GIT_CONFIG_VALUE_{number}", value)


@pytest.mark.usefixtures("people_know_me")
def test_what_the_user_of_a_server_may_read_is_not_fetched_for_its_projects(private: Source, tmp_path: Path):
    assert Workshop(tmp_path / "home").files(private) == {"app.py": "644 secret"}
    for access in (NOBODY, GitAccess(key=KEY)):
        assert Workshop(tmp_path / "served", access).fault(private) == REFUSED


@pytest.mark.usefixtures("people_know_me")
def test_a_commit_that_was_fetched_with_one_identity_is_not_given_to_another(private: Source, tmp_path: Path):
    own = Workshop(tmp_path / "home")
    pinned = Source(private.directory, private.git, own.commit(private))
    assert own.files(pinned) == {"app.py": "644 secret"}
    for access in (NOBODY, GitAccess(key=KEY)):
        assert Workshop(tmp_path / "home", access).fault(pinned) == REFUSED


@pytest.mark.usefixtures("people_know_me")
def test_what_a_server_performs_is_fetched_as_nobody_and_a_deploy_here_as_its_user(
    private: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("BACKDRAFT_IMAGES", "local")
    text = f"""backdraft: 1
name: shop
components: {{api: {{kind: python, source: {{git: "{private.git}", branch: main, directory: api}}}}}}
"""
    engine = cast(DockerEngine, FakeEngine())
    with closing(open_installation(load(tmp_path / "served", {}))) as opened:
        performing = Performing(
            opened.home,
            opened.catalogue,
            opened.projects,
            opened.store,
            opened.vault,
            opened.queue,
            opened.journal,
            opened.uploads,
            connect=lambda: engine,
        )
        with performing.deployer(lambda project: True) as deployer, pytest.raises(DeployerError) as caught:
            deployer.plan(parse(text), tmp_path, lambda event: None)
        assert str(caught.value) == f"components/api/source/{REFUSED}"
        here = Deployer(engine, opened.store, opened.vault, opened.catalogue, opened.home)
        assert not here.plan(parse(text), tmp_path, lambda event: None).is_empty


def test_what_is_public_is_fetched_as_nobody(repository: Repository, server: HttpsServer, tmp_path: Path):
    repository.commit({"api/app.py": "one"})
    source = Source("api", server.url(), "main")
    assert Workshop(tmp_path / "served", NOBODY).files(source) == {"app.py": "644 one"}


def test_git_finds_nothing_of_its_user_where_it_runs_as_nobody():
    own = {
        "PATH": "/bin",
        "HOME": "/home/ada",
        "XDG_CONFIG_HOME": "/home/ada/.config",
        "SSH_AUTH_SOCK": "/run/ada/agent",
        "KRB5CCNAME": "/run/ada/ticket",
        "GIT_SSL_CERT": "/home/ada/cert",
        "GIT_SSL_KEY": "/home/ada/key",
        "GIT_SSL_CAINFO": "/etc/ca.pem",
        "GIT_CONFIG_GLOBAL": "/home/ada/.gitconfig",
        "GIT_CONFIG_SYSTEM": "/etc/gitconfig",
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "credential.helper",
        "GIT_CONFIG_VALUE_0": "store",
        "BACKDRAFT_SSH_CONFIG": "/home/ada/config",
    }
    found = runs.environment(own, runs.Identity(is_users_own=False))
    assert {name: value for name, value in found.items() if "ada" in value} == {
        "BACKDRAFT_SSH_CONFIG": "/home/ada/config"  # which git does not know
    }
    assert (found["HOME"], found["GIT_CONFIG_GLOBAL"], found["GIT_CONFIG_NOSYSTEM"]) == (
        "/nonexistent",
        "/dev/null",
        "1",
    )
    assert (found["GIT_SSL_CAINFO"], "GIT_CONFIG_COUNT" in found, "GIT_CONFIG_SYSTEM" in found) == (
        "/etc/ca.pem",
        False,
        False,
    )
    assert found["GIT_SSH_COMMAND"].startswith("ssh -F /dev/null ")
    assert "PubkeyAuthentication=no" in found["GIT_SSH_COMMAND"]


def test_the_key_of_a_project_goes_before_that_of_the_installation(tmp_path: Path):
    store = Store(tmp_path)
    vault = Vault(tmp_path, store)
    file = tmp_path / "deploy key"
    file.touch(mode=0o600)
    file.write_text(KEY.replace("abc", "of all"))
    assert of_server(vault)("shop") == NOBODY
    assert of_server(vault, file)("shop").key == KEY.replace("abc", "of all")
    vault.put("shop", DEPLOY_KEY, KEY.replace("\n", "\r\n").rstrip())
    assert (of_server(vault, file)("shop").key, of_server(vault)("blog")) == (KEY, NOBODY)
    assert len({each.mark for each in (USERS_OWN, NOBODY, GitAccess(key=KEY), of_server(vault, file)("blog"))}) == 4
    assert "abc" not in repr(GitAccess(key=KEY))
    store.close()


@pytest.mark.parametrize(
    ("mode", "text", "fault"),
    [
        (0o644, KEY, "others may read it (0644; run: chmod 600 {path})"),
        (0o600, "ssh-ed25519 AAAA", "holds no private key for ssh (make one: ssh-keygen -t ed25519 -N '')"),
        (None, "", "cannot be read: No such file or directory (name a private key for ssh)"),
    ],
)
def test_a_key_file_that_cannot_be_used_is_refused(tmp_path: Path, mode: int | None, text: str, fault: str):
    path = tmp_path / "key"
    if mode is not None:
        path.write_text(text)
        path.chmod(mode)
    with pytest.raises(DeployerError) as caught:
        key_of(path)
    assert str(caught.value) == f"git_key_file: {path}: {fault.format(path=path)}"
