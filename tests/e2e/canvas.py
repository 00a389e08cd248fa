"""The canvas in a browser, in the words of whoever draws: boxes, lines, what stands about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Locator, Page, expect

from composer.document import parse
from composer.model import Schema
from tests.e2e.browsing import Visit

SAVED_WITHIN = 10_000


@dataclass
class Canvas:
    """The drawing of a project, as somebody has it before them."""

    visit: Visit
    project: str

    @property
    def page(self) -> Page:
        """Where it is looked at."""
        return self.visit.page

    def open(self) -> None:
        """Go there."""
        self.visit.open(f"/projects/{self.project}")
        expect(self.page.get_by_label("The drawing", exact=True)).to_be_visible()

    def box(self, name: str) -> Locator:
        """The box of a component."""
        return self.page.locator(f'.react-flow__node[data-id="box:{name}"]')

    def line(self, client: str, server: str) -> Locator:
        """The line between two boxes."""
        return self.page.locator(f'.react-flow__edge[data-id="line:{client}>{server}"]')

    def inspector(self) -> Locator:
        """What is said about whatever is chosen."""
        return self.page.get_by_role("complementary", name="Inspector")

    def drops(self, kind: str, x: float, y: float) -> None:
        """Drag a kind from the palette to a place of the canvas."""
        self.page.get_by_role("button", name=kind, exact=True).drag_to(
            self.page.locator(".react-flow"), target_position={"x": x, "y": y}, force=True
        )

    def draws(self, client: str, server: str) -> None:
        """Draw a line with the mouse, from the dot of one box into another."""
        self.begins_line(client)
        end = self._rectangle(server)
        self.page.mouse.move(end["x"] + end["width"] / 2, end["y"] + end["height"] / 2, steps=10)
        self.page.mouse.up()

    def begins_line(self, client: str) -> None:
        """Press the dot of a box, and go off with it."""
        start = self._rectangle(client)
        right, middle = start["x"] + start["width"], start["y"] + start["height"] / 2
        self.page.mouse.move(start["x"] + start["width"] / 2, middle)
        self.page.mouse.move(right, middle)
        self.page.mouse.down()
        self.page.mouse.move(right + 30, middle + 10, steps=4)

    def drops_line(self, x: float, y: float) -> None:
        """Let go of a line, at a place of the page."""
        self.page.mouse.move(x, y, steps=8)
        self.page.mouse.up()

    def presses(self, *keys: str) -> None:
        """Press keys, one after another."""
        for key in keys:
            self.page.keyboard.press(key)

    def is_saved(self) -> None:
        """Wait until the server has what is drawn."""
        expect(self.page.get_by_text("Saved", exact=True)).to_be_visible(timeout=SAVED_WITHIN)

    def schema(self) -> Schema:
        """What the server has."""
        self.is_saved()
        return parse(self.text())

    def text(self) -> str:
        """The text of what the server has."""
        answer = self.page.context.request.get(f"/api/v1/projects/{self.project}/schema")
        return str(answer.json()["text"])

    def sends(self, method: str, path: str, **given: Any) -> Any:
        """A request about the project, as the person of the browser."""
        api = self.page.context.request
        headers: Mapping[str, str] = {
            "X-CSRF-Token": api.get("/api/v1/me").json()["csrf_token"],
            **given.pop("headers", {}),
        }
        return api.fetch(f"/api/v1/projects{path}", method=method, headers=dict(headers), **given)

    def made(self, text: str = "") -> None:
        """Have the project made; empty unless a text is given."""
        given = {"name": self.project} | ({"text": text} if text else {})
        answer = self.sends("POST", "", data=given)
        assert answer.ok, answer.text()

    def _rectangle(self, name: str) -> Mapping[str, float]:
        found = self.box(name).bounding_box()
        assert found is not None, f"{name} is not drawn"
        return found
