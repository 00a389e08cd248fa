"""The API of the catalogue: what a component can be, what a project can begin with, and the forms of both files."""

import json
import tarfile
from dataclasses import asdict
from functools import cache
from io import BytesIO
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
from composer.model import Health
from composer.outline import outline
from composer.problem import not_found

_TAG = Tag(name="catalogue", description="Kinds of components, and stacks to begin with.")
ARCHIVE = "application/x-tar"
_JSON_SCHEMA = {"content": {"application/json": {"schema": {"type": "object"}}}}


class KindPath(BaseModel):
    """A kind in the address."""

    kind: str = Field(max_length=100, description="The kind's name.")


class PortOut(BaseModel):
    """A port of a kind."""

    protocol: str
    number: int | str = Field(description="Inside the container; a text refers to a setting, as `${settings.port}`.")
    description: str
    prefix: str | None = Field(description="How the variables begin that it gives; none: the server's name.")
    offers: list[str] = Field(description="What a connection to it gives, without the prefix.")


class LimitsOut(BaseModel):
    """What one replica may use."""

    memory: int | None = Field(description="In bytes.")
    cpus: float | None
    pids: int | None


class HealthOut(BaseModel):
    """When a replica is ready: every probe that is given succeeds."""

    tcp: str | None = Field(description="The port that has to accept a connection.")
    http: str | None = Field(description="The port that has to answer, and the path it is asked for: `http/healthz`.")
    command: list[str]
    timeout: float | None = Field(description="Within how many seconds of its start.")


class KindOut(BaseModel):
    """What a component can be, and what holds of one unless its schema says otherwise."""

    kind: str
    title: str
    summary: str
    category: str
    icon: str = Field(description="The name of its picture.")
    settings: dict[str, Any] = Field(description="By name, the JSON Schema of each.")
    ports: dict[str, PortOut]
    accepts: list[str] | None = Field(description="The protocols that it may be drawn to as a client; none: any.")
    routes: bool = Field(description="A proxy: lines from it carry path, host, weight and algorithm.")
    run: str = Field(description="A `service` stays up; a `job` runs to its end.")
    single: bool = Field(description="One replica at most.")
    takes_source: bool = Field(description="An image may be built of people's own code.")
    needs_source: bool = Field(description="One of `source` and `image` has to be given.")
    image: str | None = Field(description="Where its image comes from, with references to settings; none: it has none.")
    command: list[str]
    volumes: dict[str, str] = Field(description="Data that outlives containers: name to path.")
    secrets: dict[str, str] = Field(description="What is made up for each component: name to what it is.")
    limits: LimitsOut
    health: HealthOut
    user: str | None = Field(description="Who the process is inside; none: the image's own.")
    read_only: bool = Field(description="The root file system cannot be written.")
    capabilities: list[str] = Field(description="Linux capabilities that are left to it.")
    egress: bool = Field(description="It reaches the world outside the drawing.")


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


class StackPath(BaseModel):
    """A stack in the address."""

    stack: str = Field(max_length=100, description="The stack's name.")


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

    @api.get(
        "/stacks/<stack>/sources",
        summary="The sample code of a stack, as a tar",
        responses={200: {"content": {ARCHIVE: {"schema": {"type": "string", "format": "binary"}}}}},
    )
    @for_the_signed_in
    def show_stack_sources(path: StackPath) -> Response:
        """What `PUT /api/v1/projects/NAME/sources` takes, for a project that begins with this stack."""
        if path.stack not in {each["stack"] for each in _stacks()}:
            raise not_found(f"stack '{path.stack}'")
        return Response(_sample_code(path.stack), mimetype=ARCHIVE)

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
            port.name: {
                "protocol": port.protocol,
                "number": port.number,
                "description": port.description,
                "prefix": port.prefix,
                "offers": list(port.offers),
            }
            for port in kind.ports.values()
        },
        "accepts": None if kind.accepts is None else list(kind.accepts),
        "routes": kind.routes,
        "run": kind.run,
        "single": kind.single,
        "takes_source": kind.build is not None,
        "needs_source": kind.source_required or kind.image is None,
        "image": f"{kind.image.repository}:{kind.image.tag}" if kind.image else None,
        "command": list(kind.command),
        "volumes": dict(kind.volumes),
        "secrets": {name: rule.description for name, rule in kind.secrets.items()},
        "limits": asdict(kind.limits),
        "health": _health(kind.health),
        "user": kind.user,
        "read_only": kind.read_only,
        "capabilities": list(kind.capabilities),
        "egress": kind.egress,
    }


def _health(health: Health) -> dict[str, Any]:
    http = health.http
    return {
        "tcp": health.tcp,
        "http": f"{http.port}{http.path}" if http else None,
        "command": list(health.command),
        "timeout": health.timeout,
    }


@cache
def _sample_code(stack: str) -> bytes:
    archive = BytesIO()
    with tarfile.open(fileobj=archive, mode="w:", format=tarfile.PAX_FORMAT) as tar:
        for path in sorted((templates.STACKS / stack).iterdir()):
            if path.is_dir():
                tar.add(path, path.name, filter=_nobodys)
    return archive.getvalue()


def _nobodys(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    if member.name.endswith((".pyc", "__pycache__")):
        return None
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member


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
