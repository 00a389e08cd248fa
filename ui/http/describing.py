"""The OpenAPI document of the API, made from the routes themselves."""

from functools import cache
from typing import Any

from flask import Blueprint, Response, jsonify
from flask_openapi3.openapi import OpenAPI
from pydantic import BaseModel, Field

from composer.guarding import for_everybody, guard_of
from ui.http.problems import CONTENT_TYPE


class ProblemDocument(BaseModel):
    """A problem, as RFC 9457 describes it."""

    type: str = Field(description="The kind of problem, as an address; it never changes its meaning.")
    title: str
    status: int
    detail: str = ""
    path: str = Field("", description="Where in what was sent.")
    remedy: str = Field("", description="What may help.")
    instance: str = Field("", description="The request, as the server's log knows it.")


def description_routes(app: OpenAPI) -> Blueprint:
    """`/api/v1/openapi.json`."""
    routes = Blueprint("describing", __name__)

    @cache
    def described() -> dict[str, Any]:
        return _with_problems(app, app.api_doc)

    @routes.get("/api/v1/openapi.json")
    @for_everybody
    def openapi() -> Response:
        return jsonify(described())

    return routes


def _with_problems(app: OpenAPI, document: dict[str, Any]) -> dict[str, Any]:
    """The document with the problems that every route may answer with, and who may call it."""
    guards = {
        (method, _as_path(rule.rule)): guard_of(app.view_functions[rule.endpoint])
        for rule in app.url_map.iter_rules()
        for method in rule.methods or ()
    }
    problem = {"content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}}}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            guard = guards.get((method.upper(), path))
            answers = operation["responses"]
            answers["422"] = {"description": "The request is not as it should be", **problem}
            answers["default"] = {"description": "Any other problem", **problem}
            if guard and not guard.is_open:
                operation["security"] = [{"session": []}, {"key": []}]
            if guard and guard.permission:
                operation["x-permission"] = guard.permission.value
    return document


def _as_path(rule: str) -> str:
    """`/projects/<int:version>` as OpenAPI writes it."""
    return "".join(
        "{" + part.partition(">")[0].rpartition(":")[2] + "}" + part.partition(">")[2] if index else part
        for index, part in enumerate(rule.split("<"))
    )
