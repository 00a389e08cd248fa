"""Signing in with a real OpenID Connect provider, a process of its own."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from werkzeug.test import TestResponse

from tests.unit.people.conftest import PASSWORD, Browser, kind
from ui.app import create_app
from ui.installation import Installation, open_installation
from ui.people.api_provider import CALLBACK
from ui.people.people import Rights
from ui.settings import load

US = "http://localhost"


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program = Path(__file__).with_name("oidc_provider.py")
    process = subprocess.Popen(
        [sys.executable, str(program), str(port), US + CALLBACK],
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(100):
            try:
                requests.get(f"{address}/keys", timeout=1)
                break
            except requests.ConnectionError:
                time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture
def installation(provider: str, tmp_path: Path) -> Iterator[Installation]:
    settings = {
        "BACKDRAFT_PUBLIC_URL": US,
        "BACKDRAFT_OIDC_ISSUER": provider,
        "BACKDRAFT_OIDC_CLIENT_ID": "backdraft",
        "BACKDRAFT_OIDC_CLIENT_SECRET": "what the provider knows",
    }
    opened = open_installation(load(tmp_path, settings))
    kept = opened.registry.passwords.hash(PASSWORD)
    for name in ("ada", "root"):
        rights = Rights(is_administrator=name == "root")
        opened.registry.people.make(name, email=f"{name}@example.org", password=kept, rights=rights)
    does(provider, "")
    yield opened
    opened.close()


@pytest.fixture
def browser(installation: Installation) -> Browser:
    return Browser(create_app(installation, []).test_client())


def does(provider: str, what: str) -> None:
    requests.post(f"{provider}/mood", json={"does": what}, timeout=5).raise_for_status()


def journey(browser: Browser, person: str, invitation: str = "") -> str:
    """The address that the provider sends the browser back to."""
    answer = browser.post("/session/provider", {"invitation": invitation})
    assert answer.status_code == 200
    there = requests.get(answer.get_json()["address"] + f"&as={person}", allow_redirects=False, timeout=5)
    assert there.status_code == 302
    assert there.headers["Location"].startswith(US + CALLBACK)
    return there.headers["Location"].removeprefix(US)


def comes_back(browser: Browser, address: str) -> str:
    """Where the browser ends."""
    answer: TestResponse = browser.client.get(address)
    assert answer.status_code == 303
    return answer.headers["Location"].removeprefix(US)


def sign_in(browser: Browser, person: str, invitation: str = "") -> str:
    return comes_back(browser, journey(browser, person, invitation))


def test_somebody_is_known_by_a_verified_address_and_from_then_on_by_the_subject(
    browser: Browser, installation: Installation
):
    assert sign_in(browser, "ada") == "/"
    me = browser.get("/me")
    assert me["name"] == "ada"
    installation.registry.people.set_email(me["id"], "moved@example.org")
    other = Browser(create_app(installation, []).test_client())
    assert sign_in(other, "ada") == "/"
    assert other.get("/me")["id"] == me["id"]
    deed = installation.audit.deeds(limit=1)[0]
    assert (deed.who, deed.what, deed.after) == ("ada", "sign_in", {"by": "provider"})


def test_an_address_that_is_not_verified_proves_nothing(browser: Browser):
    assert sign_in(browser, "false-ada") == "/sign-in#problem=not-invited"
    assert browser.ask("GET", "/me").status_code == 401


def test_somebody_new_comes_in_by_an_invitation_only(browser: Browser, installation: Installation):
    assert sign_in(browser, "new") == "/sign-in#problem=not-invited"
    _, token = installation.registry.invitations.make("root", makes_projects=True)
    assert sign_in(browser, "new", token) == "/"
    me = browser.get("/me")
    assert (me["name"], me["has_password"], me["makes_projects"]) == ("ada-2", False, True)
    assert kind(browser.post("/session/provider", {"invitation": token})) == (410, "link-over")
    assert sign_in(browser, "new") == "/"


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("wrong nonce", "the ID token does not hold: invalid_claim nonce"),
        ("wrong key", "the ID token is not signed by the provider: BadSignatureError"),
        ("wrong issuer", "the ID token does not hold: invalid_claim iss"),
        ("wrong audience", "the ID token does not hold: invalid_claim aud"),
        ("expired", "the ID token does not hold: expired_token exp"),
    ],
)
def test_a_provider_that_says_what_does_not_hold_lets_nobody_in(
    browser: Browser, provider: str, caplog: pytest.LogCaptureFixture, fault: str, reason: str
):
    does(provider, fault)
    assert sign_in(browser, "ada") == "/sign-in#problem=provider"
    assert [record.getMessage() for record in caplog.records if record.name == "backdraft.provider"] == [
        f"the provider is not believed: {reason}"
    ]
    assert browser.ask("GET", "/me").status_code == 401


def test_a_provider_may_change_its_keys(browser: Browser, provider: str):
    assert sign_in(browser, "ada") == "/"
    does(provider, "new keys")
    assert sign_in(browser, "ada") == "/"


def test_a_browser_that_was_not_sent_out_cannot_come_back(browser: Browser, installation: Installation):
    address = journey(browser, "ada")
    other = Browser(create_app(installation, []).test_client())
    assert comes_back(other, address) == "/sign-in#problem=provider-state"
    journey(other, "ada")
    assert comes_back(other, address) == "/sign-in#problem=provider-state"
    assert other.ask("GET", "/me").status_code == 401


def test_a_way_back_is_good_once(browser: Browser):
    address = journey(browser, "ada")
    cookie = browser.client.get_cookie("backdraft_journey")
    assert cookie is not None
    assert comes_back(browser, address) == "/"
    browser.client.set_cookie("backdraft_journey", cookie.value)
    assert comes_back(browser, address) == "/sign-in#problem=provider-over"


def test_a_code_of_somebody_elses_journey_is_not_taken(
    browser: Browser, installation: Installation, caplog: pytest.LogCaptureFixture
):
    other = Browser(create_app(installation, []).test_client())
    stolen = journey(other, "ada").partition("code=")[2].partition("&")[0]
    own = journey(browser, "new")
    code = own.partition("code=")[2].partition("&")[0]
    assert comes_back(browser, own.replace(code, stolen)) == "/sign-in#problem=provider"
    assert "the provider is not believed: the code was not taken: OAuthError" in caplog.text


def test_whoever_is_disabled_stays_outside(browser: Browser, installation: Installation):
    ada = installation.registry.people.called("ada")
    assert ada is not None
    installation.registry.people.grant(ada.id, Rights(is_disabled=True))
    assert sign_in(browser, "ada") == "/sign-in#problem=wrong-credentials"


def test_a_second_factor_is_asked_for_here_as_well(browser: Browser, installation: Installation):
    import pyotp

    registry = installation.registry
    ada = registry.people.called("ada")
    assert ada is not None
    secret = registry.second_factors.propose(ada.id)
    codes = registry.second_factors.confirm(ada.id, pyotp.TOTP(secret).now())
    assert codes is not None
    place, _, token = sign_in(browser, "ada").partition("#second-step=")
    assert place == "/sign-in"
    assert browser.ask("GET", "/me").status_code == 401
    assert browser.post("/session/second-step", {"token": token, "code": codes[0]}).status_code == 200


def test_a_provider_that_does_not_answer_is_said_so(tmp_path: Path):
    settings = {
        "BACKDRAFT_OIDC_ISSUER": "http://127.0.0.1:9",
        "BACKDRAFT_OIDC_CLIENT_ID": "backdraft",
        "BACKDRAFT_OIDC_CLIENT_SECRET": "x",
    }
    installation = open_installation(load(tmp_path, settings))
    browser = Browser(create_app(installation, []).test_client())
    assert browser.get("/session/ways")["provider"] is True
    assert kind(browser.post("/session/provider")) == (502, "provider")
    installation.close()
