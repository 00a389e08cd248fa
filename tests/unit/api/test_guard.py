"""What every route of the API has in common."""

from __future__ import annotations

import pytest
from flask import Flask

from composer.guarding import guard_of
from tests.unit.api.conftest import As


def test_every_route_says_who_may_call_it(app: Flask):
    unmarked = [rule.rule for rule in app.url_map.iter_rules() if guard_of(app.view_functions[rule.endpoint]) is None]
    assert unmarked == []


def test_a_route_that_says_nothing_is_denied(app: Flask, client: As):
    app.add_url_rule("/forgotten", view_func=lambda: "secret", endpoint="forgotten")
    answer = client("root").get("/forgotten")
    assert (answer.status_code, b"secret" in answer.data) == (403, False)


def test_every_answer_has_an_id_and_makes_browsers_careful(client: As):
    answer = client("").get("/healthz")
    assert answer.get_json() == {"status": "ok"}
    assert len(answer.headers["X-Request-Id"]) == 16
    assert "script-src 'self';" in answer.headers["Content-Security-Policy"]
    assert (answer.headers["X-Content-Type-Options"], answer.headers["Cache-Control"]) == ("nosniff", "no-store")


@pytest.mark.parametrize(
    ("given", "kept"), [("abcdef0123456789", True), ("short", False), ("x" * 65, False), ("a b<c>dddddd", False)]
)
def test_an_id_that_was_given_is_kept_if_it_is_harmless(client: As, given: str, kept: bool):
    answer = client("").get("/healthz", headers={"X-Request-Id": given})
    assert (answer.headers["X-Request-Id"] == given) is kept


def test_a_path_that_is_none_is_a_problem_document(client: As):
    answer = client("").get("/api/v1/nothing")
    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")
    assert answer.get_json()["instance"] == f"/requests/{answer.headers['X-Request-Id']}"


def test_a_body_that_is_too_large_is_refused(client: As):
    answer = client("ada").post("/api/v1/check", data=b"x" * (5 * 2**20), content_type="application/json")
    assert (answer.status_code, answer.content_type) == (413, "application/problem+json")


def test_what_fails_unexpectedly_tells_nothing_of_itself(app: Flask, client: As):
    from composer.guarding import for_everybody

    def fails() -> str:
        raise RuntimeError("password=hunter2")

    app.add_url_rule("/fails", view_func=for_everybody(fails), endpoint="fails")
    answer = client("").get("/fails")
    assert (answer.status_code, b"hunter2" in answer.data) == (500, False)


def test_the_description_of_the_api_knows_every_route_and_who_may_call_it(app: Flask, client: As):
    described = client("").get("/api/v1/openapi.json").get_json()
    routes = {
        (method, rule.rule.replace("<", "{").replace(">", "}").replace("int:", ""))
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
        if rule.rule.startswith("/api/v1/") and not rule.rule.endswith("openapi.json")
    }
    assert {(method.upper(), path) for path, found in described["paths"].items() for method in found} == routes
    save = described["paths"]["/api/v1/projects/{project}/schema"]["put"]
    assert (save["x-permission"], save["security"]) == ("draw", [{"session": []}, {"key": []}])


FOR_MACHINES_TOO = {"check", "revoke_my_key"}
"""Routes that change something, or look as if they did, and that a key of any scope may call."""


def test_no_key_changes_anything_of_the_account_of_its_person(app: Flask):
    open_to_keys = {
        rule.endpoint.rpartition(".")[2]
        for rule in app.url_map.iter_rules()
        if (rule.methods or set()) & {"POST", "PUT", "PATCH", "DELETE"}
        and (guard := guard_of(app.view_functions[rule.endpoint])) is not None
        and not (guard.is_open or guard.is_personal or guard.permission)
    }
    assert open_to_keys == FOR_MACHINES_TOO
