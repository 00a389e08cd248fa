"""Projects and one's own account, as somebody uses them in a browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browsing import PASSWORD, Visit

Visiting = Callable[..., Visit]
SCHEMA = "# ours\nbackdraft: 1\nname: Orders  # renamed below\ncomponents:\n  db: {kind: postgres}\n"
DROP = """([name, text]) => {
  const data = new DataTransfer();
  data.items.add(new File([text], name, {type: 'application/yaml'}));
  const target = document.querySelector('main > div');
  for (const kind of ['dragover', 'drop']) {
    target.dispatchEvent(new DragEvent(kind, {bubbles: true, dataTransfer: data}));
  }
}"""


@pytest.fixture
def ada(visit: Visiting) -> Visit:
    """The first owner."""
    made = visit()
    made.becomes_first_owner("ada")
    return made


def schema_of(page: Page, project: str) -> str:
    text: str = page.context.request.get(f"/api/v1/projects/{project}/schema").json()["text"]
    return text


def test_a_stack_becomes_a_project_of_another_name_with_its_comments(ada: Visit):
    ada.makes_project("my-shop", "Shop")
    text = schema_of(ada.page, "my-shop")
    assert "\nname: my-shop\n" in text
    assert "# What people open in a browser." in text
    ada.open("/")
    expect(ada.page.get_by_role("img", name="The drawing of my-shop")).to_be_visible()
    expect(ada.page.get_by_text("never deployed")).to_be_visible()


def test_a_file_that_is_dropped_becomes_a_project(ada: Visit):
    ada.open("/new")
    ada.page.evaluate(DROP, ["Orders.yml", SCHEMA])
    expect(ada.page.get_by_label("Name", exact=True)).to_have_value("Orders")
    ada.fill("Name", "orders")
    ada.press("Make the project")
    ada.page.wait_for_url("**/projects/orders")
    assert schema_of(ada.page, "orders") == SCHEMA.replace("name: Orders  #", "name: orders #")


def test_a_name_that_is_taken_is_told_at_its_field_and_nothing_typed_is_lost(ada: Visit):
    ada.makes_project("shop", "Hello")
    ada.open("/new")
    ada.press("Empty canvas")
    ada.fill("Name", "shop")
    ada.press("Make the project")
    expect(ada.page.get_by_role("alert")).to_contain_text("There is a project of that name")
    expect(ada.page.get_by_label("Name", exact=True)).to_have_value("shop")


def test_a_project_is_made_without_a_mouse(ada: Visit):
    ada.open("/")
    ada.page.keyboard.press("Control+k")
    ada.page.keyboard.type("new proj")
    ada.page.keyboard.press("Enter")
    ada.heading("New project")
    ada.page.get_by_role("button", name="Empty canvas").focus()
    ada.page.keyboard.press("Enter")
    expect(ada.page.get_by_label("Name", exact=True)).to_be_focused()
    ada.page.keyboard.type("blog")
    ada.page.keyboard.press("Enter")
    ada.page.wait_for_url("**/projects/blog")


def test_the_end_of_data_asks_for_the_name_of_the_project(ada: Visit):
    ada.makes_project("shop", "Hello")
    ada.open("/projects/shop/settings")
    ada.press("Delete everything")
    button = ada.page.get_by_role("dialog").get_by_role("button", name="Delete everything", exact=True)
    expect(button).to_be_disabled()
    ada.page.get_by_role("dialog").get_by_role("textbox").fill("shoe")
    expect(button).to_be_disabled()
    ada.page.get_by_role("dialog").get_by_role("textbox").fill("shop")
    button.click()
    ada.heading("Draw your first backend")
    assert ada.page.context.request.get("/api/v1/projects/shop").status == 404


def test_secrets_are_set_replaced_and_forgotten_and_never_shown(ada: Visit):
    ada.makes_project("shop", "Hello")
    ada.open("/projects/shop/secrets")
    for value in ("first-value", "second-value"):
        ada.press("Set a secret" if value.startswith("first") else "Replace MAIL_TOKEN")
        if value.startswith("first"):
            ada.fill("Name", "MAIL_TOKEN")
        ada.fill("Value", value)
        ada.page.get_by_role("dialog").get_by_role(
            "button", name="Set" if value.startswith("first") else "Replace", exact=True
        ).click()
        expect(ada.page.get_by_role("dialog")).to_have_count(0)
    expect(ada.page.get_by_text("changed 1 times")).to_be_visible()
    assert "second-value" not in ada.page.content()
    ada.press("Forget MAIL_TOKEN")
    ada.page.get_by_role("dialog").get_by_role("textbox").fill("MAIL_TOKEN")
    ada.press("Forget it")
    ada.heading("No secrets yet")


def test_a_browser_that_is_signed_out_elsewhere_is_led_to_the_way_in(visit: Visiting, ada: Visit):
    other = visit()
    other.signs_in("ada")
    ada.open("/profile/sessions")
    ada.press("Sign out all others")
    expect(ada.page.get_by_text("Every other browser is signed out.")).to_be_visible()
    other.page.wait_for_url("**/sign-in", timeout=15_000)  # by the stream, which ends, and without a click
    ada.open("/profile/sessions")
    expect(ada.page.get_by_text("this one")).to_have_count(1)


def test_another_password_is_good_from_then_on(visit: Visiting, ada: Visit):
    ada.open("/profile")
    ada.fill("Password until now", "not the password")
    ada.fill("New password", "eight calling birds sing")
    ada.press("Change the password")
    expect(ada.page.get_by_label("Password until now")).to_have_attribute("aria-invalid", "true")
    ada.fill("Password until now", PASSWORD)
    ada.press("Change the password")
    expect(ada.page.get_by_text("The password is changed.")).to_be_visible()
    other = visit()
    other.signs_in("ada", password="eight calling birds sing")


def test_a_theme_that_is_chosen_stays_and_holds_before_anything_is_drawn(ada: Visit):
    ada.open("/profile/theme")
    ada.page.get_by_role("radio", name="Dark").check(force=True)
    assert ada.page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"
    ada.page.route("**/assets/*.js", lambda route: route.abort())
    ada.page.goto("/")
    assert ada.page.evaluate("document.documentElement.dataset.theme") == "dark"
    ada.page.unroute("**/assets/*.js")
    ada.faults.clear()  # of the scripts that were kept back
