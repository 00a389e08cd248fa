"""The API of everybody, for administrators."""

from dataclasses import replace
from http import HTTPStatus

from flask import Response, jsonify
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, Field

from composer.access import Permission
from composer.guarding import audited, needs, principal
from composer.problem import ApiError, not_found
from ui.people.answers import (
    Email,
    InvitationsOut,
    NewInvitationOut,
    PersonOut,
    hold_to_mail,
    invitation_out,
    name_taken,
    new_invitation_out,
    person_out,
)
from ui.people.letters import invitation_letter
from ui.people.model import Person
from ui.people.people import LastAdministratorError, NameTakenError, rights_of
from ui.people.registry import Registry

TAG = Tag(name="people", description="Everybody who may sign in; for administrators.")


class PersonPath(BaseModel):
    """Somebody in the address."""

    person: str = Field(max_length=60, description="The id of somebody.")


class InvitationLinkPath(BaseModel):
    """An invitation in the address."""

    invitation: str = Field(max_length=60)


class PersonChange(Email):
    """What is to be different; what is left out stays. Whoever sets an address vouches that it is theirs."""

    is_administrator: bool | None = None
    makes_projects: bool | None = None
    is_disabled: bool | None = Field(None, description="Somebody disabled is signed out everywhere at once.")


class InstallationInvitationIn(Email):
    """Whom to invite into the installation: by mail to `email`, or by a link to hand over."""

    makes_projects: bool = Field(False, description="Whether they may make projects of their own.")


class PeopleOut(BaseModel):
    """People, by name."""

    people: list[PersonOut]
    next: str | None = Field(description="The cursor of the next page; none on the last one.")


class PeoplePage(BaseModel):
    """Which part of a list."""

    cursor: str = Field("", max_length=60, description="Where the page before ended.")
    limit: int = Field(50, ge=1, le=200)


def everybody_routes(registry: Registry) -> APIBlueprint:
    """People and invitations into the installation below `/api/v1`."""
    api = APIBlueprint("people", __name__, url_prefix="/api/v1", abp_tags=[TAG])

    @api.get("/people", summary="Everybody", responses={200: PeopleOut})
    @needs(Permission.ADMINISTER)
    def list_people(query: PeoplePage) -> Response:
        found = registry.people.page(query.cursor, query.limit + 1)
        page = found[: query.limit]
        more = page[-1].name if len(found) > query.limit else None
        return jsonify(people=[person_out(each).model_dump() for each in page], next=more)

    @api.get("/people/<person>", summary="Somebody", responses={200: PersonOut})
    @needs(Permission.ADMINISTER)
    def show_person(path: PersonPath) -> Response:
        return jsonify(person_out(_found(registry, path.person)).model_dump())

    @api.patch("/people/<person>", summary="Say what somebody may do", responses={200: PersonOut})
    @needs(Permission.ADMINISTER)
    def change_person(path: PersonPath, body: PersonChange) -> Response:
        before = _found(registry, path.person)
        given = body.model_dump(exclude_unset=True)
        rights = replace(
            rights_of(before), **{name: value for name, value in given.items() if name != "email" and value is not None}
        )
        try:
            if rights != rights_of(before):
                registry.people.grant(before.id, rights)
            if "email" in given:
                registry.people.set_email(before.id, body.email)
        except LastAdministratorError:
            raise last_administrator() from None
        except NameTakenError:
            raise name_taken() from None
        if rights.is_disabled:
            registry.sessions.end_all(before.id)
        elif rights != rights_of(before):
            registry.sessions.rotate(before.id)
        after = _found(registry, path.person)
        audited(after.name, _shown(before), _shown(after))
        return jsonify(person_out(after).model_dump())

    @api.get("/people/invitations", summary="Invitations that wait", responses={200: InvitationsOut})
    @needs(Permission.ADMINISTER)
    def list_people_invited() -> Response:
        found = registry.invitations.of(None)
        return jsonify(invitations=[invitation_out(each).model_dump() for each in found])

    @api.post("/people/invitations", summary="Invite somebody", responses={201: NewInvitationOut})
    @needs(Permission.ADMINISTER)
    def invite_person(body: InstallationInvitationIn) -> Response:
        hold_to_mail(registry, body.email)
        made, token = registry.invitations.make(str(principal()), email=body.email, makes_projects=body.makes_projects)
        if made.email:
            registry.mailer.send(invitation_letter(made, made.email, registry.url, token))
        audited(made.id, after={"makes_projects": body.makes_projects, "email": body.email})
        response = jsonify(new_invitation_out(registry, made, token).model_dump())
        response.status_code = HTTPStatus.CREATED
        return response

    @api.delete("/people/invitations/<invitation>", summary="Take an invitation back", responses={204: None})
    @needs(Permission.ADMINISTER)
    def withdraw_person_invited(path: InvitationLinkPath) -> Response:
        if registry.invitations.withdraw(None, path.invitation) is None:
            raise not_found("that invitation")
        audited(path.invitation)
        return Response(status=HTTPStatus.NO_CONTENT)

    return api


def last_administrator() -> ApiError:
    """Somebody has to be there."""
    return ApiError(
        409,
        "last-administrator",
        "The installation would have no administrator",
        remedy="make somebody else an administrator first",
    )


def _found(registry: Registry, id: str) -> Person:  # noqa: A002 (the word for it)
    found = registry.people.find(id)
    if found is None:
        raise not_found("that person")
    return found


def _shown(person: Person) -> dict[str, bool | str | None]:
    return {**vars(rights_of(person)), "email": person.email}
