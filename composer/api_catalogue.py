"""The API of the catalogue: what a component can be, what a project can begin with, and the forms of both files."""

import json
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from flask import Response, jsonify
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, Field

import templates
from composer.api import OutlineOut
from composer.catalogue import Catalogue, Kind
from composer.document import parse
from composer.document_schema import document_schema
from composer.guarding import for_the_signed_in
from composer.outline import outline
from composer.problem import not_found

_TAG = Tag(name="catalogue", description="Kinds of components, and stacks to begin with.")
_JSON_SCHEMA = {"content": {"application/json": {"schema": {"type": "object"}}}}


class KindPath(BaseModel):
    """A kind in the address."""

    kind: str = Field(max_length=100, description="The kind's name.")


class PortOut(BaseModel):
    """A port of a kind."""

    protocol: str
    prefix: str | None = Field(description="How the variables begin that it gives; none: the server's name.")
    offers: list[str] = Field(description="What a connection to it gives, without the prefix.")


class KindOut(BaseModel):
    """What a component can be."""

    kind: str
    title: str
    summary: str
    category: str
    icon: str = Field(description="The name of its picture.")
    settings: dict[str, Any] = Field(description="By name, the JSON Schema of each.")
    ports: dict[str, PortOut]


class KindsOut(BaseModel):
    """Every kind."""

    kinds: list[KindOut]


class StackOut(BaseModel):
    """What a project can begin with."""

    stack: str
    title: str
    summary: str
    text: str = Field(description="Its schema.")
    outline: OutlineOut


class StacksOut(BaseModel):
    """Every stack."""

    stacks: list[StackOut]


def catalogue_routes(catalogue: Catalogue) -> APIBlueprint:
    """`/api/v1/kinds`, `/api/v1/stacks` and the JSON Schemas of schemas and of kinds."""
    api = APIBlueprint("catalogue", __name__, url_prefix="/api/v1", abp_tags=[_TAG])

    @cache
    def form_of_schemas() -> Any:
        return document_schema(catalogue)

    @api.get("/kinds", summary="What a component can be", responses={200: KindsOut})
    @for_the_signed_in
    def list_kinds() -> Response:
        return jsonify(kinds=[_plain(each) for _, each in sorted(catalogue.kinds.items())])

    @api.get("/kinds/<kind>", summary="One kind", responses={200: KindOut})
    @for_the_signed_in
    def show_kind(path: KindPath) -> Response:
        if path.kind not in catalogue.kinds:
            raise not_found(f"kind '{path.kind}'")
        return jsonify(_plain(catalogue.kinds[path.kind]))

    @api.get("/stacks", summary="What a project can begin with", responses={200: StacksOut})
    @for_the_signed_in
    def list_stacks() -> Response:
        return jsonify(stacks=_stacks())

    @api.get("/schema.json", summary="The form of a schema, as JSON Schema", responses={200: _JSON_SCHEMA})
    @for_the_signed_in
    def show_form_of_schemas() -> Response:
        return jsonify(form_of_schemas())

    @api.get("/kind.schema.json", summary="The form of a kind, as JSON Schema", responses={200: _JSON_SCHEMA})
    @for_the_signed_in
    def show_form_of_kinds() -> Response:
        return jsonify(json.loads(templates.KIND_SCHEMA.read_text(encoding="utf-8")))

    return api


def _plain(kind: Kind) -> dict[str, Any]:
    return {
        "kind": kind.name,
        "title": kind.title,
        "summary": kind.summary,
        "category": kind.category,
        "icon": kind.icon,
        "settings": dict(kind.settings),
        "ports": {
            port.name: {"protocol": port.protocol, "prefix": port.prefix, "offers": list(port.offers)}
            for port in kind.ports.values()
        },
    }


@cache
def _stacks() -> list[dict[str, Any]]:
    return [_stack(path.parent) for path in sorted(templates.STACKS.glob("*/stack.yml"))]


def _stack(folder: Path) -> dict[str, Any]:
    told = yaml.safe_load((folder / "stack.yml").read_text(encoding="utf-8"))
    text = (folder / "backdraft.yml").read_text(encoding="utf-8")
    return {
        "stack": folder.name,
        **{name: str(value) for name, value in told.items()},
        "text": text,
        "outline": asdict(outline(parse(text))),
    }
