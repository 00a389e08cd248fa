"""Every type of problem that the code can answer with is told to those who write programs."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from flask import Flask

from tests.unit.api.conftest import As
from ui.http.problem_types import ADDRESS, TYPES, table

ROOT = Path(__file__).parent.parent.parent.parent
OF_THE_FRAMEWORK = {
    "method-not-allowed",
    "unsupported-media-type",
    "request-entity-too-large",
}


def raised() -> Iterator[tuple[str, str]]:
    """Each literal type of an ApiError in the code, with its place."""
    for folder in ("composer", "deployer", "logs", "monitor", "ui"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "ApiError":
                    given = node.args[1] if len(node.args) > 1 else None
                    if isinstance(given, ast.Constant):
                        yield str(given.value), f"{path.relative_to(ROOT)}:{node.lineno}"


def test_every_type_that_is_raised_is_known_and_every_known_one_is_raised():
    found = dict(raised())
    assert {name: place for name, place in found.items() if name not in TYPES} == {}
    assert set(TYPES) - set(found) == OF_THE_FRAMEWORK


def test_the_page_of_the_api_has_a_table_of_all_of_them():
    page = (ROOT / "docs" / "api.md").read_text()
    assert table() in page, "put in what `python -m ui.http.problem_types` prints"


def test_the_address_of_a_problem_leads_to_what_it_means(client: As):
    told = {name: client("").get(ADDRESS + name).get_json() for name in TYPES}
    assert {name: each["meaning"] for name, each in told.items()} == {name: TYPES[name].meaning for name in TYPES}


def test_a_problem_that_is_none_is_not_found(client: As):
    assert client("").get(f"{ADDRESS}nothing").status_code == 404


def test_the_document_lists_them_and_names_every_operation_once(app: Flask, client: As):
    document = client("").get("/api/v1/openapi.json").get_json()
    assert set(document["x-problem-types"]) == {ADDRESS + name for name in TYPES}
    names = [operation["operationId"] for path in document["paths"].values() for operation in path.values()]
    assert [name for name in names if names.count(name) > 1 or not re.fullmatch(r"[a-z][a-z_]{2,40}", name)] == []
    unsaid = [
        f"{method} {path}"
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if not operation.get("summary") or "security" not in operation
    ]
    assert unsaid == []
