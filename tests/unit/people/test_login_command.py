"""`backdraft login`: a person signs in once, and the command line goes on with a key."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.unit.api.serving import served
from ui.app import create_app
from ui.cli import cli
from ui.installation import open_installation
from ui.people.people import Rights
from ui.profiles import profiles
from ui.settings import load

PASSWORD = "correct-horse-battery-staple-9"


def test_a_person_signs_in_once_and_a_key_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    installation = open_installation(load(tmp_path, {}))
    registry = installation.registry
    person = registry.people.make(
        "ada", password=registry.passwords.hash(PASSWORD), rights=Rights(is_administrator=True)
    )
    with served(create_app(installation, [])) as url:
        wrong = CliRunner().invoke(cli, ["login", url, "--person", "ada"], input="wrong\n")
        assert (wrong.exit_code, "Name and password do not fit together" in wrong.stderr) == (1, True)
        done = CliRunner().invoke(cli, ["login", url, "--person", "ada", "--profile", "here"], input=f"{PASSWORD}\n")
        assert (done.exit_code, "use it: backdraft --profile here status" in done.stderr) == (0, True), done.output
        listed = CliRunner().invoke(cli, ["--profile", "here", "projects", "--json"])
        assert (listed.exit_code, listed.stdout) == (0, "[]\n"), listed.output
    (kept,) = profiles().values()
    (key,) = installation.keys.keys(person.id)
    assert kept.key.startswith(f"{key.id}:bds_")
    assert (key.name.startswith("command line on "), registry.sessions.of(person.id)) == (True, ())
    assert PASSWORD not in (tmp_path / "config" / "backdraft" / "profiles.toml").read_text()
    installation.close()
