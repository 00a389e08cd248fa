"""Who people are, as values."""

from collections.abc import Mapping
from dataclasses import dataclass

from composer.access import Principal, Role

NAME_PATTERN = r"^[a-z0-9]([a-z0-9._-]{0,38}[a-z0-9])?$"
"""What people sign in by: short, and the same to the eye as to the computer."""
EMAIL_PATTERN = r"^[^@\s\x00-\x1f\x7f<>(),:;\"\\\[\]]{1,64}@[A-Za-z0-9.-]{1,189}$"


@dataclass(frozen=True)
class Person:
    """Somebody. `made` and `second_factor_since` in seconds since 1970; `has_password`: or signs in elsewhere."""

    id: str
    name: str
    email: str | None
    has_password: bool
    is_administrator: bool
    makes_projects: bool
    is_disabled: bool
    made: float
    second_factor_since: float | None

    def with_roles(self, roles: Mapping[str, Role]) -> Principal:
        """What this person may do as a member of projects."""
        return Principal(self.id, self.name, roles, self.is_administrator, self.makes_projects)


@dataclass(frozen=True)
class Session:
    """A browser that is signed in. Times in seconds since 1970; `program` is what the browser calls itself."""

    id: str
    person: str
    made: float
    seen: float
    address: str
    program: str


@dataclass(frozen=True)
class Invitation:
    """A way in that waits to be taken: into a project with a role, or without one into the installation.

    `email` is where it was mailed to; without one it is a link that was handed over. Times in seconds since 1970.
    """

    id: str
    project: str | None
    role: Role | None
    email: str | None
    makes_projects: bool
    made: float
    made_by: str
    expires: float
