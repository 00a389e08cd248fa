"""People who really sign in: browsers that keep cookies, on a new installation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from composer.access import Role
from ui.app import create_app
from ui.installation import Installation, open_installation
from ui.people.passwords import Passwords
from ui.people.people import Rights
from ui.settings import load

PASSWORD = "seven wild swans fly"


class Clock:
    """A time that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Browser:
    """One browser: it keeps its cookies, and sends the token of its session as our page does."""

    client: FlaskClient
    csrf: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> TestResponse:
        sent = {"X-CSRF-Token": self.csrf, **self.headers, **{k.replace("_", "-"): v for k, v in headers.items()}}
        return self.client.open(f"/api/v1{path}", method=method, json=body, headers=sent)

    def get(self, path: str) -> Any:
        return self.ask("GET", path).get_json()

    def post(self, path: str, body: Any = None, **headers: str) -> TestResponse:
        return self.ask("POST", path, body if body is not None else {}, **headers)

    def sign_in(self, name: str, password: str = PASSWORD) -> TestResponse:
        answer = self.post("/session", {"name": name, "password": password})
        self.csrf = (answer.get_json() or {}).get("csrf_token", "")
        return answer

    @property
    def token(self) -> str:
        found = self.client.get_cookie("backdraft_session")
        return found.value if found else ""


New = Callable[[], Browser]
As = Callable[[str], Browser]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def installation(tmp_path: Path, database_url: str) -> Iterator[Installation]:
    opened = open_installation(load(tmp_path, {"BACKDRAFT_DATABASE_URL": database_url}))
    yield opened
    opened.close()


@pytest.fixture
def app(installation: Installation) -> Flask:
    return create_app(installation, [])


@pytest.fixture
def browser(app: Flask) -> New:
    return lambda: Browser(app.test_client())


@pytest.fixture(scope="session")
def kept() -> str:
    """PASSWORD, hashed once: that is slow on purpose."""
    return Passwords().hash(PASSWORD)


@pytest.fixture
def people(installation: Installation, kept: str) -> dict[str, str]:
    """Ada owns shop, Dan and Vic are of it, Eve is not, Root administers: their ids by name."""
    registry = installation.registry
    ids = {
        name: registry.people.make(
            name,
            email=f"{name}@example.org",
            password=kept,
            rights=Rights(is_administrator=name == "root", makes_projects=name == "ada"),
        ).id
        for name in ("ada", "dan", "vic", "eve", "root")
    }
    installation.projects.make("shop", "backdraft: 1\nname: shop\ncomponents: {}\n", "ada", ids["ada"])
    registry.members.put("shop", ids["dan"], Role.DEVELOPER)
    registry.members.put("shop", ids["vic"], Role.VIEWER)
    return ids


@pytest.fixture
def signed_in(browser: New, people: dict[str, str]) -> As:
    """A new browser of one of `people`."""

    def made(name: str) -> Browser:
        found = browser()
        assert found.sign_in(name).status_code == 200
        return found

    return made


def kind(answer: TestResponse) -> tuple[int, str]:
    """The status and the type of the problem, if any."""
    content = answer.get_json(silent=True) or {}
    return answer.status_code, str(content.get("type", "")).removeprefix("/problems/")
