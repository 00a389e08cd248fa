"""Who is what in which project; a project that has owners always keeps one."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from composer import tables
from composer.access import Role
from composer.db import Database


@dataclass(frozen=True)
class Member:
    """Somebody of a project. `since` in seconds since 1970."""

    person: str
    role: Role
    since: float


class LastOwnerError(Exception):
    """Without this owner, the project would have none."""


class ProjectGoneError(Exception):
    """There is no such project any more."""


class Members:
    """The members of every project."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    def of(self, project: str) -> tuple[Member, ...]:
        """Its members, those first who came first."""
        members = tables.members.c
        query = select(tables.members).where(members.project == project).order_by(members.since, members.person)
        with self._database.reading() as connection:
            return tuple(Member(row.person, Role(row.role), row.since) for row in connection.execute(query))

    def roles(self, person: str) -> Mapping[str, Role]:
        """What somebody is, by project."""
        members = tables.members.c
        query = select(members.project, members.role).where(members.person == person).order_by(members.project)
        with self._database.reading() as connection:
            return {row.project: Role(row.role) for row in connection.execute(query)}

    def put(self, project: str, person: str, role: Role) -> Role | None:
        """Make somebody a member, or change the role: the role before.

        Raises LastOwnerError, or ProjectGoneError.
        """
        try:
            with self._database.writing() as connection:
                before = _role(connection, project, person)
                if before is None:
                    add(connection, project, person, role, self._clock())
                    return None
                if before is Role.OWNER and role is not Role.OWNER:
                    _keep_an_owner(connection, project)
                connection.execute(update(tables.members).where(_is(project, person)).values(role=role.value))
                return before
        except IntegrityError as error:
            raise ProjectGoneError(project) from error

    def remove(self, project: str, person: str) -> Role | None:
        """Have somebody be no member any more: the role before. Raises LastOwnerError."""
        with self._database.writing() as connection:
            before = _role(connection, project, person)
            if before is Role.OWNER:
                _keep_an_owner(connection, project)
            connection.execute(delete(tables.members).where(_is(project, person)))
        return before


def add(connection: Connection, project: str, person: str, role: Role, now: float) -> None:
    """Write a new member, as part of a transaction that does more."""
    connection.execute(insert(tables.members).values(project=project, person=person, role=role.value, since=now))


def join(connection: Connection, project: str, person: str, role: Role, now: float) -> Role:
    """Take an invitation, as part of a transaction that does more: the role then; nobody is made less by it."""
    before = _role(connection, project, person)
    if before is None:
        add(connection, project, person, role, now)
        return role
    best = max(before, role, key=list(Role).index)
    connection.execute(update(tables.members).where(_is(project, person)).values(role=best.value))
    return best


def _role(connection: Connection, project: str, person: str) -> Role | None:
    found = connection.scalar(select(tables.members.c.role).where(_is(project, person)))
    return Role(found) if found else None


def _keep_an_owner(connection: Connection, project: str) -> None:
    members = tables.members.c
    query = select(func.count()).where(members.project == project, members.role == Role.OWNER.value)
    if (connection.scalar(query) or 0) < 2:
        raise LastOwnerError(project)


def _is(project: str, person: str) -> ColumnElement[bool]:
    members = tables.members.c
    return (members.project == project) & (members.person == person)
