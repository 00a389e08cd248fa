"""The API of whoever asks: the own account, its sessions, its password and its second factor."""

from http import HTTPStatus
from urllib.parse import urlsplit

from flask import Response, g, jsonify
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, Field

from composer.audit import Audit
from composer.guarding import audited, for_people, for_the_signed_in, principal
from composer.problem import ApiError, not_found
from ui.people.answers import Code, MeOut, Password, RecoveryCodesOut, caller, hold_to_policy, me_of, visitor
from ui.people.cookies import own_session, signed_out
from ui.people.model import Person
from ui.people.passwords import LONGEST
from ui.people.reception import Reception
from ui.people.registry import Registry
from ui.people.second_factor import address_for_app

TAG = Tag(name="me", description="Your own account.")


class SessionPath(BaseModel):
    """A session in the address."""

    session: str = Field(max_length=60)


class AllOf(BaseModel):
    """Which of the sessions."""

    but_this: bool = Field(False, description="Stay signed in here.")


class SessionOut(BaseModel):
    """A browser that is signed in."""

    id: str
    made: float = Field(description="When it signed in, in seconds since 1970.")
    seen: float = Field(description="When it was last used, to the minute.")
    address: str = Field(description="From where it signed in.")
    program: str = Field(description="What the browser calls itself.")
    is_this: bool


class SessionsOut(BaseModel):
    """Your sessions, the newest first."""

    sessions: list[SessionOut]


class PasswordChange(Password):
    """Another password; `password` is the one until now."""

    new: str = Field(max_length=4 * LONGEST, description="At least 12 characters, and none that many others have.")


class AppSecretOut(BaseModel):
    """The secret for an app; it counts once a code of the app has confirmed it."""

    secret: str
    address: str = Field(description="otpauth://…, for the app to read from a picture.")


def me_routes(registry: Registry, audit: Audit) -> APIBlueprint:
    """Everything below `/api/v1/me`; a machine may only look."""
    api = APIBlueprint("me", __name__, url_prefix="/api/v1/me", abp_tags=[TAG])
    reception = Reception(registry, audit)

    def proven(password: str) -> Person:
        """Whoever asks, in a browser and with the password said again."""
        own_session()
        person = caller(registry, principal())
        reception.hold_to_password(person, password, visitor())
        return person

    @api.get("", summary="Who you are", responses={200: MeOut})
    @for_the_signed_in
    def show_me() -> Response:
        return jsonify(me_of(registry, caller(registry, principal()), g.get("session")).model_dump())

    @api.get("/sessions", summary="Where you are signed in", responses={200: SessionsOut})
    @for_people
    def list_sessions() -> Response:
        this = own_session().id
        found = registry.sessions.of(principal().id)
        return jsonify(
            sessions=[
                SessionOut(
                    id=each.id,
                    made=each.made,
                    seen=each.seen,
                    address=each.address,
                    program=each.program,
                    is_this=each.id == this,
                ).model_dump()
                for each in found
            ]
        )

    @api.delete("/sessions", summary="Sign out everywhere", responses={204: None})
    @for_people
    def end_sessions(query: AllOf) -> Response:
        this = own_session().id
        ended = registry.sessions.end_all(principal().id, this if query.but_this else "")
        audited(after={"ended": ended})
        if not query.but_this:
            signed_out()
        return Response(status=HTTPStatus.NO_CONTENT)

    @api.delete("/sessions/<session>", summary="Sign out one of your browsers", responses={204: None})
    @for_people
    def end_session(path: SessionPath) -> Response:
        this = own_session().id
        if not registry.sessions.end(principal().id, path.session):
            raise not_found("that session")
        audited(path.session)
        if path.session == this:
            signed_out()
        return Response(status=HTTPStatus.NO_CONTENT)

    @api.post("/password", summary="Choose another password; every other session ends", responses={204: None})
    @for_people
    def change_password(body: PasswordChange) -> Response:
        person = proven(body.password)
        hold_to_policy(body.new, person.name, person.email or "")
        registry.people.set_password(person.id, registry.passwords.hash(body.new))
        _only_this_session(registry, person)
        audited(person.name)
        return Response(status=HTTPStatus.NO_CONTENT)

    @api.post("/second-factor", summary="A secret for an app, to be confirmed", responses={200: AppSecretOut})
    @for_people
    def propose_second_factor(body: Password) -> Response:
        person = proven(body.password)
        if person.second_factor_since is not None:
            raise ApiError(409, "has-second-factor", "There is a second factor already", remedy="remove it first")
        secret = registry.second_factors.propose(person.id)
        server = urlsplit(registry.url).netloc
        return jsonify(secret=secret, address=address_for_app(secret, person.name, server))

    @api.post("/second-factor/confirm", summary="Ask for codes from now on", responses={200: RecoveryCodesOut})
    @for_people
    def confirm_second_factor(body: Code) -> Response:
        own_session()
        person = caller(registry, principal())
        if person.second_factor_since is not None:
            raise ApiError(409, "has-second-factor", "There is a second factor already", remedy="remove it first")
        with reception.slowly("confirm", person.id, visitor()):
            codes = registry.second_factors.confirm(person.id, body.code)
        if codes is None:
            raise ApiError(422, "wrong-code", "The code does not fit", path="code", remedy="check the app's clock")
        _only_this_session(registry, person)
        audited(person.name)
        return jsonify(recovery_codes=codes)

    @api.post("/second-factor/remove", summary="Have one factor be enough", responses={204: None})
    @for_people
    def remove_second_factor(body: Password) -> Response:
        person = proven(body.password)
        registry.second_factors.remove(person.id)
        _only_this_session(registry, person)
        audited(person.name)
        return Response(status=HTTPStatus.NO_CONTENT)

    @api.post("/recovery-codes", summary="Ten new recovery codes", responses={200: RecoveryCodesOut})
    @for_people
    def renew_recovery_codes(body: Password) -> Response:
        person = proven(body.password)
        if person.second_factor_since is None:
            raise ApiError(409, "no-second-factor", "There is no second factor", remedy="set one up first")
        audited(person.name)
        return jsonify(recovery_codes=registry.second_factors.renew_recovery_codes(person.id))

    return api


def _only_this_session(registry: Registry, person: Person) -> None:
    """What proves who somebody is has changed: other browsers have to show it anew, and this one gets a new token."""
    registry.sessions.end_all(person.id, own_session().id)
    registry.sessions.rotate(person.id)
