"""Signing in: a password or a provider, then the second factor of those who have one, then a session."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from composer.audit import Audit, Deed
from composer.problem import ApiError
from ui.people.model import Person
from ui.people.registry import Registry
from ui.people.sessions import Opened
from ui.people.throttle import TooManyAttemptsError
from ui.people.tokens import Purpose


@dataclass(frozen=True)
class Visitor:
    """Where a request comes from: an address, what the browser calls itself, and the request's id."""

    address: str
    program: str
    request: str


@dataclass(frozen=True)
class SecondStep:
    """The first factor was right, and there is a second one: `token` is good for asking, five minutes long."""

    person: Person
    token: str


class Reception:
    """Lets people in, slowly when they guess, and tells nobody which part was wrong."""

    def __init__(self, registry: Registry, audit: Audit) -> None:
        self._registry = registry
        self._audit = audit

    def by_password(self, login: str, password: str, visitor: Visitor) -> Opened | SecondStep:
        """Let somebody in by name or e-mail address and password. Raises ApiError (401 or 429)."""
        with self.slowly("sign-in", login, visitor):
            person = self._registry.people.called(login)
            kept = self._registry.people.password_of(person.id) if person else None
            fits = self._registry.passwords.fit(kept, password)
        if person is None or person.is_disabled or not fits:
            self._failed("failed_sign_in", person, visitor)
            raise _wrong()
        if person.second_factor_since is not None:
            return self._second_step(person, login)
        self._registry.throttle.succeeded("sign-in", login, visitor.address)
        return self._registry.sessions.begin(person.id, visitor.address, visitor.program)

    def by_provider(self, person: Person, visitor: Visitor) -> Opened | SecondStep:
        """Let somebody in whom a provider knows. Raises ApiError (401)."""
        if person.is_disabled:
            self._failed("failed_sign_in", person, visitor)
            raise _wrong()
        if person.second_factor_since is not None:
            return self._second_step(person, person.name)
        return self._registry.sessions.begin(person.id, visitor.address, visitor.program)

    def by_code(self, token: str, code: str, visitor: Visitor) -> tuple[Person, Opened]:
        """Let somebody in by the second factor, after the first. Raises ApiError (401 or 429)."""
        step = self._registry.tokens.look(Purpose.SECOND_STEP, token)
        person = self._registry.people.find(step.person) if step else None
        if step is None or person is None or person.is_disabled:
            raise ApiError(401, "step-over", "That took too long", remedy="sign in from the beginning")
        with self.slowly("second-step", person.id, visitor):
            fits = self._registry.second_factors.accepts(person.id, code)
        if not fits:
            self._failed("failed_second_step", person, visitor)
            raise ApiError(
                401, "wrong-code", "The code does not fit", remedy="wait for the next one, each is good once"
            )
        if self._registry.tokens.spend(Purpose.SECOND_STEP, token) is None:
            raise ApiError(401, "step-over", "That took too long", remedy="sign in from the beginning")
        self._registry.throttle.succeeded("second-step", person.id, visitor.address)
        self._registry.throttle.succeeded("sign-in", str(step.content), visitor.address)
        return person, self._registry.sessions.begin(person.id, visitor.address, visitor.program)

    def hold_to_password(self, person: Person, password: str, visitor: Visitor) -> None:
        """Have somebody who is signed in say the password again. Raises ApiError (403 or 429).

        Whoever signs in with a provider only has none to say.
        """
        kept = self._registry.people.password_of(person.id)
        if kept is None:
            return
        with self.slowly("again", person.id, visitor):
            fits = self._registry.passwords.fit(kept, password)
        if not fits:
            self._failed("failed_password", person, visitor)
            raise ApiError(403, "wrong-password", "The password does not fit", path="password")
        self._registry.throttle.succeeded("again", person.id, visitor.address)

    @contextmanager
    def slowly(self, what: str, account: str, visitor: Visitor) -> Iterator[None]:
        """Count an attempt at the block. Raises ApiError (429) where somebody has to wait first."""
        try:
            self._registry.throttle.attempt(what, account, visitor.address)
        except TooManyAttemptsError as error:
            raise ApiError(
                429,
                "too-many-attempts",
                "Too many attempts",
                f"the next one is possible in {math.ceil(error.seconds)} s",
                remedy="wait, or ask for another password",
                retry_after=math.ceil(error.seconds),
            ) from None
        yield

    def _second_step(self, person: Person, login: str) -> SecondStep:
        return SecondStep(person, self._registry.tokens.make(Purpose.SECOND_STEP, person.id, login.strip().lower()))

    def _failed(self, what: str, person: Person | None, visitor: Visitor) -> None:
        """For the audit log; what was typed as a name may be a password, so only known names are written."""
        self._audit.record(
            Deed(
                who="",
                what=what,
                target=person.name if person else "",
                address=visitor.address,
                request=visitor.request,
            )
        )


def _wrong() -> ApiError:
    return ApiError(401, "wrong-credentials", "Name and password do not fit together", remedy="try again, or reset it")
