"""`backdraft users`, on the state folder itself."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.unit.people.conftest import PASSWORD, As, Browser, New, kind
from ui.cli import cli

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("BACKDRAFT_HOME", str(tmp_path))

    def invoke(*words: str, text: str = "") -> Result:
        return CliRunner().invoke(cli, ["users", *words], input=text, prog_name="backdraft")

    return invoke


def test_whoever_is_added_can_sign_in(run: Run, browser: New):
    assert "make the first: backdraft users add NAME --administrator" in run("list").stderr
    result = run("add", "ada", "--administrator", "--email", "ada@example.org", text=PASSWORD + "\n")
    assert (result.exit_code, result.stderr) == (0, "ada may sign in at http://127.0.0.1:8273\n")
    assert browser().sign_in("ada").get_json()["is_administrator"] is True
    lines = run("list").stdout.splitlines()
    assert lines[0].split("  ")[0] == "NAME"
    assert lines[1].split() == ["ada", "ada@example.org", "everything", "no", "0", "s", "-"]


@pytest.mark.parametrize(
    ("words", "text", "fault"),
    [
        (["add", "ada"], PASSWORD, "ada: somebody has that name; nothing was done"),
        (["add", "new"], "short", "the password is shorter than 12 characters"),
        (["add", "new", "--email", "x"], PASSWORD, "'x' is not an e-mail address"),
        (["add", "No Name"], PASSWORD, "'No Name' is not a name"),
        (["reset", "adda"], "", "adda: nobody is called so; did you mean 'ada'?"),
        (["disable", "root"], "", "root: is the last administrator; make another one first"),
        (["make-administrator", "root", "--undo"], "", "root: is the last administrator"),
    ],
)
def test_what_cannot_be_done_is_said_so(run: Run, people: dict[str, str], words: list[str], text: str, fault: str):
    result = run(*words, text=text)
    assert result.exit_code in (1, 2)
    assert fault in result.stderr


def test_a_reset_is_a_link_good_once_that_ends_every_session(run: Run, signed_in: As, browser: New):
    ada = signed_in("ada")
    link = run("reset", "ada").stdout.strip()
    assert link.startswith("http://127.0.0.1:8273/reset#")
    assert ada.ask("GET", "/me").status_code == 401
    body = {"token": link.partition("#")[2], "password": "eight calm herons wade"}
    assert kind(browser().post("/password-reset/confirm", {**body, "password": "ada"})) == (422, "weak-password")
    assert browser().post("/password-reset/confirm", body).status_code == 204
    assert kind(browser().post("/password-reset/confirm", body)) == (410, "link-over")
    assert browser().sign_in("ada").status_code == 401
    assert browser().sign_in("ada", body["password"]).status_code == 200


def test_somebody_disabled_is_out_at_once_until_enabled_again(run: Run, signed_in: As, browser: New):
    dan = signed_in("dan")
    assert run("disable", "dan").exit_code == 0
    assert dan.ask("GET", "/me").status_code == 401
    assert browser().sign_in("dan").status_code == 401
    assert "run first: backdraft users enable dan" in run("reset", "dan").stderr
    assert run("enable", "dan").exit_code == 0
    assert browser().sign_in("dan").status_code == 200


def test_an_administrator_is_made_and_unmade(run: Run, signed_in: As):
    dan: Browser = signed_in("dan")
    assert run("make-administrator", "dan").exit_code == 0
    assert dan.ask("GET", "/people").status_code == 200
    assert run("make-administrator", "dan", "--undo").exit_code == 0
    assert dan.ask("GET", "/people").status_code == 403
    deeds = [each for each in signed_in("root").get("/audit")["deeds"] if each["what"].startswith("users_")]
    assert [(each["what"], each["target"], each["after"]["is_administrator"]) for each in deeds] == [
        ("users_make_administrator", "dan", False),
        ("users_make_administrator", "dan", True),
    ]
    assert deeds[0]["who"].endswith(" (command line)")


def test_everybody_as_json_for_programs(run: Run, people: dict[str, str]):
    found = json.loads(run("list", "--json").stdout)
    assert [each["name"] for each in found] == ["ada", "dan", "eve", "root", "vic"]
    assert found[1]["projects"] == {"shop": "developer"}
