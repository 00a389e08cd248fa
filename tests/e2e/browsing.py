"""What somebody does in a browser, in the words of the screens, and what is held against every screen."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from pathlib import Path

import pyotp
from playwright.sync_api import ConsoleMessage, Page, expect

from tests.servers import Server

AXE = Path(__file__).parents[2] / "ui" / "web" / "node_modules" / "axe-core" / "axe.min.js"
PASSWORD = "seven wild swans fly"
EXPECTED = re.compile(
    r"Failed to load resource: (the server responded with a status of (4|503)|net::ERR_INTERNET_DISCONNECTED)"
)
"""What a browser says of every refusal and of a broken connection, which screens tell in words of their own."""

DISTURBED = "net::ERR_NETWORK_CHANGED"
"""What a browser says when an engine on the machine makes a network, and drops what it was loading."""
TRIES = 5


class Visit:
    """A page that somebody looks at; whatever it complains of is kept in `faults`."""

    def __init__(self, page: Page, server: Server, look: str = "") -> None:
        self.page = page
        self.server = server
        self.look = look
        self.faults: list[str] = []
        self._is_disturbed = False
        page.on("pageerror", lambda error: self.faults.append(f"{page.url}: {error}"))
        page.on("console", self._hear)

    def _hear(self, message: ConsoleMessage) -> None:
        if DISTURBED in message.text:
            self._is_disturbed = True
        elif message.type == "error" and not EXPECTED.match(message.text):
            self.faults.append(f"{self.page.url}: {message.text}")

    def open(self, address: str) -> None:
        """Go there, and wait until nothing is loading any more."""
        for _ in range(TRIES):
            self._is_disturbed = False
            self.page.goto(address)
            self.page.wait_for_load_state("load")
            with suppress(AssertionError):
                self.settled()
            if not self._is_disturbed:
                break
        self.settled()

    def settled(self) -> None:
        """Wait until the screen has what it asked for."""
        expect(self.page.locator("#app > *")).not_to_have_count(0)
        expect(self.page.get_by_text(re.compile("^Loading"))).to_have_count(0)
        expect(self.page.locator("[aria-busy=true]")).to_have_count(0)

    def fill(self, label: str, text: str) -> None:
        """Type into the field of that label."""
        self.page.get_by_label(label, exact=True).fill(text)

    def press(self, name: str) -> None:
        """Press the button of that name."""
        self.page.get_by_role("button", name=name, exact=True).click()

    def heading(self, name: str) -> None:
        """Hold the screen to a heading."""
        expect(self.page.get_by_role("heading", name=name, exact=True).first).to_be_visible()

    def becomes_first_owner(self, name: str) -> None:
        """Take the link that the server printed."""
        found = re.search(r"(/first-owner#\S+)", self.server.log.read_text())
        assert found is not None, "the server printed no link"
        self.open(found[1])
        self.fill("Name", name)
        self.fill("Password", PASSWORD)
        self.press("Make the account")
        self.heading("Projects")

    def signs_in(self, name: str, secret: str = "", password: str = PASSWORD) -> None:
        """Sign in, with the code of an app where there is a second factor."""
        self.open("/sign-in")
        self.fill("Name or e-mail address", name)
        self.fill("Password", password)
        self.press("Sign in")
        if secret:
            self.heading("Second step")
            self.fill("Code", pyotp.TOTP(secret).now())
            self.press("Sign in")
        self.heading("Projects")

    def is_signed_in(self, name: str) -> None:
        """Sign in, unless somebody is: by the API, since the screen of it has tests of its own."""
        api = self.page.context.request
        if not api.get("/api/v1/me").ok:
            assert api.post("/api/v1/session", data={"name": name, "password": PASSWORD}).ok

    def makes_project(self, name: str, stack: str) -> None:
        """Begin a project with a stack."""
        self.open("/new")
        self.press(stack)
        self.fill("Name", name)
        self.press("Make the project")
        self.page.wait_for_url(f"**/projects/{name}")

    def faults_of_access(self) -> list[str]:
        """Everything that axe finds wrong with the screen as it is now, a line each."""
        self.page.evaluate(AXE.read_text())
        found = json.loads(
            self.page.evaluate(
                "async () => JSON.stringify((await axe.run(document, {resultTypes: ['violations']})).violations)"
            )
        )
        return [
            f"{self.page.url}: {rule['id']}: {node['html'][:160]}: {node['any'][0]['message'] if node['any'] else ''}"
            for rule in found
            for node in rule["nodes"]
        ]
