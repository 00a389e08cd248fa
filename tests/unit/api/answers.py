"""A test client that holds every answer of the API to the OpenAPI document."""

from __future__ import annotations

import json
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from ui.http.describing import _as_path, described_api

JSON = ("application/json", "application/problem+json")
NAMED = ("ETag", "Location", "Retry-After")
"""The headers that programs read: one that is sent is described."""


class HeldClient(FlaskClient):
    """Raises AssertionError where an answer is not as the document says."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Make a request."""
        answer = super().open(*args, **kwargs)
        found = faults(self.application, answer)
        assert found == [], f"{answer.request.method} {answer.request.path} {answer.status_code}: {found}"
        return answer


def faults(app: Flask, answer: TestResponse) -> list[str]:
    """What the document says otherwise of an answer of `/api/v1`."""
    path = answer.request.path
    if not path.startswith("/api/v1/") or path == "/api/v1/openapi.json":
        return []
    try:
        rule, _ = app.url_map.bind("localhost").match(path, answer.request.method, return_rule=True)
    except HTTPException:
        return []  # no route: it is told in a problem document, which test_guard sees to
    document = _document(app)
    operation = document["paths"].get(_as_path(rule.rule), {}).get(answer.request.method.lower())
    if operation is None:
        return ["the document does not know it"]
    said = operation["responses"].get(str(answer.status_code)) or operation["responses"]["default"]
    if "$ref" in said:
        said = document["components"]["responses"][said["$ref"].rpartition("/")[2]]
    found = [f"header {name}" for name in NAMED if name in answer.headers and name not in said.get("headers", {})]
    kind = answer.content_type.partition(";")[0] if answer.content_type else ""
    content = said.get("content", {})
    if not content:
        return found + ([f"a body of {kind}"] if not answer.is_streamed and answer.data else [])
    if kind not in content:
        return [*found, f"the type {kind}, not {', '.join(content)}"]
    if kind in JSON:
        found += _unlike(document, content[kind]["schema"], json.loads(answer.data))
    return found


def _document(app: Flask) -> dict[str, Any]:
    if "described" not in app.extensions:
        app.extensions["described"] = json.loads(app.json.dumps(described_api(app)))  # type: ignore[arg-type]
    found: dict[str, Any] = app.extensions["described"]
    return found


def _unlike(document: dict[str, Any], schema: dict[str, Any], content: Any) -> list[str]:
    validator = Draft202012Validator({**schema, "components": document["components"]})
    return [
        f"{'/'.join(map(str, each.absolute_path))}: {each.message[:200]}" for each in validator.iter_errors(content)
    ]
