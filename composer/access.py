"""Who may do what: roles in a project, and what each of them grants. Whatever is not granted here is denied."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Permission(StrEnum):
    """One thing that somebody may do, to a project or to the installation."""

    READ = "read"
    """See the drawing, its plan, what runs, its logs and its history."""
    DRAW = "draw"
    """Change the drawing."""
    DEPLOY = "deploy"
    """Make the drawing run, go back to an older release, queue and cancel."""
    OPERATE = "operate"
    """Start, stop and restart components, run jobs and commands in them."""
    SET_SECRETS = "set-secrets"
    MANAGE = "manage"
    """Members, keys, pausing and the end of the project."""
    MAKE_PROJECTS = "make-projects"
    ADMINISTER = "administer"
    """People, settings and everything of every project."""


class Role(StrEnum):
    """What somebody is in a project; each grants all that the one before it does."""

    VIEWER = "viewer"
    DEVELOPER = "developer"
    OWNER = "owner"


_OF_A_VIEWER = frozenset({Permission.READ})
_OF_A_DEVELOPER = _OF_A_VIEWER | {Permission.DRAW, Permission.DEPLOY, Permission.OPERATE, Permission.SET_SECRETS}
GRANTS: Mapping[Role, frozenset[Permission]] = {
    Role.VIEWER: _OF_A_VIEWER,
    Role.DEVELOPER: _OF_A_DEVELOPER,
    Role.OWNER: _OF_A_DEVELOPER | {Permission.MANAGE},
}


@dataclass(frozen=True)
class Principal:
    """Who asks: a person who is signed in, or a machine with an access key.

    `roles` maps project -> role. A key has a `scope`: of what its person may do, it may only do that, and with
    `projects` only there.
    """

    id: str
    name: str
    roles: Mapping[str, Role] = field(default_factory=dict)
    is_administrator: bool = False
    makes_projects: bool = False
    scope: frozenset[Permission] | None = None
    projects: frozenset[str] | None = None
    key: str = ""

    def may(self, permission: Permission, project: str = "") -> bool:
        """Whether it may do that: to `project`, or where there is none to the installation."""
        if self.scope is not None and permission not in self.scope:
            return False
        if self.projects is not None and project not in self.projects:
            return False
        if permission is Permission.MAKE_PROJECTS:
            return self.is_administrator or self.makes_projects
        if permission is Permission.ADMINISTER:
            return self.is_administrator
        if not project:
            return False
        if self.is_administrator:
            return True
        role = self.roles.get(project)
        return role is not None and permission in GRANTS[role]

    def sees(self, project: str) -> bool:
        """Whether the project exists for it; what it may not read is told from nothing by nobody."""
        return self.may(Permission.READ, project)

    def __str__(self) -> str:
        """What the records call it: `ada`, or `ada (key k_4f…)`."""
        return f"{self.name} (key {self.key})" if self.key else self.name
