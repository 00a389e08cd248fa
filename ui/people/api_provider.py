"""The API of signing in with a provider: the way there, and the way back.

The way back is the one GET that begins a session. It cannot be a POST, since browsers bring no cookie then; the state
that came back must be that of the browser that was sent out, and is good once.
"""

import hmac
import logging
import re
from http import HTTPStatus
from urllib.parse import quote

from flask import Response, g, jsonify, request
from flask_openapi3.blueprint import APIBlueprint
from pydantic import BaseModel, Field
from sqlalchemy.exc import IntegrityError

from composer.audit import Audit, Deed
from composer.guarding import for_everybody, unaudited
from composer.journal import Journal
from composer.problem import ApiError
from ui.people.answers import TOKEN_LENGTH, visitor
from ui.people.api_session import TAG, link_over
from ui.people.coming_in import come_in, come_in_again
from ui.people.cookies import signed_in
from ui.people.invitations import InvitationGoneError
from ui.people.model import NAME_PATTERN, Invitation, Person
from ui.people.provider import Identity, Provider, ProviderError, state_of
from ui.people.reception import Reception, SecondStep
from ui.people.registry import Registry
from ui.people.tokens import LASTS, Purpose

CALLBACK = "/api/v1/session/provider/callback"
NAMES_TRIED = 50
log = logging.getLogger("backdraft.provider")


class JourneyIn(BaseModel):
    """The way to the provider."""

    invitation: str = Field("", max_length=TOKEN_LENGTH, description="The token of an invitation, for somebody new.")


class JourneyOut(BaseModel):
    """Where the browser goes now."""

    address: str


class CallbackIn(BaseModel):
    """What the provider sends back."""

    code: str = Field("", max_length=4096)
    state: str = Field("", max_length=TOKEN_LENGTH)
    error: str = Field("", max_length=200)
    iss: str = Field("", max_length=500)


def provider_routes(
    registry: Registry, journal: Journal, audit: Audit, provider: Provider | None, issuer: str
) -> APIBlueprint:
    """`/api/v1/session/provider` and its way back, which ends on a page of ours in any case."""
    api = APIBlueprint("provider", __name__, url_prefix="/api/v1/session/provider", abp_tags=[TAG])
    reception = Reception(registry, audit)
    cookie = "__Host-backdraft_journey" if registry.is_https else "backdraft_journey"

    @api.post("", summary="Sign in with the provider", responses={200: JourneyOut})
    @for_everybody
    def go_to_provider(body: JourneyIn) -> Response:
        if provider is None:
            raise ApiError(404, "no-provider", "There is no provider here", remedy="sign in with a password")
        invitation = registry.invitations.look(body.invitation) if body.invitation else None
        if body.invitation and invitation is None:
            raise link_over("ask whoever invited you for another one")
        journey = registry.tokens.make(Purpose.PROVIDER, content=invitation.id if invitation else "")
        try:
            address = provider.address(journey)
        except ProviderError as error:
            log.warning("the provider cannot be used: %s", error)
            raise ApiError(502, "provider", "The provider does not answer as it should", retry_after=30) from error
        unaudited()
        response = jsonify(address=address)
        response.set_cookie(
            cookie,
            journey,
            max_age=int(LASTS[Purpose.PROVIDER]),
            path="/",
            secure=registry.is_https,
            httponly=True,
            samesite="Lax",
        )
        return response

    @api.get("/callback", summary="Come back from the provider", responses={303: None})
    @for_everybody
    def come_from_provider(query: CallbackIn) -> Response:
        try:
            place = _come_back(query)
        except ApiError as problem:
            place = f"/sign-in#problem={problem.type}"
        response = Response(status=HTTPStatus.SEE_OTHER, headers={"Location": registry.url + place})
        response.delete_cookie(cookie, path="/", secure=registry.is_https, httponly=True, samesite="Lax")
        return response

    def _come_back(query: CallbackIn) -> str:
        """The page that comes next. Raises ApiError."""
        journey = request.cookies.get(cookie, "")
        if not journey or not hmac.compare_digest(query.state.encode(), state_of(journey).encode()):
            raise ApiError(400, "provider-state", "This browser was not sent out", remedy="sign in once more")
        sent = registry.tokens.spend(Purpose.PROVIDER, journey)
        if provider is None or sent is None:
            raise ApiError(400, "provider-over", "That took too long", remedy="sign in once more")
        if query.error or not query.code or (query.iss and query.iss != issuer):
            raise ApiError(401, "provider-refused", "The provider let nobody in", remedy="sign in once more")
        try:
            identity = provider.identity(journey, query.code)
        except ProviderError as error:
            log.warning("the provider is not believed: %s", error)
            raise ApiError(502, "provider", "The provider does not answer as it should") from error
        person = _person(registry, journal, identity, registry.invitations.find(str(sent.content)))
        if person is None:
            _record("failed_sign_in", "", "not invited")
            raise ApiError(403, "not-invited", "Nobody has invited you", remedy="ask for an invitation")
        step = reception.by_provider(person, visitor())
        if isinstance(step, SecondStep):
            return f"/sign-in#second-step={quote(step.token)}"
        signed_in(registry, step)
        _record("sign_in", person.name, "provider")
        return "/"

    def _record(what: str, who: str, how: str) -> None:
        found = visitor()
        audit.record(
            Deed(who=who, what=what, target=who, address=found.address, request=g.request_id, after={"by": how})
        )

    return api


def _person(registry: Registry, journal: Journal, identity: Identity, invitation: Invitation | None) -> Person | None:
    """Who that is: whom the provider was known to know, or who has that verified address, or who was invited."""
    known = registry.identities.person(identity.issuer, identity.subject)
    person = registry.people.find(known) if known else None
    if person is None and identity.email:
        person = registry.people.called(identity.email)
    try:
        if person is None:
            if invitation is None:
                return None
            person = _somebody_new(registry, journal, identity, invitation)
        elif invitation is not None and not person.is_disabled:
            come_in_again(registry, journal, invitation, person)
    except InvitationGoneError:
        return None
    if known is None:
        registry.identities.link(identity.issuer, identity.subject, person.id)
    return person


def _somebody_new(registry: Registry, journal: Journal, identity: Identity, invitation: Invitation) -> Person:
    """By the name that the provider tells, or the nearest one that is free. Raises InvitationGoneError."""
    wish = _as_name(identity.name)
    for number in range(1, NAMES_TRIED):
        name = wish if number == 1 else f"{wish[:36]}-{number}"
        if registry.people.called(name) is not None:
            continue
        try:
            return come_in(registry, journal, invitation, name)
        except IntegrityError:
            continue  # somebody was quicker
    raise ApiError(409, "name-taken", "No name is free that is like yours", remedy="sign up with a password")


def _as_name(text: str) -> str:
    """A name of our form that is like `text`."""
    letters = re.sub(r"[^a-z0-9._-]+", "-", text.partition("@")[0].lower())[:40].strip("._-")
    return letters if re.fullmatch(NAME_PATTERN.strip("^$"), letters) else "somebody"
