"""What the routes of people take and give."""

from flask import g, request
from pydantic import BaseModel, Field

from composer.access import Principal, Role
from composer.problem import ApiError, not_found
from ui.people.letters import invitation_link
from ui.people.model import EMAIL_PATTERN, NAME_PATTERN, Invitation, Person, Session
from ui.people.passwords import LONGEST, fault_of
from ui.people.reception import Visitor
from ui.people.registry import Registry

TOKEN_LENGTH = 200


class Name(BaseModel):
    """A new name."""

    name: str = Field(pattern=NAME_PATTERN, description="What to sign in by: lower-case letters, digits, . _ and -")


class Email(BaseModel):
    """An e-mail address."""

    email: str | None = Field(None, pattern=EMAIL_PATTERN, max_length=254)


class NewPassword(BaseModel):
    """A password that somebody chooses."""

    password: str = Field(max_length=4 * LONGEST, description="At least 12 characters, and none that many others have.")


class Password(BaseModel):
    """A password that somebody has; empty for those who sign in with a provider only."""

    password: str = Field("", max_length=4 * LONGEST)


class Token(BaseModel):
    """What stands behind the # of a link."""

    token: str = Field(max_length=TOKEN_LENGTH)


class Code(BaseModel):
    """A code of an app, or a recovery code."""

    code: str = Field(max_length=60)


class MeOut(BaseModel):
    """Whoever asks."""

    id: str
    name: str
    email: str | None
    is_administrator: bool
    makes_projects: bool
    roles: dict[str, Role] = Field(description="What you are, by project.")
    has_password: bool = Field(description="Or you sign in with a provider.")
    second_factor_since: float | None = Field(description="In seconds since 1970; none: one factor is enough.")
    recovery_codes_left: int
    csrf_token: str = Field(description="To be sent as X-CSRF-Token; empty for machines, which need none.")
    session: str = Field(description="The id of this session; empty for machines.")


class SecondStepOut(BaseModel):
    """The password was right, and there is a second factor."""

    second_step: str = Field(description="To be sent to /api/v1/session/second-step with a code, within five minutes.")


class RecoveryCodesOut(BaseModel):
    """Ten codes for when the app is lost, each good once. They are never shown again."""

    recovery_codes: list[str]


class PersonOut(BaseModel):
    """Somebody, as administrators see them."""

    id: str
    name: str
    email: str | None
    has_password: bool
    is_administrator: bool
    makes_projects: bool
    is_disabled: bool
    made: float = Field(description="In seconds since 1970.")
    second_factor_since: float | None


class InvitationOut(BaseModel):
    """An invitation that waits."""

    id: str
    project: str | None = Field(description="None: into the installation only.")
    role: Role | None
    email: str | None = Field(description="Where it was mailed to; none: it is a link to be handed over.")
    makes_projects: bool
    made: float
    made_by: str
    expires: float


class NewInvitationOut(InvitationOut):
    """An invitation, and its link, unless that was mailed."""

    link: str | None = Field(description="Shown once.")


class InvitationsOut(BaseModel):
    """Invitations, the newest first."""

    invitations: list[InvitationOut]


def me_of(registry: Registry, person: Person, session: Session | None) -> MeOut:
    """What somebody is told of oneself."""
    return MeOut(
        id=person.id,
        name=person.name,
        email=person.email,
        is_administrator=person.is_administrator,
        makes_projects=person.makes_projects,
        roles=dict(registry.members.roles(person.id)),
        has_password=person.has_password,
        second_factor_since=person.second_factor_since,
        recovery_codes_left=registry.second_factors.recovery_codes_left(person.id),
        csrf_token=registry.csrf_token(session.id) if session else "",
        session=session.id if session else "",
    )


def person_out(person: Person) -> PersonOut:
    """Somebody, for administrators."""
    return PersonOut(**vars(person))


def invitation_out(invitation: Invitation) -> InvitationOut:
    """An invitation without its token."""
    return InvitationOut(**vars(invitation))


def new_invitation_out(registry: Registry, invitation: Invitation, token: str) -> NewInvitationOut:
    """An invitation with its link; one that was mailed proves an address, so nobody else may see its link."""
    link = None if invitation.email else invitation_link(registry.url, token)
    return NewInvitationOut(**vars(invitation), link=link)


def visitor() -> Visitor:
    """Where the request that is being answered comes from."""
    return Visitor(request.remote_addr or "", request.headers.get("User-Agent", ""), g.request_id)


def caller(registry: Registry, principal: Principal) -> Person:
    """The person behind a principal. Raises ApiError."""
    found = registry.people.find(principal.id)
    if found is None:
        raise not_found("your account")
    return found


def hold_to_policy(password: str, *names: str) -> None:
    """Refuse a new password that is too easy. Raises ApiError."""
    if fault := fault_of(password, *names):
        raise ApiError(422, "weak-password", "That password is too easy", fault, "password", "choose a longer one")


def name_taken() -> ApiError:
    """Somebody else has it."""
    return ApiError(409, "name-taken", "Somebody has that name or e-mail address", path="name", remedy="choose another")


def hold_to_mail(registry: Registry, email: str | None) -> None:
    """Refuse to mail where no mail is set up. Raises ApiError."""
    if email and not registry.mailer.is_there:
        raise ApiError(
            422, "no-mail", "This server sends no mail", path="email", remedy="leave it out, and hand over the link"
        )
