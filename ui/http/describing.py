"""The OpenAPI document of the API, made from the routes themselves."""

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from flask import Blueprint, Response, jsonify
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.openapi import OpenAPI
from pydantic import BaseModel, ConfigDict, Field

from composer.guarding import Guard, for_everybody, guard_of
from ui.http.problem_types import ADDRESS, TYPES
from ui.http.problems import CONTENT_TYPE

SECURITY_SCHEMES: dict[str, Any] = {
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "backdraft_session",
        "description": "The cookie of a person who is signed in; over HTTPS its name begins with __Host-. "
        "Requests that change something bring X-CSRF-Token as well.",
    },
    "key": {
        "type": "http",
        "scheme": "Backdraft-HMAC-SHA256",
        "description": "A request that is signed with an access key: docs/api.md tells how, with examples.",
    },
}
ETAG = {"description": "The version, for If-Match and If-None-Match.", "schema": {"type": "string"}}
LOCATION = {"description": "Where what was made, or what was begun, is found.", "schema": {"type": "string"}}
RETRY_AFTER = {"description": "After how many seconds to ask again.", "schema": {"type": "integer", "minimum": 1}}
METHODS = ("get", "post", "put", "patch", "delete")
PROBLEM = {"$ref": "#/components/responses/Problem"}


class ProblemDocument(BaseModel):
    """A problem, as RFC 9457 describes it; some types have further members."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "type": "/problems/not-found",
                "title": "There is no such thing here",
                "status": 404,
                "detail": "project 'shpo'",
                "remedy": "check its name and your rights",
                "instance": "/requests/4f0c2a9d1b7e6358",
            }
        }
    )

    type: str = Field(description="The kind of problem, as an address; it never changes its meaning.")
    title: str
    status: int
    detail: str = ""
    path: str = Field("", description="Where in what was sent.")
    remedy: str = Field("", description="What may help.")
    instance: str = Field("", description="The request, as the server's log knows it.")


class DescribedApi(OpenAPI):
    """An application whose document knows every method of a path, also where several blueprints share the path."""

    def register_api(self, api: APIBlueprint, **options: Any) -> None:
        """Take in the routes of `api`; the library forgets those that the same path had before."""
        before = dict(self.paths)
        super().register_api(api, **options)
        for path, item in before.items():
            for method in METHODS:
                operation = getattr(item, method)
                if operation is not None:
                    setattr(self.paths[path], method, operation)


def description_routes(app: OpenAPI) -> Blueprint:
    """`/api/v1/openapi.json`."""
    routes = Blueprint("describing", __name__)

    @cache
    def described() -> dict[str, Any]:
        return described_api(app)

    @routes.get("/api/v1/openapi.json")
    @for_everybody
    def openapi() -> Response:
        return jsonify(described())

    return routes


def described_api(app: OpenAPI) -> dict[str, Any]:
    """The document, with what every route has in common: its name, who may call it, its problems and its headers."""
    document: dict[str, Any] = app.api_doc
    rules = {
        (method, _as_path(rule.rule)): rule.endpoint
        for rule in app.url_map.iter_rules()
        for method in rule.methods or ()
    }
    names = _operation_ids(rules.values())
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            endpoint = rules[method.upper(), path]
            operation["operationId"] = names[endpoint]
            _tell_who(operation, guard_of(app.view_functions[endpoint]))
            _tell_answers(operation)
    components = document["components"]
    components["schemas"]["ProblemDocument"]["properties"]["type"]["examples"] = [ADDRESS + name for name in TYPES]
    components.setdefault("responses", {})["Problem"] = {
        "description": "A problem",
        "headers": {"Retry-After": RETRY_AFTER},
        "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}},
    }
    document["x-problem-types"] = {
        ADDRESS + name: {"status": each.status, "meaning": each.meaning, "remedy": each.remedy}
        for name, each in TYPES.items()
    }
    return document


def _operation_ids(endpoints: Iterable[str]) -> Mapping[str, str]:
    """The name of each endpoint's function; with its blueprint's where two have the same."""
    functions = {endpoint: endpoint.rpartition(".")[2] for endpoint in endpoints}
    often = Counter(functions.values())
    return {endpoint: name if often[name] == 1 else endpoint.replace(".", "_") for endpoint, name in functions.items()}


def _tell_who(operation: dict[str, Any], guard: Guard | None) -> None:
    if guard is None or guard.is_open:
        operation["security"] = []
        return
    operation["security"] = [{"session": []}] if guard.is_personal else [{"session": []}, {"key": []}]
    if guard.permission:
        operation["x-permission"] = guard.permission.value


def _tell_answers(operation: dict[str, Any]) -> None:
    answers = operation["responses"]
    asked = {parameter["name"] for parameter in operation.get("parameters", ())}
    for status in ("201", "202", "303"):
        if status in answers:
            answers[status].setdefault("headers", {})["Location"] = LOCATION
    if asked & {"If-Match", "If-None-Match"}:
        answers["200"].setdefault("headers", {})["ETag"] = ETAG
    if "If-None-Match" in asked:
        answers["304"] = {"description": "It is still the version of If-None-Match", "headers": {"ETag": ETAG}}
    if operation["security"]:
        answers["401"] = answers["403"] = PROBLEM
    if any(parameter["in"] == "path" for parameter in operation.get("parameters", ())):
        answers["404"] = PROBLEM
    answers["422"] = answers["default"] = PROBLEM


def _as_path(rule: str) -> str:
    """`/projects/<int:version>` as OpenAPI writes it."""
    return "".join(
        "{" + part.partition(">")[0].rpartition(":")[2] + "}" + part.partition(">")[2] if index else part
        for index, part in enumerate(rule.split("<"))
    )
