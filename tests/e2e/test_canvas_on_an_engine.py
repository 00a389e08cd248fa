"""The canvas on a real engine: from nothing to an answering address, and what happens when something breaks."""

from __future__ import annotations

import json
import re
import secrets
import time
import urllib.request
from collections.abc import Callable, Iterator

import docker
import pytest
from playwright.sync_api import expect

from templates import STACKS
from tests.e2e.browsing import Visit
from tests.e2e.canvas import Canvas
from tests.servers import free_port

pytestmark = [pytest.mark.engine, pytest.mark.timeout(900)]
ENDS_WITHIN = 400_000
SEEN_WITHIN = 20_000


@pytest.fixture(autouse=True)
def images_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the server starts: no test asks a registry."""
    monkeypatch.setenv("BACKDRAFT_IMAGES", "local")


@pytest.fixture
def blank(images_of_this_machine: None, visit: Callable[..., Visit], engine: docker.APIClient) -> Iterator[Canvas]:
    """An empty canvas of an owner; whatever is deployed from it is removed with its data."""
    ada = visit()
    ada.becomes_first_owner("ada")
    canvas = Canvas(ada, f"e2e-{secrets.token_hex(4)}")
    canvas.made()
    canvas.open()
    yield canvas
    assert canvas.sends("DELETE", f"/{canvas.project}?confirm={canvas.project}").ok
    end = time.monotonic() + ENDS_WITHIN / 1000
    while canvas.page.context.request.get(f"/api/v1/projects/{canvas.project}").ok and time.monotonic() < end:
        time.sleep(0.5)


def deploys(canvas: Canvas, why: str) -> None:
    """Look at what would change, say why, deploy, and wait until it runs."""
    page = canvas.page
    canvas.presses("Control+Enter")
    page.get_by_label("Why, for the history").fill(why)
    page.get_by_role("button", name=re.compile(r"^Deploy \d+ changes?$")).click()
    expect(page.get_by_text("It runs", exact=True)).to_be_visible(timeout=ENDS_WITHIN)


def test_a_shop_is_drawn_from_nothing_deployed_and_answers(blank: Canvas):
    page = blank.page
    blank.visit.press("Begin with a proxy")
    port = free_port()
    blank.inspector().get_by_label("Number of http on the host").fill(str(port))
    blank.drops("Python web application", 560, 140)
    blank.draws("front", "api")
    blank.drops("PostgreSQL", 760, 340)
    blank.draws("api", "db")
    blank.drops("Redis", 500, 620)
    blank.draws("api", "cache")
    blank.box("api").click()
    page.get_by_label("Folder of sources").set_input_files(STACKS / "shop")
    expect(page.get_by_text(re.compile("files were sent: the next deploy builds of them"))).to_be_visible()
    deploys(blank, "the first day")
    page.get_by_role("link", name=f"http://127.0.0.1:{port}").wait_for()
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=20) as answer:
        assert {"visits", "products"} <= set(json.load(answer))
    for name in ("front", "api", "db", "cache"):
        expect(blank.box(name)).to_contain_text(re.compile("ready in|running"))
    blank.visit.press("Go on drawing")
    page.reload()
    expect(blank.box("api")).to_contain_text("running")
    release = page.context.request.get(f"/api/v1/projects/{blank.project}/releases/1").json()
    assert (release["why"], release["outcome"]) == ("the first day", "done")


def test_what_breaks_is_told_by_its_light_with_the_reason_and_heals(blank: Canvas, engine: docker.APIClient):
    page = blank.page
    blank.drops("Redis", 400, 240)
    deploys(blank, "a cache")
    blank.visit.press("Go on drawing")
    expect(blank.box("cache")).to_contain_text(re.compile("ready in|running"))
    # every light that is shown is kept, since what is healed soon is gone before anybody could ask
    page.evaluate("""() => {
        const box = document.querySelector('[data-id="box:cache"]');
        window.lights = [];
        new MutationObserver(() => window.lights.push(box.textContent + ' ' + performance.now()))
            .observe(box, {subtree: true, childList: true, characterData: true});
    }""")
    found = engine.containers(filters={"name": f"{blank.project}.cache"})
    engine.kill(found[0]["Id"])
    page.wait_for_function("() => window.lights.some(each => /exited|missing/.test(each))", timeout=SEEN_WITHIN)
    expect(blank.box("cache")).to_contain_text(re.compile("ready in|running"), timeout=60_000)
    expect(blank.box("cache")).not_to_contain_text(re.compile("exited|missing"))
    blank.box("cache").click()
    page.get_by_role("tab", name="Running").click()
    blank.visit.press("Stop")
    expect(blank.box("cache")).to_contain_text("stopped", timeout=60_000)
    expect(blank.inspector().get_by_text("Stopped on purpose by ada")).to_be_visible()
    blank.visit.press("Start")
    expect(blank.box("cache")).to_contain_text(re.compile("ready in|running"), timeout=60_000)
    blank.visit.press("Command")
    page.get_by_label("Program and arguments").fill("redis-cli --version")
    blank.visit.press("Run")
    expect(page.get_by_role("log", name="What it writes")).to_contain_text("It ended with exit code 0", timeout=60_000)
    page.get_by_role("tabpanel").get_by_role("button", name="Logs").click()
    expect(page.get_by_role("log", name="Lines")).to_contain_text("Ready to accept connections", timeout=60_000)
    page.get_by_role("tabpanel").get_by_role("button", name="Terminal").click()
    page.locator(".xterm").click()
    page.keyboard.type("echo $((6*7))x\n", delay=20)
    expect(page.locator(".xterm-accessibility")).to_contain_text("42x", timeout=30_000)


def test_changes_are_staged_on_the_drawing_and_discarded_one_by_one(blank: Canvas):
    page = blank.page
    blank.drops("Redis", 300, 240)
    blank.drops("Memcached", 700, 240)
    deploys(blank, "two stores")
    blank.visit.press("Go on drawing")
    names = sorted(blank.schema().components)
    first, second = names
    blank.box(second).click()
    blank.presses("Delete")
    expect(page.locator(f'.react-flow__node[data-id="ghost:{second}"]')).to_contain_text("is removed")
    blank.box(first).click()
    blank.inspector().get_by_label("Memory", exact=True).first.fill("80")
    expect(blank.box(first)).to_contain_text("changes")
    blank.presses("Control+Enter")
    items = page.get_by_role("list", name="What would change").get_by_role("listitem")
    expect(items).to_have_count(2)
    expect(items.nth(0)).to_contain_text("no longer drawn")
    page.get_by_role("button", name=f"Discard the change of {second}", exact=True).click()
    expect(blank.box(second)).to_be_visible()
    expect(items).to_have_count(1)
    page.get_by_role("button", name=f"Discard the change of {first}", exact=True).click()
    expect(page.get_by_text("Nothing to deploy")).to_be_visible()
