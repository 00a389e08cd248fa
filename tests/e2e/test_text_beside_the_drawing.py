"""The text of a schema beside its drawing: each follows the other, and both share what can be taken back."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.browsing import Visit

PICTURES = os.environ.get("BACKDRAFT_SCREENS")


def opened(visit: Callable[..., Visit], theme: str = "light") -> Visit:
    """The drawing of `shop`, with its text beside it."""
    there = visit(theme=theme)
    there.becomes_first_owner("ada")
    there.makes_project("shop", "Shop")
    there.settled()
    there.press("Show the YAML")
    expect(editor(there.page)).to_be_visible()
    return there


def editor(page: Page) -> Locator:
    """Where it is written."""
    return page.get_by_role("textbox", name="Schema, as YAML")


def line(page: Page, text: str) -> Locator:
    """The line of the text that says so."""
    return page.locator(".cm-line").filter(has_text=text).first


def typed(page: Page, after: str, text: str) -> None:
    """Write in a new line below another: its indent comes by itself."""
    line(page, after).click()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    page.keyboard.type(text, delay=15)
    page.keyboard.press("Escape")


def box(page: Page, name: str) -> Locator:
    """The box of a component in the drawing."""
    return page.locator(f'.react-flow__node[data-id="box:{name}"]')


def test_the_drawing_follows_the_text_and_the_text_the_drawing(visit: Callable[..., Visit]) -> None:
    there = opened(visit)
    page = there.page
    typed(page, "    kind: redis", "replicas: 4")
    expect(box(page, "cache")).to_contain_text("×4")
    page.keyboard.press("Control+z")
    expect(box(page, "cache")).not_to_contain_text("×4")
    expect(page.locator(".cm-line").filter(has_text="replicas: 4")).to_have_count(0)

    there.press("Fit the drawing")
    box(page, "db").click()
    expect(page.locator(".cm-selected").first).to_have_text("  db:")
    page.keyboard.press("Delete")
    expect(line(page, "from: api, to: cache")).to_be_visible()
    expect(page.locator(".cm-line").filter(has_text="to: db")).to_have_count(0)
    line(page, "kind: nginx").click()
    expect(box(page, "front")).to_have_class(re.compile("selected"))


def test_a_text_that_cannot_be_read_freezes_the_drawing_and_loses_nothing(visit: Callable[..., Visit]) -> None:
    page = opened(visit).page
    typed(page, "name: shop", "network: [")
    page.keyboard.press("Delete")
    expect(page.get_by_role("button", name="It cannot be read")).to_be_visible()
    expect(box(page, "db")).to_be_visible()
    page.keyboard.press("Backspace")
    expect(page.get_by_role("button", name="It cannot be read")).to_have_count(0)


def test_problems_stand_where_they_are(visit: Callable[..., Visit]) -> None:
    page = opened(visit).page
    typed(page, "    kind: redis", "image: Not An Image")
    expect(page.locator(".cm-lintRange-error").first).to_have_text("Not An Image")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_anybody_can_use_it(visit: Callable[..., Visit], theme: str) -> None:
    there = opened(visit, theme)
    there.page.wait_for_timeout(500)
    if PICTURES:
        there.page.screenshot(path=Path(PICTURES) / f"text-{theme}.png")
    assert there.faults_of_access() == []
