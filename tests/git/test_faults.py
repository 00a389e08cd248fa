"""What git complains of becomes a sentence with a remedy: as git writes it, and from real servers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from composer.model import Source
from deployer.builds import git_faults
from deployer.builds.git import (
    GitError,
    GitMissingError,
    GitStoppedError,
    GitTookTooLongError,
    GitTookTooMuchError,
    GitTooOldError,
)
from deployer.builds.git_faults import address, told
from tests.git.conftest import Configure
from tests.git.https_server import PASSWORD, USER, HttpsServer
from tests.git.repositories import Repository, made_repository
from tests.git.workshop import Workshop

CASES = sorted((Path(__file__).parent / "faults").glob("*.txt"))
HTTPS = "https://git.example/shop.git"


def case(path: Path) -> tuple[str, str, str]:
    """An address, what git says of it, and what we say."""
    url, said, sentence = re.split("\n--- .* say(?:s)?\n", path.read_text())
    return url, said.replace("\\x1b", "\x1b"), sentence.rstrip("\n")


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_what_git_says_is_told_as_a_sentence(path: Path):
    url, said, sentence = case(path)
    error = told(GitError(said), url, "main")
    assert f"{error.key}: {error}" == sentence


def test_every_row_of_the_table_is_tried():
    of_real_servers = ["transport '.*' not allowed|not supported or disabled in libcurl", "dumb http transport"]
    complaints = [case(path)[1] for path in CASES]
    untried = [row[0] for row in git_faults.FAULTS if not any(re.search(row[0], said) for said in complaints)]
    assert untried == of_real_servers


ENDED = [
    (GitMissingError(), ": git is not installed (Debian, Ubuntu: `apt install git`; or use `directory:`)"),
    (GitTooOldError("unknown option"), ": git is too old (install version 2.29 or later):\n  unknown option"),
    (GitStoppedError(), ": it was stopped (do it again)"),
    (GitTookTooLongError(), "git: git.example took too long to answer (do it again when it does)"),
    (
        GitTookTooMuchError(),
        f"git: {HTTPS} has more to give than is taken from one repository "
        "(keep what the component needs in a repository of its own)",
    ),
]


@pytest.mark.parametrize(("error", "sentence"), ENDED)
def test_how_git_was_ended_is_told(error: GitError, sentence: str):
    found = told(error, HTTPS)
    assert f"{found.key}: {found}" == sentence


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        (HTTPS, ("git.example", "", "", "git.example", "git.example")),
        ("https://git.example:8443/a/b", ("git.example", "8443", "", "-p 8443 git.example", "[git.example]:8443")),
        ("git@git.example:shop.git", ("git.example", "", "git", "git@git.example", "git.example")),
        (
            "ssh://me@git.example:2222/shop.git",
            ("git.example", "2222", "me", "-p 2222 me@git.example", "[git.example]:2222"),
        ),
        ("ssh://git.example/~/x@y:z", ("git.example", "", "", "git.example", "git.example")),
        ("git@git.example:~/x@y", ("git.example", "", "git", "git@git.example", "git.example")),
    ],
)
def test_an_address_is_taken_apart(url: str, parts: tuple[str, ...]):
    found = address(url)
    assert (found.host, found.port, found.user, found.login, found.known_as) == parts


REAL = {
    "nowhere.git": "git: there is no repository URL",
    "private/shop.git": "git: 127.0.0.1 asks who you are: the repository is not public, or is not there",
    "forbidden/shop.git": "git: 127.0.0.1 refuses this machine's user",
    "broken/shop.git": "git: 127.0.0.1 does not answer: The requested URL returned error: 503",
    "elsewhere/shop.git": "git: what is asked for leads to an address that is neither https nor ssh",
    "website/shop.git": "git: there is no branch in URL",
}
"""What a server answers below its folders; see https_server."""


@pytest.mark.parametrize("name", REAL)
def test_what_a_real_server_answers_is_told(server: HttpsServer, workshop: Workshop, name: str):
    url = server.url(name)
    fault, _, remedy = workshop.fault(Source(".", url, "main")).partition(" (")
    assert fault.replace(url, "URL") == REAL[name]
    assert remedy.endswith(")")


def test_a_server_whose_certificate_nobody_vouches_for_is_not_asked(
    server: HttpsServer, repository: Repository, workshop: Workshop, monkeypatch: pytest.MonkeyPatch
):
    repository.commit({"app.py": "one"})
    monkeypatch.delenv("GIT_SSL_CAINFO")
    monkeypatch.setenv("GIT_SSL_NO_VERIFY", "1")
    assert "the certificate of 127.0.0.1 is not trusted here" in workshop.fault(Source(".", server.url(), "main"))
    assert server.requests == []


def test_a_port_on_which_nobody_listens_is_told(configuration: Path, workshop: Workshop):
    fault = workshop.fault(Source(".", "https://127.0.0.1:1/shop.git", "main"))
    assert fault.startswith("git: 127.0.0.1 does not answer: Failed to connect to 127.0.0.1 port 1")


def test_a_repository_of_another_hash_is_told(server: HttpsServer, workshop: Workshop):
    made_repository(server.root, object_format="sha256").commit({"app.py": "one"})
    assert workshop.fault(Source(".", server.url(), "main")) == (
        f"git: {server.url()} names its commits by SHA-256, which is not supported "
        "(use a repository that was made without --object-format)"
    )


def test_a_server_of_the_oldest_protocol_is_told(server: HttpsServer, repository: Repository, workshop: Workshop):
    commit = repository.commit({"app.py": "one"})
    server.page = f"{commit}\trefs/heads/main\n"
    assert workshop.fault(Source(".", server.url("website/shop.git"), "main")) == (
        "git: 127.0.0.1 does not speak git's protocol for fetching a single commit "
        "(ask whoever runs it for git's smart protocol)"
    )


HELPER = "!f() {{ echo username={user}; echo password={password}; }}; f"


def test_a_credential_helper_of_the_user_opens_what_is_not_public(
    server: HttpsServer, workshop: Workshop, configure: Configure
):
    (server.root / "private").mkdir()
    made_repository(server.root, "private/shop.git").commit({"app.py": "one"})
    configure("credential.helper", HELPER.format(user=USER, password=PASSWORD))
    source = Source(".", server.url("private/shop.git"), "main")
    assert workshop.files(source) == {"app.py": "644 one"}
    kept = b"".join(path.read_bytes() for path in workshop.home.rglob("*") if path.is_file())
    assert PASSWORD.encode() not in kept


def test_a_credential_helper_that_is_wrong_is_told_without_what_it_said(
    server: HttpsServer, workshop: Workshop, configure: Configure
):
    configure("credential.helper", HELPER.format(user=USER, password="hunter2"))
    fault = workshop.fault(Source(".", server.url("private/shop.git"), "main"))
    assert fault.partition(" (")[0] == REAL["forbidden/shop.git"]
    assert "hunter2" not in fault
