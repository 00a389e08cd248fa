"""The pictures of the documentation, of a real server with the stack `shop` deployed: python -m tests.e2e.pictures

Port 8080 has to be free, since that is what the stack publishes.
"""

from __future__ import annotations

import re
import signal
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

from tests.e2e.browsing import Visit
from tests.e2e.conftest import FLAGS, program_of_browser
from tests.servers import Server

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
PROJECT = "shop"
DEPLOYS_WITHIN = 600_000


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder) / "home")
        try:
            _take(server)
        finally:
            server.end(signal.SIGTERM)


def _take(server: Server) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program_of_browser(), args=FLAGS)
        size = {"width": 1440, "height": 900}
        page = browser.new_context(base_url=server.url, viewport=size, reduced_motion="reduce").new_page()
        visit = Visit(page, server)
        visit.becomes_first_owner("ada")
        visit.makes_project(PROJECT, "Shop")
        try:
            visit.settled()
            expect(page.locator(".react-flow__node")).to_have_count(5, timeout=20_000)
            page.get_by_role("button", name=re.compile("^Deploy")).first.click()
            page.get_by_role("button", name=re.compile(r"^Deploy \d+ changes")).click()
            expect(page.get_by_text("It runs")).to_be_visible(timeout=DEPLOYS_WITHIN)
            visit.press("Go on drawing")
            page.get_by_role("button", name="Close", exact=True).first.click()
            page.locator(".react-flow__node", has_text="db").click()
            visit.press("Fit the drawing")
            for theme in ("dark", "light"):
                page.emulate_media(color_scheme=theme)
                page.wait_for_timeout(500)
                page.screenshot(path=PICTURES / f"canvas-{theme}.png")
                print(PICTURES / f"canvas-{theme}.png", file=sys.stderr)
        finally:
            _end(visit)


def _end(visit: Visit) -> None:
    """Remove what was deployed, data too."""
    api = visit.page.context.request
    token = {"X-CSRF-Token": api.get("/api/v1/me").json()["csrf_token"]}
    api.delete(f"/api/v1/projects/{PROJECT}?confirm={PROJECT}&volumes=true", headers=token)
    while api.get(f"/api/v1/projects/{PROJECT}").ok:
        time.sleep(0.5)


if __name__ == "__main__":
    main()
