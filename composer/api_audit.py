"""The API of the audit log: everything for administrators, and what concerns a project for its owners."""

from dataclasses import asdict
from typing import Any

from flask import Response, jsonify
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, Field

from composer.access import Permission
from composer.api import Page, ProjectPath
from composer.audit import Audit
from composer.guarding import needs
from composer.model import NAME_LENGTH

_TAG = Tag(name="audit", description="Who did what, when and from where.")


class DeedOut(BaseModel):
    """One thing that somebody did."""

    id: int
    at: float = Field(description="In seconds since 1970.")
    who: str = Field(description="Empty: nobody who was signed in.")
    what: str
    project: str = Field(description="Empty: to the installation.")
    target: str
    address: str = Field(description="Where the request came from.")
    request: str = Field(description="The id of the request, as the server's log knows it.")
    before: Any = None
    after: Any = None


class DeedsOut(BaseModel):
    """Deeds, the newest first."""

    deeds: list[DeedOut]
    next: str | None = Field(description="The cursor of the next page; none on the last one.")


class Sought(Page):
    """Which part of a log."""

    who: str | None = Field(None, max_length=100, description="Whose deeds: a part of the name.")
    what: str | None = Field(None, max_length=100, description="Of that kind only, such as `queue_deploy`.")


class DeedsPage(Sought):
    """Which part of the whole log."""

    project: str | None = Field(None, max_length=NAME_LENGTH, description="Of this project only.")


def audit_routes(audit: Audit) -> APIBlueprint:
    """`/api/v1/audit` and `/api/v1/projects/<project>/audit`."""
    api = APIBlueprint("audit", __name__, url_prefix="/api/v1", abp_tags=[_TAG])

    @api.get("/audit", summary="Who did what", responses={200: DeedsOut})
    @needs(Permission.ADMINISTER)
    def list_deeds(query: DeedsPage) -> Response:
        return _page(audit, query.project, query)

    @api.get("/projects/<project>/audit", summary="Who did what in a project", responses={200: DeedsOut})
    @needs(Permission.MANAGE)
    def list_deeds_of_project(path: ProjectPath, query: Sought) -> Response:
        return _page(audit, path.project, query)

    return api


def _page(audit: Audit, project: str | None, query: Sought) -> Response:
    found = audit.deeds(project, query.cursor, query.limit + 1, who=query.who, what=query.what)
    page = found[: query.limit]
    more = str(page[-1].id) if len(found) > query.limit else None
    return jsonify(deeds=[asdict(each) for each in page], next=more)
