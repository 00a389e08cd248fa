"""The API without a network: a client for each person, on a new installation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask, Request
from flask.testing import FlaskClient

from composer.access import Principal, Role
from tests.unit.api.answers import HeldClient
from ui.app import create_app
from ui.http.signatures import BySignature
from ui.installation import Installation, open_installation
from ui.settings import load

PEOPLE = {
    "ada": Principal("ada", "ada", {"shop": Role.OWNER, "blog": Role.OWNER}, makes_projects=True),
    "dan": Principal("dan", "dan", {"shop": Role.DEVELOPER}),
    "vic": Principal("vic", "vic", {"shop": Role.VIEWER}),
    "eve": Principal("eve", "eve"),
    "root": Principal("root", "root", is_administrator=True),
}

As = Callable[[str], FlaskClient]


@pytest.fixture
def people() -> dict[str, Principal]:
    """PEOPLE, of whom a test may change what they may do."""
    return dict(PEOPLE)


@pytest.fixture
def installation(tmp_path: Path, database_url: str) -> Iterator[Installation]:
    opened = open_installation(load(tmp_path, {"BACKDRAFT_DATABASE_URL": database_url}))
    yield opened
    opened.close()


@pytest.fixture
def app(installation: Installation, people: dict[str, Principal]) -> Flask:
    def told_by_name(request: Request) -> Principal | None:
        return people.get(request.headers.get("Test-Person", ""))

    made = create_app(installation, [told_by_name, BySignature(installation.keys, people.get)])
    made.test_client_class = HeldClient
    return made


@pytest.fixture
def client(app: Flask) -> As:
    """A client that is one of PEOPLE; nobody, if it has no name."""

    def made(person: str) -> FlaskClient:
        found = app.test_client()
        if person:
            found.environ_base["HTTP_TEST_PERSON"] = person
        return found

    return made
