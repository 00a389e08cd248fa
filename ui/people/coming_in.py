"""Coming in by an invitation: the account, the membership and the end of the invitation are one transaction."""

from composer.access import Role
from composer.journal import Journal
from composer.members import join
from ui.people import people
from ui.people.model import Invitation, Person
from ui.people.people import Rights
from ui.people.registry import Registry


def come_in(
    registry: Registry, journal: Journal, invitation: Invitation, name: str, *, password: str | None = None
) -> Person:
    """Somebody new. Raises InvitationGoneError, or SQLAlchemy's IntegrityError where the name or address is taken."""
    now = registry.clock()
    rights = Rights(makes_projects=invitation.makes_projects)
    with registry.invitations.taken(invitation.id) as connection:
        made = people.add(connection, name, now, email=invitation.email, password=password, rights=rights)
        if invitation.project and invitation.role:
            join(connection, invitation.project, made, invitation.role, now)
    _tell(journal, invitation, name, invitation.role)
    return registry.people.made(made)


def come_in_again(registry: Registry, journal: Journal, invitation: Invitation, person: Person) -> Role | None:
    """Somebody who has an account: the role in the project then. Raises InvitationGoneError."""
    role = None
    with registry.invitations.taken(invitation.id) as connection:
        if invitation.project and invitation.role:
            role = join(connection, invitation.project, person.id, invitation.role, registry.clock())
        if invitation.makes_projects:
            people.let_make_projects(connection, person.id)
    registry.sessions.rotate(person.id)
    _tell(journal, invitation, person.name, role)
    return role


def _tell(journal: Journal, invitation: Invitation, name: str, role: Role | None) -> None:
    if invitation.project:
        journal.write(invitation.project, "member.joined", {"name": name, "role": role})
