"""The people of an installation. Nobody is ever removed, so that what the records say of them stays true."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from composer.access import Principal
from composer.db import Database
from composer.members import Members
from ui.people import tables
from ui.people.model import Person
from ui.people.proofs import new_id


class NameTakenError(Exception):
    """Somebody has that name, or that e-mail address."""


class LastAdministratorError(Exception):
    """Without this one, the installation would have no administrator."""


@dataclass(frozen=True)
class Rights:
    """What an installation lets somebody do."""

    is_administrator: bool = False
    makes_projects: bool = False
    is_disabled: bool = False


NONE = Rights()


def rights_of(person: Person) -> Rights:
    """What the installation lets somebody do now."""
    return Rights(person.is_administrator, person.makes_projects, person.is_disabled)


class People:
    """Everybody who may sign in, or might once."""

    def __init__(self, database: Database, members: Members, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._members = members
        self._clock = clock

    def make(
        self, name: str, *, email: str | None = None, password: str | None = None, rights: Rights = NONE
    ) -> Person:
        """Somebody new; `password` as Passwords hashed it. Raises NameTakenError."""
        try:
            with self._database.writing() as connection:
                id = add(connection, name, self._clock(), email=email, password=password, rights=rights)  # noqa: A001
        except IntegrityError as error:
            raise NameTakenError(name) from error
        return self.made(id)

    def make_first(self, name: str, email: str | None, password: str) -> Person | None:
        """The first owner, an administrator; None where there is one already. Raises NameTakenError."""
        try:
            with self._database.writing() as connection:
                if _administrators(connection):
                    return None
                rights = Rights(is_administrator=True, makes_projects=True)
                id = add(connection, name, self._clock(), email=email, password=password, rights=rights)  # noqa: A001
        except IntegrityError as error:
            raise NameTakenError(name) from error
        return self.made(id)

    def needs_first(self) -> bool:
        """Whether nobody can administer the installation yet."""
        with self._database.reading() as connection:
            return _administrators(connection) == 0

    def find(self, id: str) -> Person | None:  # noqa: A002 (the word for it)
        """The person of that id."""
        return self._first(tables.people.c.id == id)

    def called(self, login: str) -> Person | None:
        """Whoever signs in by that name or e-mail address."""
        text = login.strip().lower()
        return self._first(or_(tables.people.c.name == text, tables.people.c.email == text))

    def page(self, after: str = "", limit: int = 50) -> tuple[Person, ...]:
        """At most `limit` people by name, of names after `after`."""
        people = tables.people.c
        query = select(tables.people).where(people.name > after).order_by(people.name).limit(limit)
        with self._database.reading() as connection:
            return tuple(map(_person, connection.execute(query)))

    def names(self, ids: tuple[str, ...]) -> dict[str, str]:
        """The names of those people, by id."""
        people = tables.people.c
        query = select(people.id, people.name).where(people.id.in_(ids))
        with self._database.reading() as connection:
            return {row.id: row.name for row in connection.execute(query)}

    def principal(self, id: str) -> Principal | None:  # noqa: A002 (the word for it)
        """What that person may do now; None for nobody and for whoever is disabled."""
        person = self.find(id)
        if person is None or person.is_disabled:
            return None
        return person.with_roles(self._members.roles(id))

    def password_of(self, id: str) -> str | None:  # noqa: A002 (the word for it)
        """The hash of somebody's password, if there is one."""
        with self._database.reading() as connection:
            found: str | None = connection.scalar(select(tables.people.c.password).where(tables.people.c.id == id))
        return found

    def set_password(self, id: str, password: str) -> None:  # noqa: A002 (the word for it)
        """Another password, as Passwords hashed it."""
        self._change(id, password=password)

    def set_email(self, id: str, email: str | None) -> None:  # noqa: A002 (the word for it)
        """Another e-mail address. Raises NameTakenError."""
        try:
            self._change(id, email=email.lower() if email else None)
        except IntegrityError as error:
            raise NameTakenError(email) from error

    def grant(self, id: str, rights: Rights) -> None:  # noqa: A002 (the word for it)
        """Say what somebody may do from now on. Raises LastAdministratorError."""
        people = tables.people.c
        with self._database.writing() as connection:
            connection.execute(
                update(tables.people)
                .where(people.id == id)
                .values(
                    is_administrator=rights.is_administrator,
                    makes_projects=rights.makes_projects,
                    is_disabled=rights.is_disabled,
                )
            )
            if not _administrators(connection):
                raise LastAdministratorError(id)

    def _change(self, id: str, **values: Any) -> None:  # noqa: A002 (the word for it)
        with self._database.writing() as connection:
            connection.execute(update(tables.people).where(tables.people.c.id == id).values(**values))

    def made(self, id: str) -> Person:  # noqa: A002 (the word for it)
        """The person of that id, who is known to be there."""
        with self._database.reading() as connection:
            return _person(connection.execute(select(tables.people).where(tables.people.c.id == id)).one())

    def _first(self, condition: ColumnElement[bool]) -> Person | None:
        with self._database.reading() as connection:
            row = connection.execute(select(tables.people).where(condition)).first()
        return _person(row) if row else None


def add(
    connection: Connection,
    name: str,
    now: float,
    *,
    email: str | None = None,
    password: str | None = None,
    rights: Rights = NONE,
) -> str:
    """Write somebody new, as part of a transaction that does more: the id."""
    made = new_id("p")
    connection.execute(
        insert(tables.people).values(
            id=made,
            name=name,
            email=email.lower() if email else None,
            password=password,
            is_administrator=rights.is_administrator,
            makes_projects=rights.makes_projects,
            is_disabled=rights.is_disabled,
            made=now,
            second_factor_step=0,
        )
    )
    return made


def let_make_projects(connection: Connection, id: str) -> None:  # noqa: A002 (the word for it)
    """Let somebody make projects, as part of a transaction that does more."""
    connection.execute(update(tables.people).where(tables.people.c.id == id).values(makes_projects=True))


def _administrators(connection: Connection) -> int:
    people = tables.people.c
    query = select(func.count()).where(people.is_administrator.is_(True), people.is_disabled.is_(False))
    return connection.scalar(query) or 0


def _person(row: Row[Any]) -> Person:
    return Person(
        id=row.id,
        name=row.name,
        email=row.email,
        has_password=row.password is not None,
        is_administrator=row.is_administrator,
        makes_projects=row.makes_projects,
        is_disabled=row.is_disabled,
        made=row.made,
        second_factor_since=row.second_factor_since,
    )
