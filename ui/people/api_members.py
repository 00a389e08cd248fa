"""The API of who is what in a project, and of inviting others into it."""

from http import HTTPStatus

from flask import Response, jsonify
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, Field

from composer.access import Permission, Role
from composer.api import ProjectPath
from composer.guarding import audited, needs, principal
from composer.journal import Journal
from composer.members import LastOwnerError, ProjectGoneError
from composer.problem import ApiError, not_found
from composer.projects import Projects
from ui.people.answers import (
    Email,
    InvitationsOut,
    NewInvitationOut,
    hold_to_mail,
    invitation_out,
    new_invitation_out,
)
from ui.people.letters import invitation_letter
from ui.people.registry import Registry

TAG = Tag(name="members", description="Who is what in a project.")


class MemberPath(ProjectPath):
    """A member in the address."""

    person: str = Field(max_length=60, description="The id of somebody.")


class InvitationPath(ProjectPath):
    """An invitation in the address."""

    invitation: str = Field(max_length=60)


class RoleIn(BaseModel):
    """A role."""

    role: Role


class InvitationIn(RoleIn, Email):
    """Whom to invite: by mail to `email`, or by a link to hand over."""


class MemberOut(BaseModel):
    """Somebody of a project."""

    person: str
    name: str
    role: Role
    since: float = Field(description="In seconds since 1970.")


class MembersOut(BaseModel):
    """Everybody of a project, those first who came first."""

    members: list[MemberOut]


def member_routes(registry: Registry, projects: Projects, journal: Journal) -> APIBlueprint:
    """Members and invitations below `/api/v1/projects/<project>`."""
    api = APIBlueprint("members", __name__, url_prefix="/api/v1/projects/<project>", abp_tags=[TAG])

    @api.get("/members", summary="Who is what", responses={200: MembersOut})
    @needs(Permission.READ)
    def list_members(path: ProjectPath) -> Response:
        _hold_to_project(projects, path.project)
        found = registry.members.of(path.project)
        names = registry.people.names(tuple(each.person for each in found))
        return jsonify(
            members=[
                MemberOut(
                    person=each.person, name=names.get(each.person, each.person), role=each.role, since=each.since
                ).model_dump()
                for each in found
            ]
        )

    @api.put("/members/<person>", summary="Give a member another role", responses={200: MemberOut})
    @needs(Permission.MANAGE)
    def change_member(path: MemberPath, body: RoleIn) -> Response:
        before = _role(registry, path.project, path.person)
        try:
            registry.members.put(path.project, path.person, body.role)
        except LastOwnerError:
            raise _last_owner() from None
        name = _changed(path.person)
        audited(name, {"role": before}, {"role": body.role})
        journal.write(path.project, "member.changed", {"name": name, "role": body.role, "who": str(principal())})
        since = next(each.since for each in registry.members.of(path.project) if each.person == path.person)
        return jsonify(MemberOut(person=path.person, name=name, role=body.role, since=since).model_dump())

    @api.delete("/members/<person>", summary="Have somebody be no member any more", responses={204: None})
    @needs(Permission.MANAGE)
    def remove_member(path: MemberPath) -> Response:
        return leaves(path.project, path.person)

    @api.delete("/membership", summary="Leave a project", responses={204: None})
    @needs(Permission.READ)
    def leave_project(path: ProjectPath) -> Response:
        return leaves(path.project, principal().id)

    @api.get("/invitations", summary="Invitations that wait", responses={200: InvitationsOut})
    @needs(Permission.MANAGE)
    def list_invitations(path: ProjectPath) -> Response:
        _hold_to_project(projects, path.project)
        found = registry.invitations.of(path.project)
        return jsonify(invitations=[invitation_out(each).model_dump() for each in found])

    @api.post("/invitations", summary="Invite somebody", responses={201: NewInvitationOut})
    @needs(Permission.MANAGE)
    def invite_member(path: ProjectPath, body: InvitationIn) -> Response:
        hold_to_mail(registry, body.email)
        try:
            made, token = registry.invitations.make(
                str(principal()), project=path.project, role=body.role, email=body.email
            )
        except ProjectGoneError:
            raise not_found(f"project '{path.project}'") from None
        if made.email:
            registry.mailer.send(invitation_letter(made, made.email, registry.url, token))
        audited(made.id, after={"role": body.role, "email": body.email})
        response = jsonify(new_invitation_out(registry, made, token).model_dump())
        response.status_code = HTTPStatus.CREATED
        return response

    @api.delete("/invitations/<invitation>", summary="Take an invitation back", responses={204: None})
    @needs(Permission.MANAGE)
    def withdraw_invitation(path: InvitationPath) -> Response:
        if registry.invitations.withdraw(path.project, path.invitation) is None:
            raise not_found("that invitation")
        audited(path.invitation)
        return Response(status=HTTPStatus.NO_CONTENT)

    def leaves(project: str, person: str) -> Response:
        before = _role(registry, project, person)
        try:
            registry.members.remove(project, person)
        except LastOwnerError:
            raise _last_owner() from None
        name = _changed(person)
        audited(name, {"role": before})
        journal.write(project, "member.left", {"name": name, "who": str(principal())})
        return Response(status=HTTPStatus.NO_CONTENT)

    def _changed(person: str) -> str:
        """Somebody's rights are others now: the name."""
        registry.sessions.rotate(person)
        return registry.people.names((person,)).get(person, person)

    return api


def _hold_to_project(projects: Projects, name: str) -> None:
    if projects.find(name) is None:
        raise not_found(f"project '{name}'")


def _role(registry: Registry, project: str, person: str) -> Role:
    found = registry.members.roles(person).get(project)
    if found is None:
        raise not_found("that member")
    return found


def _last_owner() -> ApiError:
    return ApiError(409, "last-owner", "The project would have no owner", remedy="make somebody else an owner first")
