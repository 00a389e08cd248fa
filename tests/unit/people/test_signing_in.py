"""Signing in and out, sessions, and what other sites may not have browsers do."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from composer.access import Role
from tests.unit.people.conftest import PASSWORD, As, Browser, New, kind
from ui.app import create_app
from ui.installation import Installation, open_installation
from ui.people.first_owner import link_for_first_owner
from ui.settings import load


def owner_link(installation: Installation) -> str | None:
    registry = installation.registry
    return link_for_first_owner(registry.people, registry.tokens, registry.url)


def test_the_first_owner_comes_in_by_a_link_that_is_good_once(installation: Installation, browser: New):
    older, link = owner_link(installation), owner_link(installation)
    assert older is not None
    assert link is not None
    assert link.startswith("http://127.0.0.1:8273/first-owner#")
    body = {"token": link.partition("#")[2], "name": "ada", "password": PASSWORD}
    ada = browser()
    answer = ada.post("/first-owner", body)
    assert (answer.status_code, answer.get_json()["is_administrator"]) == (200, True)
    assert ada.get("/me")["name"] == "ada"
    for token in (body["token"], older.partition("#")[2], "guessed"):
        assert kind(browser().post("/first-owner", {**body, "token": token, "name": "eve"})) == (410, "link-over")
    assert owner_link(installation) is None


def test_the_first_owner_may_err_without_losing_the_link(installation: Installation, browser: New):
    link = owner_link(installation) or ""
    body = {"token": link.partition("#")[2], "name": "ada", "password": "Password1234!"}
    assert kind(browser().post("/first-owner", body)) == (422, "weak-password")
    assert kind(browser().post("/first-owner", {**body, "name": "Ada Lovelace"})) == (422, "bad-request")
    assert browser().post("/first-owner", {**body, "password": PASSWORD}).status_code == 200


def test_somebody_signs_in_by_name_or_address_and_out_again(signed_in: As, browser: New):
    ada = signed_in("ada")
    me = ada.get("/me")
    assert (me["name"], me["roles"], me["csrf_token"]) == ("ada", {"shop": "owner"}, ada.csrf)
    assert browser().sign_in("ADA@example.org ").status_code == 200
    assert ada.ask("DELETE", "/session").status_code == 204
    assert ada.token == ""
    assert kind(ada.ask("GET", "/me")) == (401, "not-signed-in")


def test_the_cookie_is_hidden_from_scripts_and_from_other_sites(browser: New, people: dict[str, str]):
    (cookie,) = browser().sign_in("ada").headers.getlist("Set-Cookie")
    name, *attributes = cookie.split("; ")
    assert name.startswith("backdraft_session=")
    assert {"HttpOnly", "Path=/", "SameSite=Lax"} <= set(attributes)
    assert "Secure" not in attributes


def test_over_https_the_cookie_is_bound_to_the_host(tmp_path: Path, people: dict[str, str]):
    installation = open_installation(load(tmp_path, {"BACKDRAFT_PUBLIC_URL": "https://backdraft.example"}))
    (cookie,) = Browser(create_app(installation, []).test_client()).sign_in("ada").headers.getlist("Set-Cookie")
    assert cookie.startswith("__Host-backdraft_session=")
    assert "; Secure; " in cookie
    assert "Domain" not in cookie
    installation.close()


def test_nobody_can_tell_a_wrong_name_from_a_wrong_password(browser: New, people: dict[str, str]):
    def told(name: str) -> tuple[object, float]:
        begun = time.perf_counter()
        answer = browser().sign_in(name, "not the password")
        took = time.perf_counter() - begun
        return {**answer.get_json(), "instance": ""}, took

    known, unknown = [told("ada") for _ in range(4)], [told("nobody") for _ in range(4)]
    assert [answer for answer, _ in known] == [answer for answer, _ in unknown]
    assert min(took for _, took in unknown) > min(took for _, took in known) / 3


def test_guessing_becomes_slow_for_names_that_exist_and_for_those_that_do_not(browser: New, people: dict[str, str]):
    for name in ("ada", "nobody"):
        assert [kind(browser().sign_in(name, "wrong"))[0] for _ in range(5)] == [401] * 5
        answer = browser().sign_in(name, PASSWORD)
        assert (kind(answer), answer.headers["Retry-After"]) == ((429, "too-many-attempts"), "1")
    assert browser().sign_in("dan").status_code == 200


def test_every_sign_in_is_a_session_of_its_own_and_ends_the_one_before(signed_in: As):
    ada = signed_in("ada")
    first = ada.token
    ada.sign_in("ada")
    assert ada.token not in ("", first)
    ada.client.set_cookie("backdraft_session", first)
    assert kind(ada.ask("GET", "/me")) == (401, "session-over")


def test_sessions_are_listed_and_one_that_is_revoked_is_over_at_once(signed_in: As):
    here, there, dan = signed_in("ada"), signed_in("ada"), signed_in("dan")
    found = here.get("/me/sessions")["sessions"]
    assert [each["is_this"] for each in found].count(True) == 1
    assert len(found) == 2
    (other,) = [each["id"] for each in found if not each["is_this"]]
    assert kind(dan.ask("DELETE", f"/me/sessions/{other}"))[0] == 404
    assert here.ask("DELETE", f"/me/sessions/{other}").status_code == 204
    assert kind(there.ask("GET", "/me")) == (401, "session-over")
    assert here.ask("GET", "/me").status_code == 200


def test_all_sessions_end_at_once_or_all_but_this(signed_in: As):
    here, there = signed_in("ada"), signed_in("ada")
    assert here.ask("DELETE", "/me/sessions?but_this=true").status_code == 204
    assert (there.ask("GET", "/me").status_code, here.ask("GET", "/me").status_code) == (401, 200)
    assert here.ask("DELETE", "/me/sessions").status_code == 204
    assert here.ask("GET", "/me").status_code == 401


@pytest.mark.parametrize("csrf", ["", "wrong", "ä", "0" * 64])
def test_what_changes_something_needs_the_token_of_the_session(signed_in: As, csrf: str):
    ada = signed_in("ada")
    ada.csrf = csrf
    for method, path in (("POST", "/projects"), ("DELETE", "/session"), ("PUT", "/projects/shop/schema")):
        assert kind(ada.ask(method, path, {"name": "blog", "text": ""})) == (403, "csrf")
    assert ada.ask("GET", "/projects").status_code == 200


def test_the_token_of_another_session_does_not_do(signed_in: As):
    ada, dan = signed_in("ada"), signed_in("dan")
    ada.csrf = dan.csrf
    assert kind(ada.post("/projects", {"name": "blog"})) == (403, "csrf")


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost:1", "https://localhost", ""])
def test_another_site_can_change_nothing_and_sign_nobody_in(signed_in: As, browser: New, origin: str):
    assert kind(signed_in("ada").post("/projects", {"name": "blog"}, Origin=origin)) == (403, "foreign-origin")
    answer = browser().post("/session", {"name": "ada", "password": PASSWORD}, Origin=origin)
    assert (kind(answer), "Set-Cookie" in answer.headers) == ((403, "foreign-origin"), False)


def test_our_own_page_is_no_other_site(signed_in: As):
    ada = signed_in("ada")
    assert ada.post("/projects", {"name": "blog"}, Origin="http://localhost").status_code == 201
    assert ada.post("/projects", {"name": "news"}, Sec_Fetch_Site="same-origin").status_code == 201
    assert kind(ada.post("/projects", {"name": "wiki"}, Sec_Fetch_Site="cross-site")) == (403, "foreign-origin")


def test_another_right_is_another_token_and_the_one_before_is_good_for_a_moment(
    signed_in: As, installation: Installation, people: dict[str, str]
):
    vic, ada = signed_in("vic"), signed_in("ada")
    before = vic.token
    changed = ada.ask("PUT", f"/projects/shop/members/{people['vic']}", {"role": "developer"})
    assert changed.get_json()["role"] == Role.DEVELOPER
    assert vic.get("/me")["roles"] == {"shop": "developer"}
    after = vic.token
    assert after != before
    vic.client.set_cookie("backdraft_session", before)
    assert vic.ask("GET", "/me").status_code == 200
    assert installation.registry.sessions.open(after) is not None


def test_whoever_is_disabled_is_out_at_once_and_cannot_come_in(signed_in: As, browser: New, people: dict[str, str]):
    dan, root = signed_in("dan"), signed_in("root")
    assert root.ask("PATCH", f"/people/{people['dan']}", {"is_disabled": True}).status_code == 200
    assert dan.ask("GET", "/me").status_code == 401
    assert kind(browser().sign_in("dan")) == (401, "wrong-credentials")


def test_another_password_takes_the_one_before_and_ends_every_other_session(signed_in: As, browser: New):
    here, there = signed_in("ada"), signed_in("ada")
    token = here.token
    new = "eight calm herons wade"
    assert kind(here.post("/me/password", {"password": "wrong", "new": new})) == (403, "wrong-password")
    assert kind(here.post("/me/password", {"password": PASSWORD, "new": "short"})) == (422, "weak-password")
    assert here.post("/me/password", {"password": PASSWORD, "new": new}).status_code == 204
    assert there.ask("GET", "/me").status_code == 401
    assert here.ask("GET", "/me").status_code == 200
    assert here.token != token
    assert (browser().sign_in("ada").status_code, browser().sign_in("ada", new).status_code) == (401, 200)


def test_who_came_in_and_who_did_not_stands_in_the_audit_log(signed_in: As, browser: New, installation: Installation):
    signed_in("ada").ask("DELETE", "/session")
    browser().sign_in("ada", "wrong")
    browser().sign_in("my password typed as a name", "wrong")
    deeds = installation.audit.deeds()
    assert [(deed.who, deed.what, deed.target, deed.address) for deed in deeds] == [
        ("", "failed_sign_in", "", "127.0.0.1"),
        ("", "failed_sign_in", "ada", "127.0.0.1"),
        ("ada", "sign_out", "", "127.0.0.1"),
        ("ada", "sign_in", "ada", "127.0.0.1"),
    ]


def test_what_changes_nothing_is_not_in_the_audit_log(signed_in: As, installation: Installation):
    ada = signed_in("ada")
    before = installation.audit.deeds()
    assert ada.post("/check", {"text": ""}).status_code == 200
    assert ada.post("/password-reset", {"name": "ada"}).status_code == 202
    assert installation.audit.deeds() == before
