"""The API of drawings: the catalogue, judging a schema, projects and their drafts."""

from dataclasses import asdict
from http import HTTPStatus
from typing import Any

from flask import Response, jsonify, request
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, Field

from composer.access import Permission
from composer.advice import advise
from composer.catalogue import Catalogue
from composer.guarding import audited, for_the_signed_in, needs, principal, unaudited
from composer.journal import Journal
from composer.judgement import judged
from composer.model import NAME_LENGTH, NAME_PATTERN, Problem, Schema
from composer.outline import Outline, outline
from composer.problem import ApiError, not_found
from composer.projects import Draft, LostUpdateError, Project, ProjectExistsError, Projects

LARGEST_SCHEMA = 2**20
LARGEST_VERSION = 2**31 - 1
LARGEST_ID = 2**53
"""What every database can hold and compare, and every program can read in JSON."""
_EXAMPLE = "backdraft: 1\nname: shop\ncomponents:\n  db: {kind: postgres}\n"
_TAG = Tag(name="drawings", description="The catalogue of kinds, projects and their schemas.")


class ProjectPath(BaseModel):
    """A project in the address."""

    project: str = Field(description="The project's name.", max_length=NAME_LENGTH)


class VersionPath(ProjectPath):
    """A version of a project's schema in the address."""

    version: int = Field(ge=1, le=LARGEST_VERSION, description="A version of its schema.")


class SchemaText(BaseModel):
    """A schema, as text."""

    text: str = Field(description="The YAML document.", max_length=LARGEST_SCHEMA, examples=[_EXAMPLE])


class NewProject(BaseModel):
    """A project to be made."""

    name: str = Field(
        pattern=NAME_PATTERN, max_length=NAME_LENGTH, description="What the schema calls itself.", examples=["shop"]
    )
    text: str | None = Field(None, description="Its first schema; without it, an empty one.", max_length=LARGEST_SCHEMA)


class ProjectOut(BaseModel):
    """A project."""

    name: str
    made: float = Field(description="When, in seconds since 1970.")
    made_by: str
    paused: bool = Field(description="Whether what runs is left alone even where it is not what was deployed.")
    version: int = Field(description="The version of its newest schema.")


class ProjectsOut(BaseModel):
    """The projects that the caller may see."""

    projects: list[ProjectOut]


class DraftOut(BaseModel):
    """A version of a project's schema."""

    project: str
    version: int
    text: str
    who: str
    at: float = Field(description="When it was saved, in seconds since 1970.")


class BoxOut(BaseModel):
    """A component in an outline."""

    name: str
    kind: str
    x: float
    y: float


class LineOut(BaseModel):
    """A connection in an outline."""

    client: str
    server: str


class OutlineOut(BaseModel):
    """A drawing's boxes, where they stand, and its lines; of a text that cannot be read, what can."""

    boxes: list[BoxOut]
    lines: list[LineOut]


class DraftsOut(BaseModel):
    """Versions of a schema, newest first."""

    drafts: list[DraftOut]
    next: str | None = Field(description="The cursor of the next page; none on the last one.")


class ProblemOut(BaseModel):
    """One thing that is wrong with a schema."""

    path: str
    fault: str
    remedy: str
    line: int | None
    column: int | None


class AdviceOut(BaseModel):
    """One thing that could go better."""

    id: str
    component: str
    why: str
    fix: str


class JudgementOut(BaseModel):
    """Everything that is wrong with a schema, or else what could go better."""

    problems: list[ProblemOut]
    complete: bool = Field(description="Whether these are all problems, and not only the first.")
    advice: list[AdviceOut]


class EditedVersion(BaseModel):
    """Which version was edited."""

    if_match: str | None = Field(
        None, alias="If-Match", description="The ETag of the schema that was edited; a save without it is refused."
    )


class KnownVersion(BaseModel):
    """Which version is known already."""

    if_none_match: str | None = Field(
        None, alias="If-None-Match", description="The ETag of the schema that you have; the same is not sent again."
    )


class Page(BaseModel):
    """Which part of a list."""

    cursor: int | None = Field(None, ge=1, le=LARGEST_ID, description="Where the page before ended.")
    limit: int = Field(50, ge=1, le=200)


def drawing_routes(projects: Projects, journal: Journal, catalogue: Catalogue) -> APIBlueprint:
    """Everything below `/api/v1` that is about drawings."""
    api = APIBlueprint("drawings", __name__, url_prefix="/api/v1", abp_tags=[_TAG])

    @api.post("/check", summary="Judge a schema", responses={200: JudgementOut})
    @for_the_signed_in
    def check(body: SchemaText) -> Response:
        unaudited()
        return jsonify(_judgement(body.text, catalogue))

    @api.get("/projects", summary="The projects you may see", responses={200: ProjectsOut})
    @for_the_signed_in
    def list_projects() -> Response:
        who = principal()
        return jsonify(projects=[asdict(each) for each in projects.all() if who.sees(each.name)])

    @api.post("/projects", summary="Make a project", responses={201: ProjectOut})
    @needs(Permission.MAKE_PROJECTS)
    def make_project(body: NewProject) -> Response:
        text = body.text if body.text is not None else f"backdraft: 1\nname: {body.name}\ncomponents: {{}}\n"
        _refuse_another_name(text, body.name, catalogue)
        try:
            projects.make(body.name, text, str(principal()), principal().id)
        except ProjectExistsError:
            raise ApiError(
                409, "exists", "There is a project of that name", body.name, "name", "choose another name"
            ) from None
        journal.write(body.name, "project.made", {"who": str(principal())})
        audited(after={"name": body.name}, project=body.name)
        response = jsonify(asdict(_found(projects, body.name)))
        response.status_code = HTTPStatus.CREATED
        response.headers["Location"] = f"/api/v1/projects/{body.name}"
        return response

    @api.get("/projects/<project>", summary="A project", responses={200: ProjectOut})
    @needs(Permission.READ)
    def show_project(path: ProjectPath) -> Response:
        return jsonify(asdict(_found(projects, path.project)))

    @api.get("/projects/<project>/schema", summary="The schema as it is drawn now", responses={200: DraftOut})
    @needs(Permission.READ)
    def show_schema(path: ProjectPath, header: KnownVersion) -> Response:
        draft = _newest(projects, path.project)
        if request.if_none_match.contains(_tag(draft)):
            return Response(status=HTTPStatus.NOT_MODIFIED, headers={"ETag": _quoted(draft)})
        return _with_tag(draft)

    @api.get("/projects/<project>/outline", summary="The drawing, for a small picture", responses={200: OutlineOut})
    @needs(Permission.READ)
    def show_outline(path: ProjectPath) -> Response:
        return jsonify(asdict(_outline(_newest(projects, path.project).text, catalogue)))

    @api.put("/projects/<project>/schema", summary="Save the schema", responses={200: DraftOut})
    @needs(Permission.DRAW)
    def save_schema(path: ProjectPath, header: EditedVersion, body: SchemaText) -> Response:
        before = _newest(projects, path.project)
        base = _base_version(before)
        _refuse_another_name(body.text, path.project, catalogue)
        try:
            saved = projects.save(path.project, body.text, str(principal()), base)
        except LostUpdateError as error:
            raise _lost_update(error, base) from None
        if saved.version != before.version:
            journal.write(path.project, "draft.saved", {"version": saved.version, "who": saved.who})
            audited("schema", {"version": before.version}, {"version": saved.version})
        return _with_tag(saved)

    @api.get("/projects/<project>/drafts", summary="Versions of the schema", responses={200: DraftsOut})
    @needs(Permission.READ)
    def list_drafts(path: ProjectPath, query: Page) -> Response:
        _found(projects, path.project)
        found = projects.drafts(path.project, query.cursor, query.limit + 1)
        page = found[: query.limit]
        more = str(page[-1].version) if len(found) > query.limit else None
        return jsonify(drafts=[asdict(each) for each in page], next=more)

    @api.get("/projects/<project>/drafts/<int:version>", summary="One version", responses={200: DraftOut})
    @needs(Permission.READ)
    def show_draft(path: VersionPath) -> Response:
        draft = projects.draft(path.project, path.version)
        if draft is None:
            raise not_found(f"version {path.version} of {path.project}")
        return jsonify(asdict(draft))

    return api


def _found(projects: Projects, name: str) -> Project:
    found = projects.find(name)
    if found is None:
        raise not_found(f"project '{name}'")
    return found


def _newest(projects: Projects, name: str) -> Draft:
    found = projects.draft(name)
    if found is None:
        raise not_found(f"project '{name}'")
    return found


def _outline(text: str, catalogue: Catalogue) -> Outline:
    schema = judged(text.encode(), catalogue).schema
    return outline(schema) if schema else Outline()


def _base_version(newest: Draft) -> int:
    """The version that was edited, from If-Match: a save that does not say it could undo what others saved."""
    if not request.if_match:
        raise ApiError(
            428,
            "precondition-required",
            "Say which version you edited",
            "the header If-Match is missing",
            remedy="send the ETag of the schema that you have edited",
        )
    if request.if_match.star_tag:
        return newest.version
    for tag in request.if_match.as_set():
        if tag.startswith("v") and tag[1:].isdecimal() and len(tag) <= 11 and int(tag[1:]) <= LARGEST_VERSION:
            return int(tag[1:])
    raise ApiError(400, "bad-etag", "That is no version of a schema", request.headers.get("If-Match", "")[:100])


def _lost_update(error: LostUpdateError, base: int) -> ApiError:
    return ApiError(
        412,
        "lost-update",
        "Somebody saved before you",
        f"version {error.newest.version} of {error.newest.who} stands, you edited version {base}",
        remedy="merge the three texts, and save again with the newest version",
        more={"newest": asdict(error.newest), "base": asdict(error.base) if error.base else None},
    )


def _refuse_another_name(text: str, name: str, catalogue: Catalogue) -> None:
    """A text that does not parse may be saved, it is a draft; one that calls itself by another name is a mistake."""
    schema = judged(text.encode(), catalogue).schema
    if schema is not None and schema.name != name:
        raise ApiError(
            422,
            "another-name",
            "The schema has another name",
            f"it calls itself '{schema.name}'",
            "name",
            f"write `name: {name}`",
        )


def _judgement(text: str, catalogue: Catalogue) -> dict[str, Any]:
    found = judged(text.encode(), catalogue)
    return {
        "problems": list(map(_plain, found.problems)),
        "complete": found.is_complete,
        "advice": _advice(found.schema, catalogue) if found.schema and not found.problems else [],
    }


def _advice(schema: Schema, catalogue: Catalogue) -> list[dict[str, str]]:
    return [asdict(each) for each in advise(schema, catalogue)]


def _plain(problem: Problem) -> dict[str, Any]:
    place = problem.place
    return {
        "path": problem.path,
        "fault": problem.fault,
        "remedy": problem.remedy,
        "line": place.line if place else None,
        "column": place.column if place else None,
    }


def _tag(draft: Draft) -> str:
    return f"v{draft.version}"


def _quoted(draft: Draft) -> str:
    return f'"{_tag(draft)}"'


def _with_tag(draft: Draft) -> Response:
    response = jsonify(asdict(draft))
    response.headers["ETag"] = _quoted(draft)
    return response
