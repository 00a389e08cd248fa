"""Every screen, in both themes and two sizes: it shows what it should, without faults, and anybody can use it.

With BACKDRAFT_SCREENS=folder, a picture of each is kept there, to be looked at.
"""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.browsing import PASSWORD, Visit
from tests.e2e.settling import settle
from tests.servers import Server

SIZES = [("light", 1440, 900), ("dark", 1024, 768)]
PICTURES = os.environ.get("BACKDRAFT_SCREENS")
if PICTURES:
    SIZES += [("dark", 1440, 900), ("light", 1024, 768)]
OUTSIDE = {
    "sign-in": ("/sign-in", "Sign in"),
    "first-owner": ("/first-owner#none", "Become the first owner"),
    "forgot": ("/forgot", "Another password"),
    "reset": ("/reset#none", "Choose another password"),
    "invitation-over": ("/invitation#none", "This invitation is no longer good"),
}
INSIDE = {
    "projects": ("/", "Projects"),
    "new": ("/new", "New project"),
    "releases": ("/projects/shop/releases", "Releases"),
    "releases-none": ("/projects/blog/releases", "Nothing was deployed yet"),
    "release": ("/projects/shop/releases/2", "Release 2 done"),
    "release-failed": ("/projects/shop/releases/3", "Release 3 failed"),
    "compare": ("/projects/shop/releases/1/compare/3", "Release 1 and release 3"),
    "secrets": ("/projects/shop/secrets", "Secrets"),
    "secrets-none": ("/projects/blog/secrets", "No secrets yet"),
    "members": ("/projects/shop/members", "Members"),
    "keys": ("/projects/shop/keys", "Access keys"),
    "audit": ("/projects/shop/audit", "Audit log"),
    "settings": ("/projects/shop/settings", "Settings"),
    "profile": ("/profile", "ada"),
    "second-factor": ("/profile/second-factor", "Authenticator app off"),
    "sessions": ("/profile/sessions", "Where you are signed in"),
    "profile-keys": ("/profile/keys", "ada"),
    "theme": ("/profile/theme", "Theme"),
    "people": ("/administration", "Administration"),
    "all-keys": ("/administration/keys", "Administration"),
    "all-audit": ("/administration/audit", "Administration"),
    "server-settings": ("/administration/settings", "Administration"),
    "not-found": ("/nowhere", "There is no such page, or you may not see it"),
    "no-project": ("/projects/nowhere", "There is no such project, or you may not see it"),
}
DIALOGS = {
    "naming": ("/new", ["Shop"]),
    "invite": ("/projects/shop/members", ["Invite"]),
    "make-key": ("/projects/shop/keys", ["Make a key"]),
    "set-secret": ("/projects/shop/secrets", ["Set a secret"]),
    "forget-secret": ("/projects/shop/secrets", ["Forget MAIL_TOKEN"]),
    "delete": ("/projects/blog/settings", ["Delete everything"]),
    "palette": ("/projects/shop/members", ["Search Ctrl K"]),
    "person-menu": ("/projects/shop/members", ["ada: account and theme"]),
    "switcher": ("/projects/shop/members", ["Project shop, change"]),
    "prove": ("/profile/second-factor", ["Set up"]),
    "invite-person": ("/administration", ["Invite"]),
}


@pytest.fixture(scope="module")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that has been used for a while; no engine answers it."""
    home = tmp_path_factory.mktemp("settled") / "home"
    settle(home)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DOCKER_HOST", f"unix://{home}/no-engine.sock")
        server = Server(home)
    yield server
    server.end(signal.SIGKILL)


@pytest.fixture(scope="module", params=SIZES, ids=lambda each: f"{each[0]}-{each[1]}")
def ada(request: pytest.FixtureRequest, chromium: Browser, settled: Server) -> Iterator[Visit]:
    """An owner and administrator who is signed in, in one theme and size."""
    theme, width, height = request.param
    context = chromium.new_context(
        base_url=settled.url,
        color_scheme=theme,
        viewport={"width": width, "height": height},
        reduced_motion="reduce",
        locale="en-GB",
    )
    visit = Visit(context.new_page(), settled, f"{theme}-{width}")
    yield visit
    context.close()


def looked_at(visit: Visit, name: str) -> None:
    """Hold a screen against what holds of all, and keep its picture."""
    if PICTURES:
        Path(PICTURES).mkdir(parents=True, exist_ok=True)
        visit.page.screenshot(path=f"{PICTURES}/{name}-{visit.look}.png")
    faults = visit.faults_of_access() + visit.faults
    visit.faults.clear()
    assert faults == []
    wider = visit.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wider == 0, "the page scrolls sideways"


@pytest.mark.parametrize("name", OUTSIDE)
def test_a_screen_of_the_way_in(ada: Visit, name: str):
    address, heading = OUTSIDE[name]
    ada.page.context.clear_cookies()
    ada.open(address)
    ada.heading(heading)
    looked_at(ada, name)


@pytest.mark.parametrize("name", INSIDE)
def test_a_screen_of_somebody_who_is_signed_in(ada: Visit, name: str):
    address, heading = INSIDE[name]
    ada.is_signed_in("ada")
    ada.open(address)
    ada.heading(heading)
    looked_at(ada, name)


@pytest.mark.parametrize("name", DIALOGS)
def test_what_opens_over_a_screen(ada: Visit, name: str):
    address, presses = DIALOGS[name]
    ada.is_signed_in("ada")
    ada.open(address)
    for each in presses:
        ada.press(each)
    expect(ada.page.get_by_role("dialog").or_(ada.page.get_by_role("menu"))).to_be_visible()
    looked_at(ada, name)
    ada.page.keyboard.press("Escape")
    expect(ada.page.get_by_role("dialog").or_(ada.page.get_by_role("menu"))).to_have_count(0)
    expect(ada.page.get_by_role("button", name=re.compile(f"^{re.escape(presses[-1])}"))).to_be_focused()


def test_a_key_whose_secret_is_shown_once(ada: Visit):
    ada.is_signed_in("ada")
    ada.open("/projects/shop/keys")
    ada.press("Make a key")
    ada.fill("Name", f"trial {ada.look}")
    ada.press("Make the key")
    ada.heading("Keep this key now")
    expect(ada.page.get_by_role("dialog").locator("code").first).to_contain_text(re.compile("^bdk_.*:bds_"))
    looked_at(ada, "key-once")
    ada.press("I have kept it")
    expect(ada.page.get_by_text(f"trial {ada.look}")).to_be_visible()


def test_an_invitation_from_its_link_to_the_screen_of_the_invited(ada: Visit):
    ada.is_signed_in("ada")
    ada.open("/projects/shop/members")
    ada.press("Invite")
    ada.page.get_by_role("dialog").get_by_role("button", name="Invite", exact=True).click()
    ada.heading("Hand over this link")
    link = ada.page.get_by_role("dialog").locator("code").inner_text()
    looked_at(ada, "link-once")
    ada.press("Done")
    ada.page.goto("about:blank")
    ada.open(link)
    ada.heading("You are invited")
    looked_at(ada, "invitation-accept")
    ada.page.context.clear_cookies()
    ada.page.goto("about:blank")
    ada.open(link)
    expect(ada.page.get_by_label("Name", exact=True)).to_be_visible()
    looked_at(ada, "invitation")


def test_a_second_factor_from_its_picture_to_the_second_step(ada: Visit):
    """In the name of vic, whose sign-in the other tests do not need."""
    ada.page.context.clear_cookies()
    ada.is_signed_in("vic")
    ada.open("/profile/second-factor")
    ada.press("Set up")
    ada.fill("Password", PASSWORD)
    ada.press("Go on")
    secret = ada.page.get_by_role("dialog").locator("code").inner_text()
    expect(ada.page.get_by_label("Code that the app shows")).to_be_focused()
    looked_at(ada, "qr")
    ada.fill("Code that the app shows", pyotp.TOTP(secret).now())
    ada.press("Turn it on")
    ada.heading("Keep these codes")
    looked_at(ada, "codes")
    codes = ada.page.get_by_role("list", name="Recovery codes").get_by_role("listitem").all_inner_texts()
    ada.press("I have kept them")
    looked_at(ada, "second-factor-on")
    ada.page.context.clear_cookies()
    ada.open("/sign-in")
    ada.fill("Name or e-mail address", "vic")
    ada.fill("Password", PASSWORD)
    ada.press("Sign in")
    ada.heading("Second step")
    looked_at(ada, "second-step")
    ada.press("Use a recovery code")
    ada.fill("Recovery code", codes[0])
    ada.press("Sign in")
    ada.heading("Projects")
    ada.open("/profile/second-factor")
    ada.press("Remove")
    ada.fill("Password", PASSWORD)
    ada.page.get_by_role("dialog").get_by_role("button", name="Remove", exact=True).click()
    expect(ada.page.get_by_role("heading", name="Authenticator app off")).to_be_visible()
    ada.page.context.clear_cookies()


def test_going_back_says_why_it_cannot_where_no_engine_answers(ada: Visit):
    ada.is_signed_in("ada")
    ada.open("/projects/shop/releases")
    ada.press("Roll back to 2")
    expect(ada.page.get_by_role("dialog").get_by_role("alert")).to_contain_text("engine")
    expect(ada.page.get_by_role("dialog").get_by_role("button", name="Roll back", exact=True)).to_be_disabled()
    looked_at(ada, "roll-back-no-engine")


def test_keys_lead_everywhere_and_are_listed(ada: Visit):
    ada.is_signed_in("ada")
    ada.open("/projects/shop/members")
    ada.page.keyboard.press("g")
    ada.page.keyboard.press("r")
    ada.heading("Releases")
    ada.page.keyboard.press("?")
    ada.heading("Keyboard shortcuts")
    looked_at(ada, "shortcuts")
    ada.page.keyboard.press("Escape")
    ada.page.keyboard.press("Control+k")
    ada.page.keyboard.type("secr")
    expect(ada.page.get_by_role("option", name="Secrets of shop")).to_have_attribute("aria-selected", "true")
    ada.page.keyboard.press("Enter")
    ada.heading("Secrets")


def test_names_that_look_like_markup_are_text(ada: Visit):
    ada.is_signed_in("ada")
    hostile = '"><img src=x onerror=alert(1)><script>alert(2)</script>'
    csrf = ada.page.context.request.get("/api/v1/me").json()["csrf_token"]
    made = ada.page.context.request.post(
        "/api/v1/me/keys", data={"name": hostile}, headers={"X-CSRF-Token": csrf}
    ).json()
    ada.open("/profile/keys")
    expect(ada.page.get_by_text(hostile)).to_be_visible()
    assert ada.page.locator("img[src=x]").count() == 0
    ada.page.context.request.delete(f"/api/v1/me/keys/{made['id']}", headers={"X-CSRF-Token": csrf})
