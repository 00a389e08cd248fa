"""What a person sees of all projects at a glance, and an administrator of the settings."""

from __future__ import annotations

from composer.audit import Deed
from composer.projects import Projects
from deployer.queue import Intent
from tests.unit.api.conftest import As
from ui.installation import Installation


def make(projects: Projects, name: str, more: str = "components: {}\n") -> None:
    projects.make(name, f"backdraft: 1\nname: {name}\n{more}", "ada")


def test_the_overview_tells_of_ones_own_projects_and_of_no_others(client: As, installation: Installation):
    for name in ("shop", "bank"):
        make(installation.projects, name)
    installation.queue.put(Intent("shop", "deploy", "dan"))
    assert client("vic").get("/api/v1/overview").get_json()["projects"] == [
        {
            "project": "shop",
            "paused": False,
            "states": {},
            "release": None,
            "deployed": None,
            "who": "",
            "underway": {"id": 1, "action": "deploy", "state": "waiting", "who": "dan"},
        }
    ]
    assert client("eve").get("/api/v1/overview").get_json() == {"projects": []}


def test_an_outline_shows_boxes_and_lines(client: As, installation: Installation):
    drawn = "components: {api: {kind: python}, db: {kind: postgres}}\nconnections: [{from: api, to: db}]\n"
    make(installation.projects, "shop", drawn)
    assert client("vic").get("/api/v1/projects/shop/outline").get_json() == {
        "boxes": [
            {"name": "api", "kind": "python", "x": 0, "y": 0},
            {"name": "db", "kind": "postgres", "x": 280, "y": 0},
        ],
        "lines": [{"client": "api", "server": "db"}],
    }


def test_a_text_that_is_no_schema_has_an_empty_outline(client: As, installation: Installation):
    installation.projects.make("shop", "components: [", "ada")
    assert client("vic").get("/api/v1/projects/shop/outline").get_json() == {"boxes": [], "lines": []}


def test_every_stack_has_an_outline(client: As):
    stacks = client("vic").get("/api/v1/stacks").get_json()["stacks"]
    assert all(each["outline"]["boxes"] for each in stacks)


def test_settings_are_told_without_what_may_hold_a_password(client: As, installation: Installation):
    told = {each["name"]: each for each in client("root").get("/api/v1/settings").get_json()["settings"]}
    assert (told["threads"]["value"], told["threads"]["is_changed"]) == ("32", False)
    confidential = {name for name, each in told.items() if each["is_confidential"]}
    assert confidential == {"database_url", "redis_url", "smtp_url", "metrics_token", "oidc_client_secret"}
    assert {told[name]["value"] for name in confidential} <= {"", "set"}


def test_the_audit_log_is_searched_by_who_and_what_and_still_comes_in_pages(client: As, installation: Installation):
    for person, what in [("ada", "sign_in"), ("dan", "sign_in"), ("ada", "save_schema"), ("ada (key k_1)", "sign_in")]:
        installation.audit.record(Deed(person, what, "shop"))

    def found(query: str) -> list[str]:
        answer = client("ada").get(f"/api/v1/projects/shop/audit?{query}").get_json()
        return [f"{each['who']}: {each['what']}" for each in answer["deeds"]] + [f"next {answer['next']}"]

    assert found("who=AD&what=sign_in") == ["ada (key k_1): sign_in", "ada: sign_in", "next None"]
    assert found("who=ada&limit=2") == ["ada (key k_1): sign_in", "ada: save_schema", "next 3"]
    assert found("who=%25") == ["next None"]
