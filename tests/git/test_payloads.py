"""Whatever stands in a schema, git is given it as one word that is no option, and runs nothing of it."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from composer.document import DocumentError, parse
from composer.model import Source
from deployer.builds import git as runs
from tests.git.conftest import Configure
from tests.git.https_server import HttpsServer
from tests.git.repositories import Repository
from tests.git.workshop import Workshop

PAYLOADS = [
    "--upload-pack=touch CANARY",
    "--UPLOAD-PACK=touch CANARY",
    "-u touch CANARY",
    "-utouch$IFS''CANARY",
    "-h",
    "-H",
    "--help",
    "-c core.sshCommand=touch CANARY",
    "--exec=touch CANARY",
    "--output=CANARY",
    "ext::sh -c touch% CANARY",
    "ext::sh -c touch${IFS}CANARY",
    "EXT::sh -c touch% CANARY",
    "Ext::touch",
    "fd::17",
    "https::https://git.example/x",
    "remote-ext::touch",
    "file:///etc/passwd",
    "FILE:///etc",
    "file://CANARY",
    "/etc",
    "./shop.git",
    "../shop.git",
    "ssh://-oProxyCommand=touch CANARY/x",
    "ssh://-oProxyCommand=touch%20CANARY/x",
    "SSH://-oProxyCommand=touch/x",
    "ssh://a@-oProxyCommand=touch/x",
    "ssh://git.example/-oProxyCommand=touch CANARY",
    "-oProxyCommand=touch@git.example:x",
    "git@-oProxyCommand=touch:x",
    "git@git.example:-x",
    "git://git.example/x",
    "git+ssh://git.example/x",
    "ftp://git.example/x",
    "http://git.example/x",
    "https://git.example/x;touch CANARY",
    "https://git.example/x\ntouch CANARY",
    "https://git.example/$(touch CANARY)",
    "https://git.example/`touch CANARY`",
    "https://git.example/x --upload-pack=touch",
    "https://me:secret@git.example/x",
    "https://token@git.example/x",
    "https://[::1]/x",
    "main:refs/heads/other",
    "+refs/heads/*:refs/heads/*",
    "refs/heads/*",
    "main^{/touch}",
    "main~1",
    "@{-1}",
    "main..other",
    "a\0b",
    "../../etc",
    "a/../../etc",
    "/absolute",
    "api\n--output=CANARY",
    ":(top)api",
    ":/api",
    "",
]
FIELDS = ("git", "branch", "directory")
HARMLESS = {"directory": {"./shop.git", "main..other"}}
"""What a field may say: it means what it says, and nothing else."""


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    return tmp_path / "canary"


CASES = [(field, payload) for field in FIELDS for payload in PAYLOADS if payload not in HARMLESS.get(field, ())]


@pytest.mark.parametrize(("field", "payload"), CASES)
def test_a_schema_that_says_it_is_refused(field: str, payload: str, canary: Path):
    fields = {"git": "https://git.example/shop.git", "branch": "main", "directory": "api"}
    source = json.dumps(fields | {field: payload.replace("CANARY", str(canary))})
    with pytest.raises(DocumentError) as caught:
        parse(f"backdraft: 1\nname: shop\ncomponents:\n  api: {{kind: python, source: {source}}}\n")
    assert f"components/api/source/{field}" in str(caught.value) or "NUL" in str(caught.value)
    assert not canary.exists()


@pytest.mark.parametrize(("field", "payload"), CASES)
def test_whatever_else_says_it_is_refused_before_git_is_called(
    field: str, payload: str, canary: Path, workshop: Workshop, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("PATH", str(canary.parent))  # there is no git to be called
    good = Source("api", "https://git.example/shop.git", "main")
    source = replace(good, **{field: payload.replace("CANARY", str(canary))})
    fault = workshop.fault(source)
    assert fault.startswith(f"{field}: ")
    assert fault.endswith(" is nothing that git is given (write it as docs/schema.md says)")
    assert not canary.exists()


@pytest.mark.parametrize(
    "url",
    ["ext::sh -c 'touch CANARY'", "EXT::touch CANARY", "file:///srv/x.git", "/srv/x.git", "http://git.example/x",
     "git://git.example/x", "ftp://git.example/x", "fd::17", "ssh://-oProxyCommand=touch/x"],
)  # fmt: skip
def test_git_itself_would_not_go_there_either(url: str, canary: Path, configuration: Path):
    with pytest.raises(runs.GitError) as caught:
        runs.run(["ls-remote", "--", url.replace("CANARY", str(canary))], runs.Bounds(20), lambda: False)
    assert any(words in caught.value.said for words in ("not allowed", "is not a git command", "strange hostname"))
    assert not canary.exists()


def test_the_configuration_of_a_user_does_not_lead_out_of_https_and_ssh(
    configure: Configure, server: HttpsServer, repository: Repository, workshop: Workshop
):
    configure(f"url.{repository.bare.parent}/.insteadOf", "https://git.example/")
    configure("protocol.file.allow", "always")
    configure("protocol.allow", "always")
    assert workshop.fault(Source(".", "https://git.example/shop.git", "main")) == (
        "git: what is asked for leads to an address that is neither https nor ssh "
        "(write the address it has today; or look for insteadOf in `git config --list`)"
    )


def test_the_configuration_of_a_user_may_lead_to_another_address(
    configure: Configure, server: HttpsServer, repository: Repository, workshop: Workshop
):
    repository.commit({"app.py": "one"})
    configure(f"url.{server.url('')}.insteadOf", "https://git.example/")
    assert workshop.files(Source(".", "https://git.example/shop.git", "main")) == {"app.py": "644 one"}


RECORDER = """\
#!{python}
import json, os, sys
with open({record!r}, "a") as record:
    record.write(json.dumps(sys.argv[1:]) + "\\n")
os.execv({git!r}, ["git", *sys.argv[1:]])
"""


def test_every_word_of_a_source_reaches_git_whole_behind_the_end_of_options(
    server: HttpsServer, repository: Repository, workshop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    directory, branch, name = "a/-x, +y", "feature/a+b@c#1", "it~s-a.git"
    repository.commit({f"{directory}/app.py": "one"}, branch)
    repository.bare.rename(server.root / name)
    record = tmp_path / "record"
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin/git"
    program.write_text(RECORDER.format(python=sys.executable, record=str(record), git=shutil.which("git")))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    url = server.url(name)
    assert workshop.files(Source(directory, url, branch)) == {"app.py": "644 one"}
    calls = [json.loads(line) for line in record.read_text().splitlines()]
    asked = [words[words.index("--") + 1 :] for words in calls if url in words]
    ref = f"refs/heads/{branch}"
    tag = f"refs/tags/{branch}"
    assert asked[0] == [url, ref, tag, f"{ref}^{{}}", f"{tag}^{{}}"]
    assert [words[0] for words in asked] == [url, url]
    assert asked[1][1].startswith(f"+{ref}:refs/backdraft/")
    [listed] = [words for words in calls if directory in words]
    assert listed[-2:] == ["--", directory]


ENVIRONMENT = {
    "PATH": "/usr/bin",
    "HOME": "/home/ada",
    "HTTPS_PROXY": "http://proxy:3128",
    "SSH_AUTH_SOCK": "/run/agent",
    "GIT_SSL_CAINFO": "/etc/authority.pem",
    "GIT_CONFIG_GLOBAL": "/home/ada/gitconfig",
    "GIT_CONFIG_COUNT": "1",
    "GIT_CONFIG_KEY_0": "http.proxy",
    "GIT_CONFIG_VALUE_0": "http://proxy:3128",
    "GIT_SSH": "/srv/ssh",
    "GIT_SSH_COMMAND": "ssh -o StrictHostKeyChecking=no",
    "GIT_SSL_NO_VERIFY": "1",
    "GIT_DIR": "/srv/other.git",
    "GIT_CONFIG_PARAMETERS": "'core.sshCommand'='touch'",
    "GIT_ALLOW_PROTOCOL": "ext:file",
    "GIT_PROXY_COMMAND": "touch",
    "GIT_EXTERNAL_DIFF": "touch",
    "GIT_TRACE": "/srv/trace",
    "GIT_TEMPLATE_DIR": "/srv/template",
    "GIT_ASKPASS": "/usr/bin/ask",
    "SSH_ASKPASS": "/usr/bin/ask",
    "LC_ALL": "de_DE.UTF-8",
}


def test_git_is_told_whom_to_trust_and_nothing_that_would_run_programs_or_skip_checks():
    found = runs.environment(ENVIRONMENT)
    kept = {name for name, value in found.items() if ENVIRONMENT.get(name) == value}
    assert sorted(kept - {"SSH_ASKPASS"}) == [
        "GIT_CONFIG_COUNT",
        "GIT_CONFIG_GLOBAL",
        "GIT_CONFIG_KEY_0",
        "GIT_CONFIG_VALUE_0",
        "GIT_SSL_CAINFO",
        "HOME",
        "HTTPS_PROXY",
        "PATH",
        "SSH_AUTH_SOCK",
    ]
    made = {name: value for name, value in found.items() if name not in kept}
    assert made == {**runs.FIXED, "GIT_SSH_COMMAND": runs.ssh_command("")}
    assert (made["GIT_ALLOW_PROTOCOL"], made["GIT_TERMINAL_PROMPT"], made["GIT_ASKPASS"]) == ("https:ssh", "0", "")


@pytest.mark.parametrize("config", ["", "/etc/back draft/ssh", "/x';touch canary;'", "$(touch canary)"])
def test_ssh_never_asks_and_never_trusts_a_host_it_does_not_know_whatever_the_file_it_reads(config: str):
    words = shlex.split(runs.ssh_command(config))
    assert words[:3] == (["ssh", "-F", config] if config else ["ssh", "-o", "BatchMode=yes"])
    assert "StrictHostKeyChecking=yes" in words
    assert "BatchMode=yes" in words
