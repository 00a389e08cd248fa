"""Invitations: a way in for one person, once and for a week."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select
from sqlalchemy.exc import IntegrityError

from composer.access import Role
from composer.db import Database
from composer.members import ProjectGoneError
from ui.people import tables
from ui.people.model import Invitation
from ui.people.proofs import hashed, new_id, new_token

LASTS = 7 * 24 * 3600.0


class InvitationGoneError(Exception):
    """The invitation was taken, withdrawn or is over."""


class Invitations:
    """Every invitation that waits."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    def make(
        self,
        made_by: str,
        *,
        project: str | None = None,
        role: Role | None = None,
        email: str | None = None,
        makes_projects: bool = False,
    ) -> tuple[Invitation, str]:
        """A new invitation, and the token that takes it. Raises ProjectGoneError."""
        now = self._clock()
        token = new_token()
        made = Invitation(new_id("i"), project, role, email, makes_projects, now, made_by, now + LASTS)
        try:
            with self._database.writing() as connection:
                connection.execute(delete(tables.invitations).where(tables.invitations.c.expires <= now))
                connection.execute(
                    insert(tables.invitations).values(
                        id=made.id,
                        token=hashed(token),
                        project=project,
                        role=role.value if role else None,
                        email=email,
                        makes_projects=makes_projects,
                        made=now,
                        made_by=made_by,
                        expires=made.expires,
                    )
                )
        except IntegrityError as error:
            raise ProjectGoneError(project) from error
        return made, token

    def of(self, project: str | None) -> tuple[Invitation, ...]:
        """Those into a project, or those into the installation only; the newest first."""
        invitations = tables.invitations.c
        query = (
            select(tables.invitations)
            .where(
                invitations.project.is_(None) if project is None else invitations.project == project,
                invitations.expires > self._clock(),
            )
            .order_by(invitations.made.desc(), invitations.id)
        )
        with self._database.reading() as connection:
            return tuple(map(_invitation, connection.execute(query)))

    def look(self, token: str) -> Invitation | None:
        """What a token invites to, without taking it."""
        invitations = tables.invitations.c
        query = select(tables.invitations).where(
            invitations.token == hashed(token), invitations.expires > self._clock()
        )
        with self._database.reading() as connection:
            row = connection.execute(query).first()
        return _invitation(row) if row else None

    def find(self, id: str) -> Invitation | None:  # noqa: A002 (the word for it)
        """The invitation of that id, if it still waits."""
        invitations = tables.invitations.c
        query = select(tables.invitations).where(invitations.id == id, invitations.expires > self._clock())
        with self._database.reading() as connection:
            row = connection.execute(query).first()
        return _invitation(row) if row else None

    @contextmanager
    def taken(self, id: str) -> Iterator[Connection]:  # noqa: A002 (the word for it)
        """Use an invitation up in the transaction of the block: of two who come at once, one gets in.

        Raises InvitationGoneError; where the block raises anything, the invitation stays.
        """
        with self._database.writing() as connection:
            if not _delete(connection, id):
                raise InvitationGoneError(id)
            yield connection

    def withdraw(self, project: str | None, id: str) -> Invitation | None:  # noqa: A002 (the word for it)
        """Have an invitation into that place be good for nothing: the one that was there."""
        found = next((each for each in self.of(project) if each.id == id), None)
        with self._database.writing() as connection:
            return found if found and _delete(connection, id) else None


def _delete(connection: Connection, id: str) -> bool:  # noqa: A002 (the word for it)
    return bool(connection.execute(delete(tables.invitations).where(tables.invitations.c.id == id)).rowcount)


def _invitation(row: Row[Any]) -> Invitation:
    return Invitation(
        id=row.id,
        project=row.project,
        role=Role(row.role) if row.role else None,
        email=row.email,
        makes_projects=row.makes_projects,
        made=row.made,
        made_by=row.made_by,
        expires=row.expires,
    )
