"""Drawing in a real browser: with the mouse, by keyboard alone, with others, and as somebody who may only look."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.browsing import Visit
from tests.e2e.canvas import Canvas
from tests.e2e.conftest import visits
from tests.e2e.settling import settle
from tests.servers import Server

PICTURES = os.environ.get("BACKDRAFT_SCREENS")
LOOKS = [("light", 1440, 900), ("dark", 1024, 768)]
ODD = """\
backdraft: 1
name: odd
components:
  front: {kind: nginx, publish: {http: 8091}}
  api: {kind: python, image: python, place: {zone: eu}, group: orders}
  worker: {kind: worker, source: {directory: worker}, place: {zone: eu}, group: orders}
  db: {kind: postgres, settings: {versoin: "17"}}
  strange: {kind: postgress}
connections:
  - {from: front, to: api, path: /api}
  - {from: front, to: db}
  - {from: api, to: db}
notes:
  why: {text: "<img src=x onerror=alert(1)> asked for by finance", at: [0, 240]}
layout: {front: [0, 60], api: [320, 60], worker: [320, 220], db: [680, 140], strange: [680, -20]}
"""


@pytest.fixture(scope="module")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with projects and people; no engine answers it."""
    home = tmp_path_factory.mktemp("drawing") / "home"
    settle(home)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DOCKER_HOST", f"unix://{home}/no-engine.sock")
        server = Server(home)
    yield server
    server.end(signal.SIGKILL)


@pytest.fixture
def somebody(chromium: Browser, settled: Server) -> Iterator[Callable[..., Visit]]:
    """A browser of somebody's: `somebody("ada", theme="dark")`."""
    with visits(chromium, settled) as made:

        def signed_in(name: str, **look: object) -> Visit:
            visit = made(**look)
            visit.is_signed_in(name)
            return visit

        yield signed_in


@pytest.fixture
def blank(somebody: Callable[..., Visit], request: pytest.FixtureRequest) -> Canvas:
    """An empty canvas of a project of its own."""
    name = re.sub(r"[^a-z]+", "-", request.node.name.removeprefix("test_"))[:38].strip("-")
    canvas = Canvas(somebody("ada"), name)
    canvas.made()
    canvas.open()
    return canvas


def test_a_backend_is_drawn_with_the_mouse_and_nothing_is_typed(blank: Canvas):
    blank.visit.press("Begin with a proxy")
    expect(blank.box("front")).to_be_visible()
    blank.drops("Python web application", 620, 240)
    blank.draws("front", "api")
    expect(blank.line("front", "api")).to_have_count(1)
    blank.begins_line("api")
    blank.drops_line(760, 640)
    expect(blank.page.get_by_role("dialog", name="What api is connected to")).to_be_visible()
    blank.page.get_by_role("option", name="PostgreSQL").click()
    expect(blank.line("api", "db")).to_have_count(1)
    schema = blank.schema()
    assert {name: each.kind for name, each in schema.components.items()} == {
        "front": "nginx",
        "api": "python",
        "db": "postgres",
    }
    assert [(each.client, each.server) for each in schema.connections] == [("front", "api"), ("api", "db")]
    assert schema.components["front"].publish["http"].number == 8080
    assert set(schema.layout) == {"front", "api", "db"}


def test_a_line_says_what_it_gives_and_is_taken_back(blank: Canvas):
    blank.drops("Python web application", 300, 240)
    blank.drops("PostgreSQL", 640, 420)
    blank.draws("api", "db")
    blank.line("api", "db").locator("path").last.click(force=True)
    expect(blank.page.locator(".react-flow").get_by_text("gives DATABASE_URL and 5 more")).to_be_visible()
    expect(blank.inspector().get_by_text("DATABASE_PASSWORD", exact=True)).to_be_visible()
    blank.presses("Delete")
    expect(blank.line("api", "db")).to_have_count(0)
    assert blank.schema().connections == ()


def test_a_line_that_may_not_be_drawn_says_why_and_is_not(blank: Canvas):
    blank.drops("nginx", 300, 240)
    blank.drops("PostgreSQL", 640, 420)
    blank.begins_line("front")
    end = blank.box("db").bounding_box()
    assert end is not None
    blank.page.mouse.move(end["x"] + 60, end["y"] + 30, steps=8)
    expect(blank.box("db")).to_contain_text("front speaks http, db speaks postgres.")
    blank.page.mouse.up()
    expect(blank.line("front", "db")).to_have_count(0)


def test_the_whole_of_it_is_drawn_by_keyboard_alone(blank: Canvas):
    page = blank.page
    for word in ("nginx", "python", "postg"):
        blank.presses("a")
        expect(page.get_by_label("Search components to add")).to_be_focused()
        page.keyboard.type(word)
        blank.presses("Enter")
    for server in ("api", "db"):
        client = {"api": "front", "db": "api"}[server]
        blank.presses("/")
        page.keyboard.type(client)
        blank.presses("Enter")
        expect(blank.box(client)).to_be_focused()
        blank.presses("c")
        page.keyboard.type(server)
        blank.presses("Enter")
        expect(blank.line(client, server)).to_have_count(1)
    blank.presses("F2")
    page.keyboard.type("shop-api")
    blank.presses("Enter")
    expect(blank.box("shop-api")).to_be_focused()
    before = blank.schema().layout["shop-api"]
    blank.presses("ArrowRight", "ArrowDown")
    blank.presses("Enter")
    expect(blank.inspector()).to_be_focused()
    schema = blank.schema()
    assert schema.layout["shop-api"] == (before[0] + 20, before[1] + 20)
    assert [(each.client, each.server) for each in schema.connections] == [("front", "shop-api"), ("shop-api", "db")]


def test_boxes_are_moved_copied_duplicated_removed_and_all_of_it_taken_back(blank: Canvas):
    blank.drops("Redis", 300, 240)
    blank.is_saved()
    first = blank.text()
    at = blank.schema().layout["cache"]
    place = blank.box("cache").bounding_box()
    assert place is not None
    blank.page.mouse.move(place["x"] + 60, place["y"] + 20)
    blank.page.mouse.down()
    blank.page.mouse.move(place["x"] + 163, place["y"] + 121, steps=8)
    blank.page.mouse.up()
    moved = blank.schema().layout["cache"]
    assert moved != at
    assert [value % 20 for value in moved] == [0, 0]
    blank.presses("Control+d")
    expect(blank.box("cache-2")).to_be_visible()
    blank.presses("Control+c", "Control+v")
    expect(blank.box("cache-3")).to_be_visible()
    blank.presses("Control+a", "Delete")
    expect(blank.page.locator(".react-flow__node")).to_have_count(0)
    for _ in range(4):
        blank.presses("Control+z")
    expect(blank.page.locator(".react-flow__node")).to_have_count(1)
    blank.is_saved()
    assert blank.text() == first
    blank.presses("Control+Shift+z")
    assert blank.schema().layout["cache"] == moved


def test_a_form_writes_only_its_own_line_and_knows_the_default(somebody: Callable[..., Visit]):
    canvas = Canvas(somebody("ada"), "forms")
    text = "backdraft: 1\nname: forms\ncomponents:\n  # asked for by finance\n  web: {kind: nginx}   # the way in\n"
    canvas.made(text)
    canvas.open()
    canvas.box("web").click()
    expect(canvas.inspector().get_by_text("Default: 60")).to_be_visible()
    canvas.inspector().get_by_label("Timeout").fill("90")
    assert canvas.schema().components["web"].settings == {"timeout": 90}
    assert canvas.text() == text.replace("{kind: nginx}", "{kind: nginx, settings: {timeout: 90}}")
    canvas.inspector().get_by_label("Timeout").fill("0")
    expect(canvas.inspector().get_by_text("0 is too small")).to_have_count(2)
    canvas.inspector().get_by_role("button", name="default").click()
    canvas.is_saved()
    assert canvas.text() == text


def test_what_is_wrong_stands_at_its_box_and_is_mended_by_a_button(somebody: Callable[..., Visit]):
    canvas = Canvas(somebody("ada"), "odd")
    canvas.made(ODD)
    canvas.open()
    expect(canvas.page.get_by_role("button", name="3 problems").first).to_be_visible()
    expect(canvas.box("strange")).to_contain_text("unknown kind “postgress”")
    expect(canvas.page.get_by_text("<img src=x onerror=alert(1)> asked for by finance")).to_be_visible()
    canvas.box("db").click()
    canvas.visit.press("Rename to version")
    canvas.box("strange").click()
    canvas.visit.press("Use postgres")
    expect(canvas.page.get_by_role("button", name="1 problem").first).to_be_visible()
    schema = canvas.schema()
    assert (schema.components["db"].settings, schema.components["strange"].kind) == ({"version": "17"}, "postgres")


def test_two_people_draw_at_once_and_nothing_of_either_is_lost(somebody: Callable[..., Visit]):
    ada, dan = Canvas(somebody("ada"), "shop"), Canvas(somebody("dan"), "shop")
    ada.open()
    dan.open()
    expect(ada.page.get_by_label(re.compile("Here as well: .*dan"))).to_be_visible()
    expect(dan.page.get_by_label(re.compile("Here as well: .*ada"))).to_be_visible()
    ada.box("db").click()
    ada.presses("Control+d")
    expect(dan.box("db-2")).to_be_visible()
    # both save on top of the same version: the one who comes second merges
    dan.page.context.set_offline(True)
    dan.box("cache").click()
    dan.presses("Control+d")
    ada.box("front").click()
    ada.presses("Control+d")
    ada.is_saved()
    dan.page.context.set_offline(False)
    expect(dan.box("front-2")).to_be_visible(timeout=20_000)
    expect(ada.box("cache-2")).to_be_visible(timeout=20_000)
    assert {"db-2", "front-2", "cache-2"} <= set(dan.schema().components)


def test_where_both_changed_the_same_both_are_shown_and_a_person_chooses(somebody: Callable[..., Visit]):
    ada, dan = Canvas(somebody("ada"), "queue"), Canvas(somebody("ada"), "queue")
    ada.open()
    dan.open()
    kind = next(iter(ada.schema().components))
    dan.page.context.set_offline(True)
    for canvas, note in ((dan, "mine"), (ada, "theirs")):
        canvas.box(kind).click()
        canvas.inspector().get_by_role("button", name="Note").click()
        canvas.inspector().get_by_label("For readers").fill(note)
    ada.is_saved()
    dan.page.context.set_offline(False)
    expect(dan.page.get_by_text("saved before you, and you both changed the same")).to_be_visible(timeout=20_000)
    dan.visit.press("Look at both")
    dan.page.get_by_role("button", name=re.compile("^You")).click()
    dan.visit.press("Save it so")
    expect(dan.page.get_by_role("dialog")).to_have_count(0)
    assert dan.schema().components[kind].note == "mine"


def test_a_viewer_sees_all_of_it_and_may_neither_draw_nor_deploy(somebody: Callable[..., Visit]):
    canvas = Canvas(somebody("vic"), "shop")
    canvas.open()
    before = canvas.text()
    expect(canvas.page.get_by_text("You may look at it, not change it")).to_be_visible()
    expect(canvas.page.get_by_role("region", name="Palette")).to_have_count(0)
    canvas.box("db").click()
    canvas.presses("Delete", "Control+d", "F2", "ArrowRight")
    expect(canvas.inspector().get_by_label("Database")).to_be_disabled()
    canvas.visit.press("Changes")
    expect(canvas.page.get_by_text("Deploying takes the role of a developer")).to_be_visible()
    expect(canvas.page.get_by_role("button", name=re.compile("^Deploy"))).to_have_count(0)
    assert canvas.text() == before
    answer = canvas.sends("POST", "/shop/deploys", data={})
    assert answer.status == 403


def test_a_picture_of_the_drawing_stands_by_itself(somebody: Callable[..., Visit], tmp_path: Path):
    canvas = Canvas(somebody("ada"), "hello")
    canvas.open()
    for form, begin in (("SVG", b"<svg"), ("PNG", b"\x89PNG")):
        canvas.presses("Control+k")
        with canvas.page.expect_download() as downloading:
            canvas.page.get_by_role("option", name=f"Export as {form}").click()
        downloading.value.save_as(tmp_path / form)
        assert (tmp_path / form).read_bytes().startswith(begin)


@pytest.mark.parametrize(("theme", "width", "height"), LOOKS)
def test_anybody_can_use_it_in_every_state(
    somebody: Callable[..., Visit], theme: str, width: int, height: int, request: pytest.FixtureRequest
):
    visit = somebody("ada", theme=theme, width=width, height=height)
    odd = Canvas(visit, f"odd-{theme}")
    odd.made(ODD.replace("name: odd", f"name: odd-{theme}"))
    faults: list[str] = []

    def look(state: str) -> None:
        if PICTURES:
            visit.page.screenshot(path=Path(PICTURES) / f"canvas-{state}-{theme}-{width}.png")
        faults.extend(f"{state}: {each}" for each in visit.faults_of_access())

    odd.open()
    expect(visit.page.get_by_role("button", name="3 problems").first).to_be_visible()
    look("problems")
    odd.box("front").click()
    look("component")
    visit.page.get_by_role("tab", name="Environment").click()
    look("environment")
    visit.page.get_by_role("tab", name="Running").click()
    look("running")
    odd.line("api", "db").locator("path").last.click(force=True)
    look("line")
    odd.box("front").click()
    odd.presses("c")
    look("connecting")
    odd.presses("Escape")
    visit.press("Deploy")
    look("changes")
    odd.presses("y")
    expect(visit.page.get_by_role("textbox", name="Schema, as YAML")).to_be_visible()
    look("text")
    empty = Canvas(visit, f"empty-{theme}")
    empty.made()
    empty.open()
    expect(visit.page.get_by_text("Draw your backend")).to_be_visible()
    look("empty")
    assert faults == []
