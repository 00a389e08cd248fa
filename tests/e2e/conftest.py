"""A real browser and a real server. `scripts/chromium` installs the browser, `scripts/web` builds the page."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.e2e.browsing import Visit
from tests.servers import Server

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
expect.set_options(timeout=8_000)


def program_of_browser() -> str | None:
    """Where Chromium is, if it is anywhere."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser of this machine; tests that need one fail, never skip, where there is none."""
    program = program_of_browser()
    if program is None:
        pytest.fail("there is no Chromium, run scripts/chromium first")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A server that nobody has used yet."""
    made = Server(tmp_path / "home")
    yield made
    made.end(signal.SIGKILL)


@pytest.fixture
def visit(chromium: Browser, server: Server) -> Iterator[Callable[..., Visit]]:
    """A new browser of somebody's, with nothing in it: `visit(theme="dark", width=1024)`."""
    with visits(chromium, server) as made:
        yield made


@contextmanager
def visits(chromium: Browser, server: Server) -> Iterator[Callable[..., Visit]]:
    """Opens browsers; in the end all are closed, and none of their pages had a fault."""
    opened: list[tuple[BrowserContext, Visit]] = []

    def made(theme: str = "light", width: int = 1440, height: int = 900) -> Visit:
        context = chromium.new_context(
            base_url=server.url,
            color_scheme="dark" if theme == "dark" else "light",
            viewport={"width": width, "height": height},
            reduced_motion="reduce",
            locale="en-GB",
        )
        page: Page = context.new_page()
        opened.append((context, Visit(page, server)))
        return opened[-1][1]

    yield made
    for context, _ in opened:
        context.close()
    faults = [fault for _, each in opened for fault in each.faults]
    assert faults == [], "the page had faults"
