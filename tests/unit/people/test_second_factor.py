"""A second factor: codes of an app, and codes on paper."""

from __future__ import annotations

import time

import pyotp
import pytest

from tests.unit.people.conftest import PASSWORD, As, Browser, Clock, New, kind
from ui.installation import Installation
from ui.people.second_factor import STEP, SecondFactors


def set_up(ada: Browser) -> tuple[str, list[str]]:
    """The secret of the app, and the recovery codes."""
    proposed = ada.post("/me/second-factor", {"password": PASSWORD}).get_json()
    code = pyotp.TOTP(proposed["secret"]).now()
    answer = ada.post("/me/second-factor/confirm", {"code": code})
    assert answer.status_code == 200
    return proposed["secret"], answer.get_json()["recovery_codes"]


def first_step(browser: Browser) -> str:
    answer = browser.sign_in("ada")
    assert (answer.status_code, "Set-Cookie" in answer.headers) == (202, False)
    return str(answer.get_json()["second_step"])


def later_code(secret: str) -> str:
    """The code of the next step, which is good already: the one of this step was used to set it up."""
    return pyotp.TOTP(secret).at(int(time.time()) + STEP)


def test_with_a_second_factor_the_password_alone_opens_nothing(signed_in: As, browser: New):
    secret, _ = set_up(signed_in("ada"))
    ada = browser()
    token = first_step(ada)
    assert kind(ada.ask("GET", "/me")) == (401, "not-signed-in")
    assert kind(ada.post("/session/second-step", {"token": token, "code": "000000"})) == (401, "wrong-code")
    answer = ada.post("/session/second-step", {"token": token, "code": later_code(secret)})
    assert (answer.status_code, answer.get_json()["name"]) == (200, "ada")


def test_a_code_is_accepted_once(signed_in: As, browser: New):
    secret, _ = set_up(signed_in("ada"))
    code = later_code(secret)
    first, second = browser(), browser()
    tokens = [first_step(first), first_step(second)]
    assert first.post("/session/second-step", {"token": tokens[0], "code": code}).status_code == 200
    assert kind(second.post("/session/second-step", {"token": tokens[1], "code": code})) == (401, "wrong-code")


def test_a_first_step_leads_to_one_session_only(signed_in: As, browser: New):
    _, codes = set_up(signed_in("ada"))
    ada = browser()
    token = first_step(ada)
    assert ada.post("/session/second-step", {"token": token, "code": codes[0]}).status_code == 200
    assert kind(ada.post("/session/second-step", {"token": token, "code": codes[1]})) == (401, "step-over")


def test_ten_recovery_codes_are_good_once_each_however_they_are_typed(signed_in: As, browser: New):
    _, codes = set_up(signed_in("ada"))
    assert (len(set(codes)), {len(code) for code in codes}) == (10, {19})
    for typed in (codes[0], codes[1].upper().replace("-", " ")):
        ada = browser()
        assert ada.post("/session/second-step", {"token": first_step(ada), "code": typed}).status_code == 200
        assert kind(ada.post("/session/second-step", {"token": first_step(ada), "code": typed})) == (401, "wrong-code")
    assert ada.get("/me") is not None


def test_new_recovery_codes_take_the_place_of_the_old(signed_in: As, browser: New):
    ada = signed_in("ada")
    _, codes = set_up(ada)
    assert ada.get("/me")["recovery_codes_left"] == 10
    assert kind(ada.post("/me/recovery-codes", {"password": "wrong"})) == (403, "wrong-password")
    new = ada.post("/me/recovery-codes", {"password": PASSWORD}).get_json()["recovery_codes"]
    other = browser()
    token = first_step(other)
    assert kind(other.post("/session/second-step", {"token": token, "code": codes[0]})) == (401, "wrong-code")
    assert other.post("/session/second-step", {"token": token, "code": new[0]}).status_code == 200


def test_codes_are_guessed_slowly_in_however_many_sign_ins(signed_in: As, browser: New):
    set_up(signed_in("ada"))
    for _ in range(5):
        ada = browser()
        answer = ada.post("/session/second-step", {"token": first_step(ada), "code": "123456"})
        assert kind(answer) == (401, "wrong-code")
    answer = ada.post("/session/second-step", {"token": "guessed", "code": "123456"})
    assert kind(answer) == (401, "step-over")


def test_a_second_factor_counts_once_it_is_confirmed_and_ends_other_sessions_then(signed_in: As, browser: New):
    here, there = signed_in("ada"), signed_in("ada")
    here.post("/me/second-factor", {"password": PASSWORD})
    assert browser().sign_in("ada").status_code == 200
    assert kind(here.post("/me/second-factor/confirm", {"code": "٠٠٠٠٠٠"})) == (422, "wrong-code")
    set_up(here)
    assert (here.ask("GET", "/me").status_code, there.ask("GET", "/me").status_code) == (200, 401)
    assert kind(here.post("/me/second-factor", {"password": PASSWORD})) == (409, "has-second-factor")


def test_a_second_factor_is_removed_with_the_password(signed_in: As, browser: New):
    ada = signed_in("ada")
    set_up(ada)
    assert kind(ada.post("/me/second-factor/remove", {"password": "wrong"})) == (403, "wrong-password")
    assert ada.post("/me/second-factor/remove", {"password": PASSWORD}).status_code == 204
    assert browser().sign_in("ada").status_code == 200


@pytest.mark.parametrize(("seconds", "fits"), [(-31, False), (-29, True), (0, True), (30, True), (61, False)])
def test_clocks_may_differ_by_one_step(
    installation: Installation, people: dict[str, str], clock: Clock, seconds: int, fits: bool
):
    clock.now = STEP * 60_000_000.0
    factors = SecondFactors(installation.database, installation.vault, clock)
    app = pyotp.TOTP(factors.propose(people["ada"]))
    codes = factors.confirm(people["ada"], app.at(int(clock.now) + seconds))
    assert (codes is not None) is fits
