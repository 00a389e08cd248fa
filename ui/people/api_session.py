"""The API of signing in and out, and of the ways in for those who cannot yet."""

from http import HTTPStatus

from flask import Response, jsonify
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, Field

from composer.audit import Audit
from composer.guarding import audited, for_everybody, for_people, principal, unaudited
from composer.problem import ApiError
from ui.people.answers import (
    Code,
    Email,
    MeOut,
    Name,
    NewPassword,
    SecondStepOut,
    Token,
    hold_to_policy,
    me_of,
    name_taken,
    visitor,
)
from ui.people.cookies import own_session, signed_in, signed_out
from ui.people.letters import reset_letter
from ui.people.mail import Letter
from ui.people.model import Person
from ui.people.passwords import LONGEST
from ui.people.people import NameTakenError
from ui.people.reception import Reception, SecondStep
from ui.people.registry import Registry
from ui.people.sessions import Opened
from ui.people.tokens import Purpose

TAG = Tag(name="signing in", description="Sessions of people; machines sign each request with a key instead.")
LOGIN_LENGTH = 254


class Credentials(BaseModel):
    """Who somebody is, and the proof."""

    name: str = Field(max_length=LOGIN_LENGTH, description="A name or an e-mail address.")
    password: str = Field(max_length=4 * LONGEST)


class SecondStepIn(Code, Token):
    """The second factor; `token` is what the first step gave."""


class FirstOwner(Token, Name, Email, NewPassword):
    """Whoever holds the link that the server printed at its start."""


class Login(BaseModel):
    """Whose password is forgotten."""

    name: str = Field(max_length=LOGIN_LENGTH, description="A name or an e-mail address.")


class Reset(Token, NewPassword):
    """Another password, with the token of a link."""


class WaysOut(BaseModel):
    """How one can sign in here."""

    password: bool
    provider: bool = Field(description="Whether there is an OpenID Connect provider.")
    mail: bool = Field(description="Whether forgotten passwords are reset by mail.")
    first_owner: bool = Field(description="Whether the server still waits for its first owner.")


def session_routes(registry: Registry, audit: Audit, *, has_provider: bool) -> APIBlueprint:
    """Everything below `/api/v1/session`, the first owner and forgotten passwords."""
    api = APIBlueprint("session", __name__, url_prefix="/api/v1", abp_tags=[TAG])
    reception = Reception(registry, audit)

    @api.get("/session/ways", summary="How one can sign in here", responses={200: WaysOut})
    @for_everybody
    def ways_to_sign_in() -> Response:
        return jsonify(
            password=True,
            provider=has_provider,
            mail=registry.mailer.is_there,
            first_owner=registry.people.needs_first(),
        )

    @api.post("/session", summary="Sign in", responses={200: MeOut, 202: SecondStepOut})
    @for_everybody
    def sign_in(body: Credentials) -> Response:
        return welcome(registry, reception.by_password(body.name, body.password, visitor()))

    @api.post("/session/second-step", summary="Sign in, the second factor", responses={200: MeOut})
    @for_everybody
    def second_step(body: SecondStepIn) -> Response:
        _, opened = reception.by_code(body.token, body.code, visitor())
        return welcome(registry, opened)

    @api.delete("/session", summary="Sign out", responses={204: None})
    @for_people
    def sign_out() -> Response:
        registry.sessions.end(principal().id, own_session().id)
        signed_out()
        return Response(status=HTTPStatus.NO_CONTENT)

    @api.post("/first-owner", summary="Become the first owner", responses={200: MeOut})
    @for_everybody
    def become_first_owner(body: FirstOwner) -> Response:
        if registry.tokens.look(Purpose.FIRST_OWNER, body.token) is None:
            raise link_over("restart the server for another one, or use: backdraft users add --administrator")
        hold_to_policy(body.password, body.name)
        try:
            person = registry.people.make_first(body.name, body.email, registry.passwords.hash(body.password))
        except NameTakenError:
            raise name_taken() from None
        registry.tokens.forget(Purpose.FIRST_OWNER)
        if person is None:
            raise link_over("sign in, or ask an administrator for an invitation")
        return welcome(registry, begin(registry, person))

    @api.post("/password-reset", summary="Ask for another password by mail", responses={202: None})
    @for_everybody
    def ask_for_reset(body: Login) -> Response:
        with reception.slowly("reset", body.name, visitor()):
            # whether there is such a person is found out later, so that the answer and its time do not tell
            registry.mailer.send_soon(lambda: _letter(registry, body.name))
        unaudited()
        return Response(status=HTTPStatus.ACCEPTED)

    @api.post("/password-reset/confirm", summary="Choose another password", responses={204: None})
    @for_everybody
    def reset_password(body: Reset) -> Response:
        found = registry.tokens.look(Purpose.RESET, body.token)
        person = registry.people.find(found.person) if found else None
        if person is None or person.is_disabled:
            raise link_over("ask for another one")
        hold_to_policy(body.password, person.name, person.email or "")
        kept = registry.passwords.hash(body.password)
        if registry.tokens.spend(Purpose.RESET, body.token) is None:
            raise link_over("ask for another one")
        registry.people.set_password(person.id, kept)
        registry.tokens.forget(Purpose.RESET, person.id)
        registry.sessions.end_all(person.id)
        audited(person.name, who=person.name)
        return Response(status=HTTPStatus.NO_CONTENT)

    return api


def begin(registry: Registry, person: Person) -> Opened:
    """Sign somebody in who has just proved to be there."""
    found = visitor()
    return registry.sessions.begin(person.id, found.address, found.program)


def welcome(registry: Registry, step: Opened | SecondStep) -> Response:
    """The answer to whoever comes in, with the cookie; or to whoever has to show a second factor first."""
    if isinstance(step, SecondStep):
        audited("second factor asked for", who=step.person.name)
        response = jsonify(second_step=step.token)
        response.status_code = HTTPStatus.ACCEPTED
        return response
    signed_in(registry, step)
    person = registry.people.find(step.session.person)
    if person is None:
        raise link_over("sign in again")
    audited(person.name, who=person.name)
    return jsonify(me_of(registry, person, step.session).model_dump())


def link_over(remedy: str) -> ApiError:
    """A token that is wrong, used or too old; which of them, nobody is told."""
    return ApiError(410, "link-over", "That link is no longer good", path="token", remedy=remedy)


def _letter(registry: Registry, login: str) -> Letter | None:
    person = registry.people.called(login)
    if person is None or person.is_disabled or person.email is None:
        return None
    return reset_letter(person, person.email, registry.url, registry.tokens.make(Purpose.RESET, person.id))
