"""Releases on a real engine, as somebody compares them and goes back in a browser."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import docker
import pytest
from playwright.sync_api import APIRequestContext, expect

from tests.e2e.browsing import Visit

pytestmark = [pytest.mark.engine, pytest.mark.timeout(600)]
ENDS_WITHIN = 400.0


@dataclass
class Shop:
    """A project of one Redis, over the API as the browser's person."""

    name: str
    api: APIRequestContext

    def _sent(self, method: str, path: str, **given: Any) -> Any:
        headers = {"X-CSRF-Token": self.api.get("/api/v1/me").json()["csrf_token"], **given.pop("headers", {})}
        answer = self.api.fetch(f"/api/v1/projects{path}", method=method, headers=headers, **given)
        assert answer.ok, answer.text()
        return answer.json()

    def text(self, memory: int) -> str:
        settings = f"settings: {{memory: {memory}, persistent: false}}"
        return f"backdraft: 1\nname: {self.name}\ncomponents:\n  cache: {{kind: redis, {settings}}}\n"

    def made(self, memory: int) -> None:
        self._sent("POST", "", data={"name": self.name, "text": self.text(memory)})

    def saved(self, memory: int) -> None:
        self._sent("PUT", f"/{self.name}/schema", data={"text": self.text(memory)}, headers={"If-Match": "*"})

    def deployed(self, why: str) -> None:
        """Deploy, and wait until it went well."""
        deploy = self._sent("POST", f"/{self.name}/deploys", data={"why": why})
        end = time.monotonic() + ENDS_WITHIN
        while not deploy["ended"] and time.monotonic() < end:
            time.sleep(0.5)
            deploy = self._sent("GET", f"/{self.name}/deploys/{deploy['id']}")
        assert deploy["state"] == "done", deploy

    def removed(self) -> None:
        self._sent("DELETE", f"/{self.name}?confirm={self.name}")
        end = time.monotonic() + ENDS_WITHIN
        while self.api.get(f"/api/v1/projects/{self.name}").ok and time.monotonic() < end:
            time.sleep(0.5)
        assert self.api.get(f"/api/v1/projects/{self.name}").status == 404


@pytest.fixture
def shop(visit: Callable[..., Visit], engine: docker.APIClient) -> Iterator[Callable[[Visit], Shop]]:
    """Makes projects that leave nothing behind on the engine; the browser is still open when they are removed."""
    made: list[Shop] = []

    def make(visit: Visit) -> Shop:
        made.append(Shop(f"e2e-{secrets.token_hex(4)}", visit.page.context.request))
        return made[-1]

    yield make
    for each in made:
        each.removed()


@pytest.fixture(autouse=True)
def images_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the server starts: no test asks a registry."""
    monkeypatch.setenv("BACKDRAFT_IMAGES", "local")


def test_two_releases_are_compared_and_the_older_one_runs_again(
    images_of_this_machine: None, shop: Callable[[Visit], Shop], visit: Callable[..., Visit]
):
    ada = visit()
    ada.becomes_first_owner("ada")
    project = shop(ada)
    project.made(64)
    project.deployed("first")
    project.saved(128)
    project.deployed("more memory for the sale")

    ada.open(f"/projects/{project.name}/releases")
    row = ada.page.get_by_role("row").filter(has_text="more memory for the sale")
    expect(row.get_by_text("runs now")).to_be_visible()
    for number in (1, 2):
        ada.page.get_by_label(f"Compare release {number}").check()
    ada.press("Compare 1 with 2")
    ada.heading("Release 1 and release 2")
    difference = ada.page.get_by_role("region", name="Lines of the schema that differ")
    expect(difference.get_by_role("row").filter(has_text="memory: 64")).to_contain_text("-")
    expect(difference.get_by_role("row").filter(has_text="memory: 128")).to_contain_text("+")

    ada.open(f"/projects/{project.name}/releases/1")
    ada.press("Roll back to it")
    expect(ada.page.get_by_role("list", name="Plan")).to_contain_text("cache")
    ada.page.get_by_label("Why").fill("the sale is over")
    ada.page.get_by_role("dialog").get_by_role("button", name="Roll back", exact=True).click()
    expect(ada.page.get_by_text("Going back to release 1.")).to_be_visible()
    ada.page.get_by_role("link", name="All releases").click()
    back = ada.page.get_by_role("row").filter(has_text="the sale is over")
    expect(back.get_by_text("runs now")).to_be_visible(timeout=120_000)  # told by the stream, without loading anew
    ada.open("/")
    expect(ada.page.get_by_text("running", exact=True)).to_be_visible()
