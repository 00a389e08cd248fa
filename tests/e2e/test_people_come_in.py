"""The way from an empty server to two people with different rights, as they go it in browsers."""

from __future__ import annotations

import re
from collections.abc import Callable

import pyotp
from playwright.sync_api import expect

from tests.e2e.browsing import PASSWORD, Visit

Visiting = Callable[..., Visit]


def invited(owner: Visit, project: str, role: str) -> str:
    """The link of an invitation."""
    owner.open(f"/projects/{project}/members")
    owner.press("Invite")
    owner.page.get_by_role("radio", name=role).check()
    owner.page.get_by_role("dialog").get_by_role("button", name="Invite", exact=True).click()
    link = owner.page.get_by_role("dialog").locator("code").inner_text()
    owner.press("Done")
    return link


def test_the_first_owner_comes_in_by_the_link_which_is_good_once(visit: Visiting):
    ada = visit()
    ada.becomes_first_owner("ada")
    expect(ada.page.get_by_role("heading", name="Draw your first backend")).to_be_visible()
    found = re.search(r"(/first-owner#\S+)", ada.server.log.read_text())
    assert found is not None
    eve = visit()
    eve.open(found[1])
    eve.fill("Name", "eve")
    eve.fill("Password", PASSWORD)
    eve.press("Make the account")
    expect(eve.page.get_by_role("alert")).to_contain_text("That link is no longer good")


def test_what_is_wrong_with_a_password_is_told_at_its_field(visit: Visiting):
    ada = visit()
    found = re.search(r"(/first-owner#\S+)", ada.server.log.read_text())
    assert found is not None
    ada.open(found[1])
    ada.fill("Name", "ada")
    ada.fill("Password", "Password1234!")
    ada.press("Make the account")
    field = ada.page.get_by_label("Password", exact=True)
    expect(field).to_have_attribute("aria-invalid", "true")
    described = field.get_attribute("aria-describedby") or ""
    error = ada.page.locator(f"[id='{described.split()[0]}']")
    expect(error).to_contain_text("That password is too easy")


def test_a_wrong_password_is_told_and_a_right_one_leads_to_the_page_that_was_asked_for(visit: Visiting):
    ada = visit()
    ada.becomes_first_owner("ada")
    other = visit()
    other.open("/profile/sessions")
    other.page.wait_for_url("**/sign-in")
    other.fill("Name or e-mail address", "ada")
    other.fill("Password", "not the password")
    other.press("Sign in")
    expect(other.page.get_by_role("alert")).to_contain_text("Name and password do not fit together")
    other.fill("Password", PASSWORD)
    other.press("Sign in")
    other.page.wait_for_url("**/profile/sessions")
    expect(other.page.get_by_text("this one")).to_have_count(1)


def test_a_second_factor_is_set_up_and_asked_for_and_a_recovery_code_does_too(visit: Visiting):
    ada = visit()
    ada.becomes_first_owner("ada")
    ada.open("/profile/second-factor")
    ada.press("Set up")
    ada.fill("Password", PASSWORD)
    ada.press("Go on")
    secret = ada.page.get_by_role("dialog").locator("code").inner_text()
    expect(ada.page.get_by_role("img", name=re.compile("QR code"))).to_be_visible()
    ada.fill("Code that the app shows", pyotp.TOTP(secret).now())
    ada.press("Turn it on")
    listed = ada.page.get_by_role("list", name="Recovery codes").get_by_role("listitem")
    expect(listed).to_have_count(10)
    codes = listed.all_inner_texts()
    assert len(set(codes)) == 10
    ada.press("I have kept them")
    expect(ada.page.get_by_text("10 codes are left.")).to_be_visible()
    other = visit()
    other.open("/sign-in")
    other.fill("Name or e-mail address", "ada")
    other.fill("Password", PASSWORD)
    other.press("Sign in")
    other.heading("Second step")
    other.press("Use a recovery code")
    other.fill("Recovery code", codes[0])
    other.press("Sign in")
    other.heading("Projects")
    other.open("/profile/second-factor")
    expect(other.page.get_by_text("9 codes are left.")).to_be_visible()


def test_somebody_who_was_invited_comes_in_and_may_do_what_the_role_says(visit: Visiting):
    ada = visit()
    ada.becomes_first_owner("ada")
    ada.makes_project("shop", "Shop")
    link = invited(ada, "shop", "viewer")
    vic = visit()
    vic.open(link)
    expect(vic.page.get_by_text("ada invites you into the project shop, as a viewer.")).to_be_visible()
    vic.fill("Name", "vic")
    vic.fill("Password", PASSWORD)
    vic.press("Make an account and come in")
    vic.page.wait_for_url("**/projects/shop")
    expect(ada.page.get_by_role("cell", name="vic", exact=True)).to_be_visible()  # by the stream, without loading anew
    vic.open("/projects/shop/members")
    expect(vic.page.get_by_role("button", name="Invite")).to_have_count(0)
    expect(vic.page.get_by_role("combobox")).to_have_count(0)
    vic.open("/projects/shop/secrets")
    expect(vic.page.get_by_role("heading", name="No secrets yet")).to_be_visible()
    expect(vic.page.get_by_role("button", name="Set a secret")).to_have_count(0)
    expect(vic.page.get_by_role("link", name="Audit")).to_have_count(0)
    vic.open("/")
    expect(vic.page.get_by_role("link", name="New project")).to_have_count(0)
    ada.open("/projects/shop/members")
    ada.page.get_by_label("Role of vic").select_option("developer")
    expect(ada.page.get_by_text("vic is developer now.")).to_be_visible()
    vic.open("/projects/shop/secrets")
    expect(vic.page.get_by_role("button", name="Set a secret")).to_be_visible()


def test_somebody_with_an_account_takes_an_invitation_with_it(visit: Visiting):
    ada = visit()
    ada.becomes_first_owner("ada")
    ada.makes_project("shop", "Shop")
    first = invited(ada, "shop", "viewer")
    vic = visit()
    vic.open(first)
    vic.fill("Name", "vic")
    vic.fill("Password", PASSWORD)
    vic.press("Make an account and come in")
    vic.page.wait_for_url("**/projects/shop")
    second = invited(ada, "shop", "developer")
    vic.open(second)
    vic.press("Accept as vic")
    vic.page.wait_for_url("**/projects/shop")
    other = visit()
    other.open(second)
    other.heading("This invitation is no longer good")
