"""What proves who somebody is stands nowhere in clear but in the one answer that gives it."""

from __future__ import annotations

import json
import logging
import sqlite3
from pathlib import Path

import pyotp
import pytest

from tests.unit.people.conftest import PASSWORD, As, Browser, New
from ui.installation import Installation
from ui.people.first_owner import link_for_first_owner
from ui.people.proofs import hashed
from ui.people.tokens import Purpose
from ui.serving.log import JsonLines

NEW = "canary-of-a-password-7f3a"
WRONG = "canary-typed-as-a-name-91c2"


def secrets_of(installation: Installation, signed_in: As, browser: New) -> dict[str, str]:
    """A canary of each kind, by a life that uses all of them."""
    registry = installation.registry
    found: dict[str, str] = {"password typed as a name": WRONG, "password": PASSWORD, "new password": NEW}
    ada, root, vic = signed_in("ada"), signed_in("root"), signed_in("vic")
    found["session"] = ada.token
    ada.post("/me/password", {"password": PASSWORD, "new": NEW})
    ada.get("/me")
    found["session that was rotated"] = ada.token
    proposed = ada.post("/me/second-factor", {"password": NEW}).get_json()["secret"]
    found["secret of the second factor"] = proposed
    codes = ada.post("/me/second-factor/confirm", {"code": pyotp.TOTP(proposed).now()}).get_json()["recovery_codes"]
    found |= {
        "used recovery code": codes[0],
        "recovery code": codes[1],
        "plain recovery code": codes[2].replace("-", ""),
    }
    other = browser()
    other.sign_in(WRONG, "wrong")
    found["second step"] = other.sign_in("ada", NEW).get_json()["second_step"]
    other.post("/session/second-step", {"token": found["second step"], "code": "000000"})
    other.post("/session/second-step", {"token": found["second step"], "code": codes[0]})
    found["second step that waits"] = browser().sign_in("ada", NEW).get_json()["second_step"]
    found["reset"] = registry.tokens.make(Purpose.RESET, "p_none")
    browser().post("/password-reset/confirm", {"token": found["reset"], "password": NEW})
    link = ada.post("/projects/shop/invitations", {"role": "viewer"}).get_json()["link"]
    found["invitation"] = link.partition("#")[2]
    vic.post("/invitations/look", {"token": found["invitation"]})
    root.post("/people/invitations", {})
    assert link_for_first_owner(registry.people, registry.tokens, registry.url) is None
    found["first owner"] = registry.tokens.make(Purpose.FIRST_OWNER)
    browser().post("/first-owner", {"token": found["first owner"], "name": "eve2", "password": "short"})
    found["key of csrf tokens"] = registry.csrf_key.decode()
    return found


def everything_told(browser: Browser, rules: list[str]) -> str:
    """What one person is told by every route that only reads."""
    return "\n".join(_told(browser, rule.replace("<project>", "shop")) for rule in rules)


def _told(browser: Browser, path: str) -> str:
    """One answer; of a stream, which never ends, how it begins: the journal is searched itself."""
    with browser.client.get(path, headers={"Last-Event-ID": "0"}) as answer:
        if answer.mimetype == "text/event-stream":
            return next(iter(answer.iter_encoded())).decode()
        return answer.get_data(as_text=True)


def test_no_secret_of_people_stands_anywhere_in_clear(
    installation: Installation, signed_in: As, browser: New, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    found = secrets_of(installation, signed_in, browser)
    told = [(name, signed_in(name)) for name in ("dan", "vic", "eve", "root")]
    rules = sorted(
        rule.rule
        for rule in told[0][1].client.application.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and set(rule.arguments) <= {"project"}
    )
    with sqlite3.connect(tmp_path / "backdraft.db") as database:
        dump = "\n".join(database.iterdump())
    places = {
        "the database": dump,
        "its files": "".join(path.read_bytes().decode("latin-1") for path in tmp_path.glob("backdraft.db*")),
        "the log": caplog.text + "".join(JsonLines().format(record) for record in caplog.records),
        "the journal": json.dumps([dict(entry.content) for entry in installation.journal.since(0)]),
        "the audit log": json.dumps([vars(deed) for deed in installation.audit.deeds(limit=1000)]),
        **{f"what {name} is told": everything_told(person, rules) for name, person in told},
    }
    hits = [
        f"{kind} in {place}"
        for kind, secret in found.items()
        for place, text in places.items()
        if secret in text or secret.upper() in text
    ]
    assert hits == []
    assert all(len(text) > 500 for place, text in places.items() if place != "the journal")
    assert len(found) == 15
    assert hashed(found["reset"]) in dump, "the search finds what is there"
