"""What a shell offers for a word that is being typed."""

import os
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.shell_completion import BashComplete

from deployer.store import Store
from deployer.vault import Vault
from ui.cli import cli

TEXT = """backdraft: 1
name: shop
components:
  api: {kind: python, source: {directory: api}}
  nightly: {kind: job, source: {directory: jobs}, schedule: "15 3 * * *"}
"""
Offer = Callable[..., str]


@pytest.fixture
def offer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Offer:
    """What is offered for the last of some words, where no engine answers; files are `FILES`."""
    monkeypatch.setenv("BACKDRAFT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/nowhere")

    def words(*typed: str) -> str:
        found = BashComplete(cli, {}, "backdraft", "_BACKDRAFT_COMPLETE").get_completions(list(typed[:-1]), typed[-1])
        return " ".join("FILES" if each.type == "file" else each.value for each in found)

    return words


@pytest.fixture
def store(tmp_path: Path, offer: Offer) -> Store:
    store = Store(tmp_path / "home")
    for name, number in (("shop", 2), ("blog", 1), ("gone", 1)):
        for _ in range(number):
            store.finish(name, store.begin(name, TEXT, "", "ada").number, "done")
    store.finish("gone", store.begin("gone", "", "", "ada").number, "done")
    vault = Vault(tmp_path / "home", store)
    vault.put("sealed", "TOKEN", "x")
    vault.put("shop", "API_KEY", "x")
    vault.ensure("shop", {("db", "password"): 20})
    return store


def in_time(ask: Callable[[], str], expected: str) -> str:
    """What is offered, asked again where a busy machine was too late to offer all."""
    end = time.monotonic() + 30
    while (answer := ask()) != expected and time.monotonic() < end:
        pass
    return answer


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("de", "deploy deploys destroy"),
        ("deploy --w", "--why"),
        ("new shop --stack ", "hello queue shop"),
        ("kinds post", "postgres"),
        ("images build po", "postgres"),
        ("images build postgres:", "postgres:15 postgres:17"),
        ("images use ", "local mirror registry"),
        ("completion ", "bash zsh fish"),
        ("plan shop", "FILES"),
        ("new sh", ""),
    ],
)
def test_what_comes_with_backdraft_is_offered(offer: Offer, typed: str, offered: str):
    assert offer(*typed.split(" ")) == offered


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("status ", "blog sealed shop"),
        ("status sh", "shop"),
        ("schedule b", "blog"),
        ("destroy s", "FILES sealed shop"),
        ("logs ", "blog sealed shop"),
        ("logs sh", "shop shop/api shop/nightly"),
        ("logs shop/a", "shop/api"),
        ("logs gone/", ""),
        ("run ", "blog/ sealed/ shop/"),
        ("run sh", "shop/nightly"),
        ("run shop/", "shop/nightly"),
        ("secrets list se", "sealed"),
        ("secrets remove shop ", "API_KEY"),
    ],
)
def test_what_is_remembered_is_offered_where_no_engine_answers(offer: Offer, store: Store, typed: str, offered: str):
    assert in_time(lambda: offer(*typed.split(" ")), offered) == offered


def test_typing_makes_no_state_folder(offer: Offer, tmp_path: Path):
    assert offer("status", "") == ""
    assert not (tmp_path / "home").exists()


def test_a_state_folder_that_cannot_be_used_offers_nothing_and_says_nothing(
    offer: Offer, tmp_path: Path, capfd: pytest.CaptureFixture[str]
):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "backdraft.db").write_text("no database")
    assert (offer("status", ""), *capfd.readouterr()) == ("", "", "")


def test_typing_changes_no_state_folder_of_an_older_backdraft(offer: Offer, store: Store, tmp_path: Path):
    store.close()
    with sqlite3.connect(tmp_path / "home" / "backdraft.db") as older:
        older.execute("DROP TABLE alembic_version")
    assert offer("status", "") == ""
    assert not (tmp_path / "home" / "backups").exists()


@pytest.mark.parametrize("word", ["$(id)", "a b", "`id`", "a;b", "-x", "../x", "a\nb", "é", "*", "shop/$x", ""])
def test_what_a_shell_takes_for_more_than_a_word_is_not_offered(offer: Offer, store: Store, word: str):
    store.begin(word, TEXT, "", "ada")
    assert in_time(lambda: offer("status", ""), "blog sealed shop") == "blog sealed shop"


def ask(home: Path, engine: Path, *words: str) -> subprocess.CompletedProcess[str]:
    code = "from ui.cli import main; main()"
    asked = {"_BACKDRAFT_COMPLETE": "bash_complete", "COMP_WORDS": " ".join(words), "COMP_CWORD": str(len(words) - 1)}
    environment = os.environ | asked | {"BACKDRAFT_HOME": str(home), "DOCKER_HOST": f"unix://{engine}"}
    return subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True, timeout=60
    )


def test_an_engine_that_takes_a_call_and_never_answers_is_not_waited_for(store: Store, tmp_path: Path):
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "silent"))
        listener.listen()
        begun = time.monotonic()
        ended = ask(tmp_path / "home", tmp_path / "silent", "backdraft", "kinds", "post")
        usual = time.monotonic() - begun
        begun = time.monotonic()
        asked = ask(tmp_path / "home", tmp_path / "silent", "backdraft", "status", "s")
        took = time.monotonic() - begun
    assert ended.stdout == "plain,postgres\n"
    assert (asked.stderr, set(asked.stdout.split()) <= {"plain,sealed", "plain,shop"}) == ("", True)
    assert took < usual + 3  # PATIENCE, and what a busy machine adds; an engine has two minutes to answer


def test_bash_completes_with_the_script_that_is_printed(store: Store, tmp_path: Path):
    script = tmp_path / "script"
    script.write_text(ask_for_script("bash"))
    program = tmp_path / "backdraft"
    program.write_text(f"#!/bin/sh\nexec {sys.executable} -c 'from ui.cli import main; main()' \"$@\"\n")
    program.chmod(0o755)
    lines = f"""source {script}
COMP_WORDS=(backdraft kinds post)
COMP_CWORD=2
_backdraft_completion {program}
echo "${{COMPREPLY[@]}}"
"""
    ended = subprocess.run(["bash", "--norc", "-c", lines], capture_output=True, text=True, check=True, timeout=60)
    assert (ended.stdout, ended.stderr) == ("postgres\n", "")


def ask_for_script(shell: str) -> str:
    code = "from ui.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", code, "completion", shell], capture_output=True, text=True, check=True, timeout=60
    ).stdout
