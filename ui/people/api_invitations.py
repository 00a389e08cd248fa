"""The API of taking an invitation, for those who have an account and those who get one by it."""

from flask import Response, jsonify
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel
from sqlalchemy.exc import IntegrityError

from composer.access import Role
from composer.guarding import audited, for_everybody, for_people, principal, unaudited
from composer.journal import Journal
from composer.problem import ApiError
from ui.people.answers import MeOut, Name, NewPassword, Token, caller, hold_to_policy, me_of, name_taken
from ui.people.api_session import begin, link_over, welcome
from ui.people.coming_in import come_in, come_in_again
from ui.people.cookies import own_session
from ui.people.invitations import InvitationGoneError
from ui.people.model import Invitation
from ui.people.registry import Registry

TAG = Tag(name="invitations", description="Ways in for others.")


class SignUp(Token, Name, NewPassword):
    """An account by invitation."""


class InvitationShownOut(BaseModel):
    """What an invitation is for."""

    project: str | None
    role: Role | None
    email: str | None
    made_by: str
    expires: float


def invitation_routes(registry: Registry, journal: Journal) -> APIBlueprint:
    """Everything below `/api/v1/invitations` that the invited do; tokens come in bodies, since addresses are logged."""
    api = APIBlueprint("invitations", __name__, url_prefix="/api/v1/invitations", abp_tags=[TAG])

    @api.post("/look", summary="What an invitation is for", responses={200: InvitationShownOut})
    @for_everybody
    def look_at_invitation(body: Token) -> Response:
        found = _found(registry, body.token)
        unaudited()
        return jsonify(
            InvitationShownOut(
                project=found.project,
                role=found.role,
                email=found.email,
                made_by=found.made_by,
                expires=found.expires,
            ).model_dump()
        )

    @api.post("/sign-up", summary="Make an account by an invitation", responses={200: MeOut})
    @for_everybody
    def sign_up(body: SignUp) -> Response:
        found = _found(registry, body.token)
        hold_to_policy(body.password, body.name, found.email or "")
        kept = registry.passwords.hash(body.password)
        try:
            person = come_in(registry, journal, found, body.name, password=kept)
        except InvitationGoneError:
            raise _over() from None
        except IntegrityError:
            raise name_taken() from None
        answer = welcome(registry, begin(registry, person))
        audited(person.name, after={"role": found.role}, who=person.name, project=found.project or "")
        return answer

    @api.post("/accept", summary="Take an invitation with the account you have", responses={200: MeOut})
    @for_people
    def accept_invitation(body: Token) -> Response:
        session = own_session()
        found = _found(registry, body.token)
        person = caller(registry, principal())
        try:
            role = come_in_again(registry, journal, found, person)
        except InvitationGoneError:
            raise _over() from None
        audited(person.name, after={"role": role}, project=found.project or "")
        return jsonify(me_of(registry, caller(registry, principal()), session).model_dump())

    return api


def _found(registry: Registry, token: str) -> Invitation:
    found = registry.invitations.look(token)
    if found is None:
        raise _over()
    return found


def _over() -> ApiError:
    return link_over("ask whoever invited you for another one")
