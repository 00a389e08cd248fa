"""The doctor names what is wrong, with a remedy, and touches nothing."""

from __future__ import annotations

import json
import socket
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from composer.db import open_database
from deployer.vault import Vault
from tests.servers import free_port
from ui import doctor
from ui.cli import cli
from ui.doctor import Finding, Verdict, examine
from ui.serving.lock import sole_server


def found(home: Path, about: str, **environment: str) -> str:
    """What there is to find about one thing, as text."""
    [finding] = [each for each in examine({"BACKDRAFT_HOME": str(home), **environment}) if each.about == about]
    return f"{finding.verdict}: {finding.text}" + (f" -> {finding.remedy}" if finding.remedy else "")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An installation that is well."""
    folder = tmp_path / "home"
    folder.mkdir(mode=0o700)
    vault = Vault(folder)
    vault.put("shop", "TOKEN", "x")
    vault._store.put_setting("images", "local")
    vault._store.close()
    return folder


def test_a_folder_that_is_not_there_yet_is_no_fault_and_is_not_made(tmp_path: Path):
    environment = {"BACKDRAFT_HOME": str(tmp_path / "none"), "BACKDRAFT_LISTEN": f"127.0.0.1:{free_port()}"}
    findings = list(examine(environment))
    assert [each.about for each in findings if each.verdict is Verdict.WRONG and each.about != "engine"] == []
    assert not (tmp_path / "none").exists()


def test_what_is_well_is_said_to_be(home: Path):
    before = sorted(path.name for path in home.iterdir())
    assert found(home, "state folder") == f"well: {home} is yours alone"
    assert found(home, "key") == f"well: {home}/key can be used"
    assert found(home, "images") == "well: they come from: local"
    assert found(home, "database").startswith(f"well: {home}/backdraft.db answers, revision ")
    assert sorted(path.name for path in home.iterdir() if "-" not in path.name) == [
        name for name in before if "-" not in name
    ]


def newer(home: Path) -> None:
    open_database(home).close()
    with sqlite3.connect(home / "backdraft.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")


@pytest.mark.parametrize(
    ("harm", "about", "said"),
    [
        (lambda home: home.chmod(0o755), "state folder", "wrong: HOME is open to others -> run: chmod go= HOME"),
        (
            lambda home: (home / "backdraft.db").chmod(0o644),
            "state folder",
            "wrong: HOME/backdraft.db is open to others -> run: chmod go= HOME/backdraft.db",
        ),
        (
            lambda home: (home / "key").chmod(0o644),
            "key",
            "wrong: HOME/key: others may read it (mode 0644) -> run: chmod 600 HOME/key",
        ),
        (
            lambda home: (home / "key").unlink(),
            "key",
            "wrong: HOME/key: is missing, and the secrets in the database cannot be read without it -> put it back "
            "from a backup, or move the whole state folder away to start anew",
        ),
        (
            lambda home: (home / "backdraft.db").write_bytes(b"these are not the pages" * 50),
            "database",
            "wrong: HOME/backdraft.db: file is not a database -> restore a backup",
        ),
        (
            newer,
            "database",
            "wrong: HOME/backdraft.db was written by a newer Backdraft (revision 9999) -> use that version, or restore "
            "a backup of before",
        ),
        (
            lambda home: (home / "settings.toml").write_text("streems = 1\n"),
            "settings",
            "wrong: HOME/settings.toml: streems: there is no such setting; did you mean 'streams'? -> mend what is "
            "named; docs/settings.md tells every setting",
        ),
    ],
    ids=["folder", "database file", "key mode", "no key", "no database", "newer", "settings"],
)
def test_what_is_wrong_is_named_with_its_remedy(home: Path, harm: Callable[[Path], None], about: str, said: str):
    harm(home)
    assert found(home, about) == said.replace("HOME", str(home))


def test_an_older_database_is_a_note_and_stays_what_it_is(home: Path):
    with sqlite3.connect(home / "backdraft.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
    assert "is of revision 0001, this Backdraft of" in found(home, "database")
    with sqlite3.connect(home / "backdraft.db") as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == ("0001",)


def test_a_server_that_runs_is_told_and_a_port_that_is_taken(home: Path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        listen = f"127.0.0.1:{taken.getsockname()[1]}"
        assert found(home, "server", BACKDRAFT_LISTEN=listen) == (
            f"wrong: none runs on this folder, and {listen} cannot be listened on: Address already in use -> "
            "set BACKDRAFT_LISTEN to another address, or end what listens there"
        )
        with sole_server(home, f"http://{listen}"):
            assert found(home, "server", BACKDRAFT_LISTEN=listen).startswith("well: one runs: process ")


def test_servers_that_do_not_answer_are_named_without_their_passwords(home: Path):
    urls = {
        "BACKDRAFT_DATABASE_URL": "postgresql://ada:hush@127.0.0.1:9/shop",
        "BACKDRAFT_REDIS_URL": "redis://ada:hush@127.0.0.1:9/0",
    }
    assert found(home, "bus", **urls) == (
        "wrong: Redis does not answer: ConnectionError -> check that it runs and what BACKDRAFT_REDIS_URL says"
    )
    said = found(home, "database", **urls)
    assert said.startswith("wrong: postgresql+psycopg://ada:***@127.0.0.1:9/shop: ")
    assert "hush" not in said
    assert found(home, "clock", **urls).startswith("well: it says 20")


def test_a_full_disk_and_a_clock_that_was_never_set_are_wrong(home: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(doctor, "LEAST_SPACE", 2**60)
    assert "make room" in found(home, "disk space")
    monkeypatch.setattr(doctor.time, "time", lambda: 0.0)
    assert found(home, "clock") == "wrong: it says 1970-01-01 -> set it, or run a time service"


def test_an_open_address_without_tls_is_a_note(home: Path):
    assert found(home, "transport", BACKDRAFT_LISTEN="0.0.0.0:8273").startswith("note: 0.0.0.0:8273 is open to the")
    behind = {"BACKDRAFT_LISTEN": "0.0.0.0:8273", "BACKDRAFT_PUBLIC_URL": "https://backdraft.example"}
    assert found(home, "transport", **behind).startswith("well")


def test_an_engine_that_does_not_answer_is_told_with_what_to_do(home: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:9")
    assert found(home, "engine").startswith("wrong: no Docker engine answers at tcp://127.0.0.1:9: Connection refused")


def test_the_command_tells_programs_too_and_ends_with_1_where_something_is_wrong(
    home: Path, monkeypatch: pytest.MonkeyPatch
):
    findings = [Finding("key", Verdict.WELL, "fine"), Finding("bus", Verdict.WRONG, "gone", "start it")]
    monkeypatch.setattr(doctor, "examine", lambda: iter(findings))
    result = CliRunner().invoke(cli, ["doctor"])
    assert (result.exit_code, result.stdout, result.stderr) == (
        1,
        "ok     key: fine\nwrong  bus: gone\n       start it\n",
        "1 to mend\n",
    )
    result = CliRunner().invoke(cli, ["doctor", "--json"])
    assert [each["verdict"] for each in json.loads(result.stdout)] == ["well", "wrong"]
