"""Every route × every role × whose project it names: what is not granted is denied.

The routes are those that the application has, so a new one is in here from the first day. What its guard says decides
what each role gets. A route with an argument that SAMPLES does not know fails: say there what may stand in its place.
"""

from __future__ import annotations

import re

from flask import Flask
from werkzeug.test import TestResponse

from composer.access import Permission
from composer.guarding import Guard, guard_of
from tests.unit.api.conftest import PEOPLE, As
from ui.installation import Installation

SAMPLES = {
    "component": "web",
    "deploy": "1",
    "file": "theme.js",
    "invitation": "i_none",
    "key": "bdk_none",
    "kind": "postgres",
    "name": "TOKEN",
    "other": "2",
    "person": "p_none",
    "place": "shop",
    "problem": "lost-update",
    "release": "1",
    "screen": "profile",
    "session": "s_none",
    "stack": "shop",
    "version": "1",
}
"""What stands in the place of an argument: something of the right form that is nobody's."""

ROLES = {"nobody": "", "stranger": "eve", "viewer": "vic", "developer": "dan", "owner": "ada", "administrator": "root"}
"""Whom of PEOPLE each role is in `shop`; in `bank` they are nothing, but for the administrator."""

LEAST = {
    Permission.READ: "viewer",
    Permission.DRAW: "developer",
    Permission.DEPLOY: "developer",
    Permission.OPERATE: "developer",
    Permission.SET_SECRETS: "developer",
    Permission.MANAGE: "owner",
    Permission.MAKE_PROJECTS: "owner",
    Permission.ADMINISTER: "administrator",
}
"""The first role that has each permission; written here once more, so that a slip in the grants is seen.

The owner of shop may make projects as well: an administrator has said so.
"""
PROJECTS = {
    "own": "shop",
    "foreign": "bank",
    "none": "nowhere",
    "nested": "shop%2F..%2Fbank",
    "nested plainly": "shop/../bank",
    "empty": "",
}
SECRET = "only-in-bank"


def routes(app: Flask) -> list[tuple[str, str, Guard | None]]:
    """Method, rule and guard of everything that the application answers."""
    return sorted(
        (
            (method, rule.rule, guard_of(app.view_functions[rule.endpoint]))
            for rule in app.url_map.iter_rules()
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        ),
        key=lambda each: each[:2],
    )


def arguments(rule: str) -> list[str]:
    return [word.rpartition(":")[2] for word in re.findall(r"<([^>]+)>", rule)]


def filled(rule: str, project: str) -> str:
    """The address that `rule` is asked by."""
    values = {**SAMPLES, "project": project}
    return re.sub(r"<(?:[^:>]+:)?([^>]+)>", lambda found: values[found[1]], rule)


def expected(guard: Guard, role: str, whose: str) -> str:
    """What a role gets from a route: `in`, or the kind of refusal."""
    order = list(ROLES)
    if guard.is_open:
        return "in"
    if role == "nobody":
        return "401"
    if whose in ("foreign", "none") and role != "administrator":
        return "404"
    if whose == "own" and role == "stranger":
        return "404"
    if guard.permission is None or order.index(role) >= order.index(LEAST[guard.permission]):
        return "in"
    return "403"


def got(answer: TestResponse) -> str:
    """The same of an answer; a route that was let in may find its own faults with what it was sent."""
    type_of = (answer.get_json(silent=True) or {}).get("type", "")
    if answer.status_code in (401, 403) and type_of in ("/problems/not-signed-in", "/problems/denied"):
        return str(answer.status_code)
    if answer.status_code == 404 and "project '" in answer.get_json().get("detail", ""):
        return "404"
    return "in" if answer.status_code < 500 else str(answer.status_code)


def projects(installation: Installation) -> None:
    """Both projects are there, whatever the request before has done."""
    for name in ("shop", "bank"):
        installation.queue.forget(name)  # what an owner had queued is for no developer to cancel
        if installation.projects.find(name) is None:
            text = f"backdraft: 1\nname: {name}\ncomponents: {{}}\n" + (f"# {SECRET}\n" if name == "bank" else "")
            installation.projects.make(name, text, "somebody")


def test_every_argument_of_a_route_has_a_sample(app: Flask):
    unknown = {
        f"{rule}: {name}"
        for _, rule, _ in routes(app)
        for name in arguments(rule)
        if name != "project" and name not in SAMPLES
    }
    assert unknown == set(), "say in SAMPLES what may stand there"


def test_every_route_grants_what_its_guard_says_and_nothing_else(app: Flask, client: As, installation: Installation):
    wrong, cells = [], 0
    for method, rule, guard in routes(app):
        assert guard is not None, f"{method} {rule} says nothing of who may call it"
        owners = ("own", "foreign", "none") if "project" in arguments(rule) else ("",)
        for whose in owners:
            for role, person in ROLES.items():
                projects(installation)
                answer = client(person).open(filled(rule, PROJECTS.get(whose, "")), method=method, json={})
                wanted, found = expected(guard, role, whose), got(answer)
                if whose == "none" and role == "administrator":
                    found = "in" if found == "404" else found  # there is nothing to be let into
                if wanted != found:
                    wrong.append(f"{method} {rule} as {role}, {whose} project: {found} instead of {wanted}")
                cells += 1
                answer.close()
    assert wrong == []
    assert cells > 250


def test_no_name_of_a_project_leads_into_another(app: Flask, client: As, installation: Installation):
    wrong = []
    for method, rule, _ in routes(app):
        if "project" not in arguments(rule):
            continue
        for whose in ("nested", "nested plainly", "empty"):
            for role, person in ROLES.items():
                projects(installation)
                answer = client(person).open(filled(rule, PROJECTS.get(whose, "")), method=method, json={})
                if answer.status_code not in (308, 401, 403, 404, 405) or SECRET.encode() in answer.data:
                    wrong.append(f"{method} {rule} as {role}, {whose}: {answer.status_code}")
    assert wrong == []
    assert installation.projects.find("bank") is not None


def test_no_reading_request_changes_anything(app: Flask, client: As, installation: Installation):
    projects(installation)
    before = (installation.audit.deeds(), installation.journal.bounds(), installation.projects.all())
    for method, rule, _ in routes(app):
        if method == "GET":
            for person in (*PEOPLE, ""):
                client(person).get(filled(rule, "shop")).close()
    assert (installation.audit.deeds(), installation.journal.bounds(), installation.projects.all()) == before
