"""Letters, handed to a real mail server."""

from __future__ import annotations

import queue
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.smtp_server import MailServer
from tests.unit.people.conftest import PASSWORD, Browser, kind
from ui.app import create_app
from ui.installation import Installation, open_installation
from ui.people.mail import Letter, Mailer
from ui.people.people import Rights
from ui.settings import load

NEW = "eight calm herons wade"


@pytest.fixture
def server() -> Iterator[MailServer]:
    with MailServer() as listening:
        yield listening


@pytest.fixture
def installation(server: MailServer, tmp_path: Path) -> Iterator[Installation]:
    settings = {"BACKDRAFT_SMTP_URL": server.url, "BACKDRAFT_MAIL_FROM": "backdraft@example.org"}
    opened = open_installation(load(tmp_path, settings))
    kept = opened.registry.passwords.hash(PASSWORD)
    ada = opened.registry.people.make(
        "ada", email="ada@example.org", password=kept, rights=Rights(is_administrator=True)
    )
    opened.projects.make("shop", "", "ada", ada.id)
    yield opened
    opened.close()


@pytest.fixture
def browser(installation: Installation) -> Browser:
    return Browser(create_app(installation, []).test_client())


def token_in(text: str) -> str:
    found = re.search(r"#(\S+)", text)
    assert found is not None
    return found[1]


def test_whoever_forgot_a_password_gets_a_letter_and_chooses_another(
    browser: Browser, installation: Installation, server: MailServer
):
    signed_in = Browser(create_app(installation, []).test_client())
    signed_in.sign_in("ada")
    assert browser.post("/password-reset", {"name": "ADA@example.org"}).status_code == 202
    letter = server.letters.get(timeout=10)
    assert (letter["From"], letter["To"], letter["Subject"]) == (
        "backdraft@example.org",
        "ada@example.org",
        "Another password for Backdraft",
    )
    text = letter.get_content()
    assert "http://127.0.0.1:8273/reset#" in text
    assert browser.post("/password-reset/confirm", {"token": token_in(text), "password": NEW}).status_code == 204
    assert signed_in.ask("GET", "/me").status_code == 401
    assert (browser.sign_in("ada").status_code, browser.sign_in("ada", NEW).status_code) == (401, 200)


def test_the_answer_does_not_tell_whether_there_is_such_a_person_nor_waits_for_the_mail(
    browser: Browser, server: MailServer
):
    server.gate.clear()
    begun = time.monotonic()
    answers = [browser.post("/password-reset", {"name": name}) for name in ("ada", "nobody")]
    assert time.monotonic() - begun < 5
    assert [(answer.status_code, answer.data) for answer in answers] == [(202, b"")] * 2
    server.gate.set()
    assert server.letters.get(timeout=10)["To"] == "ada@example.org"
    with pytest.raises(queue.Empty):
        server.letters.get(timeout=0.3)


def test_nobody_is_buried_in_letters(browser: Browser, server: MailServer):
    codes = [browser.post("/password-reset", {"name": "ada"}).status_code for _ in range(6)]
    assert codes == [202] * 5 + [429]


def test_somebody_is_invited_by_mail_and_nobody_else_sees_the_link(
    browser: Browser, installation: Installation, server: MailServer
):
    ada = Browser(create_app(installation, []).test_client())
    ada.sign_in("ada")
    made = ada.post("/projects/shop/invitations", {"role": "viewer", "email": "new@example.org"}).get_json()
    assert (made["email"], made["link"]) == ("new@example.org", None)
    text = server.letters.get(timeout=10).get_content()
    assert "ada invites you to the project 'shop', as viewer" in text
    answer = browser.post("/invitations/sign-up", {"token": token_in(text), "name": "new", "password": PASSWORD})
    assert (answer.status_code, answer.get_json()["email"]) == (200, "new@example.org")


@pytest.mark.parametrize("email", ["x@y\r\nBcc: all@example.org", "a b@example.org", "<x@y>", "x@y,z@y", "@y", "x@"])
def test_an_address_that_is_none_is_refused(browser: Browser, email: str):
    browser.sign_in("ada")
    assert kind(browser.post("/projects/shop/invitations", {"role": "viewer", "email": email})) == (422, "bad-request")


def test_a_letter_is_tried_again_until_the_server_takes_it():
    with MailServer(failures=2) as server:
        mailer = Mailer(server.url, "backdraft@example.org", tries=(0.0, 0.01, 0.01))
        mailer.send(Letter("ada@example.org", "Hello", "text\n.\nmore\n"))
        assert server.letters.get(timeout=10).get_content().splitlines() == ["text", ".", "more"]
        mailer.close()


def test_a_letter_that_cannot_be_sent_is_told_without_what_it_says(caplog: pytest.LogCaptureFixture):
    with MailServer() as server:
        mailer = Mailer(server.url, "backdraft@example.org", tries=(0.0,))
        mailer.send(Letter("refused@example.org", "Hello", "secret-link"))
        mailer.close()
    mailer = Mailer("smtp://127.0.0.1:9", "backdraft@example.org", tries=(0.0,))
    mailer.send(Letter("ada@example.org", "Hello", "secret-link"))
    mailer.close()
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == [
        "the mail server refuses the recipient of 'Hello'",
        "'Hello' is not sent; check smtp_url, and that the server answers",
    ]
    assert "secret-link" not in caplog.text


def test_what_waits_is_sent_before_the_end():
    with MailServer() as server:
        mailer = Mailer(server.url, "backdraft@example.org")
        for number in range(3):
            mailer.send(Letter("ada@example.org", f"Letter {number}", "text\n"))
        mailer.close()
        assert [server.letters.get_nowait()["Subject"] for _ in range(3)] == ["Letter 0", "Letter 1", "Letter 2"]
