"""The access keys of an installation: made, listed, used and revoked; their secrets are sealed."""

import json
import secrets
import string
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from sqlalchemy import Row, Select, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from composer.access import Permission, Principal
from composer.db import Database
from composer.keys import tables

MOST_OF_A_PERSON = 50
LAST_USED_EVERY = 60.0
"""Seconds between two notes of when a key was used: a note for every request would be as many writes."""
_OF_IDS = string.ascii_lowercase + string.digits
_OF_SECRETS = string.ascii_letters + string.digits


class Sealer(Protocol):
    """Encrypts what has to be read again; `place` is sealed with the text, so that it opens nowhere else."""

    def sealed(self, place: str, text: str) -> bytes:
        """The text, encrypted."""

    def opened(self, place: str, token: bytes) -> str:
        """The text again. Raises where the token was sealed for another place, or with another key."""


@dataclass(frozen=True)
class AccessKey:
    """A key of a person. Times in seconds since 1970.

    Of what its person may do it may do what is in `scope`, and only in `projects`; None: all of it, everywhere.
    """

    id: str
    person: str
    name: str
    scope: frozenset[Permission] | None
    projects: frozenset[str] | None
    made: float
    expires: float | None = None
    last_used: float | None = None
    revoked: float | None = None
    number: int = field(default=0, compare=False)

    def ended(self, now: float) -> str:
        """Why it opens nothing any more, in a word; empty while it does."""
        if self.revoked is not None:
            return "revoked"
        return "expired" if self.expires is not None and self.expires <= now else ""

    def narrowed(self, person: Principal) -> Principal:
        """Its person, with the rights of the key."""
        return Principal(
            person.id,
            person.name,
            person.roles,
            person.is_administrator,
            person.makes_projects,
            self.scope,
            self.projects,
            self.id,
        )


class TooManyKeysError(Exception):
    """The person has MOST_OF_A_PERSON keys that live."""


class ReplayedError(Exception):
    """A request of that signature was seen already."""


class Keys:
    """The access keys of an installation."""

    def __init__(self, database: Database, sealer: Sealer, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._sealer = sealer
        self._clock = clock
        self._decoy = sealer.sealed("decoy", _new_secret())

    def make(
        self,
        person: str,
        name: str,
        scope: frozenset[Permission] | None = None,
        projects: frozenset[str] | None = None,
        expires: float | None = None,
    ) -> tuple[AccessKey, str]:
        """A new key and its secret, which nobody is told again. Raises TooManyKeysError."""
        now = self._clock()
        made = AccessKey(_new_id(), person, name, scope, projects, now, expires)
        secret = _new_secret()
        with self._database.writing() as connection:
            keys = tables.keys.c
            living = (keys.person == person, keys.revoked.is_(None), or_(keys.expires.is_(None), keys.expires > now))
            if (connection.scalar(select(func.count()).select_from(tables.keys).where(*living)) or 0) >= (
                MOST_OF_A_PERSON
            ):
                raise TooManyKeysError(person)
            connection.execute(
                insert(tables.keys).values(
                    id=made.id,
                    person=person,
                    name=name,
                    secret=self._sealer.sealed(made.id, secret),
                    scope=_listed(scope),
                    projects=_listed(projects),
                    made=now,
                    expires=expires,
                )
            )
        return made, secret

    def keys(self, person: str | None = None, before: int | None = None, limit: int = 50) -> tuple[AccessKey, ...]:
        """At most `limit` keys, newest first: of one person, or of everybody; with numbers below `before`."""
        keys = tables.keys.c
        query = select(tables.keys).order_by(keys.number.desc()).limit(limit)
        if person is not None:
            query = query.where(keys.person == person)
        if before is not None:
            query = query.where(keys.number < before)
        with self._database.reading() as connection:
            return tuple(map(_key, connection.execute(query)))

    def find(self, id: str) -> AccessKey | None:  # noqa: A002 (the word for it)
        """The key of that id, living or not."""
        with self._database.reading() as connection:
            row = connection.execute(_one(id)).first()
        return _key(row) if row else None

    def with_secret(self, id: str) -> tuple[AccessKey | None, str]:  # noqa: A002 (the word for it)
        """The key of that id with its secret; where there is none, a secret that nobody has, after the same work."""
        with self._database.reading() as connection:
            row = connection.execute(_one(id)).first()
        if row is None:
            return None, self._opened_decoy()
        return _key(row), self._sealer.opened(row.id, row.secret)

    def _opened_decoy(self) -> str:
        try:
            return self._sealer.opened("decoy", self._decoy)
        except Exception:  # the key of the installation was changed since
            self._decoy = self._sealer.sealed("decoy", _new_secret())
            return self._sealer.opened("decoy", self._decoy)

    def use(self, key: AccessKey, signature: str, until: float) -> None:
        """Note that a request was signed with `key`, and remember its signature. Raises ReplayedError the second time.

        `until` is when the signature is too old anyway, in seconds since 1970.
        """
        now = self._clock()
        seen, keys = tables.seen_signatures, tables.keys.c
        try:
            with self._database.writing() as connection:
                connection.execute(delete(seen).where(seen.c.until < now))
                connection.execute(insert(seen).values(signature=signature, until=until))
                if key.last_used is None or abs(now - key.last_used) >= LAST_USED_EVERY:
                    connection.execute(update(tables.keys).where(keys.id == key.id).values(last_used=now))
        except IntegrityError as error:
            raise ReplayedError(key.id) from error

    def revoke(self, id: str) -> bool:  # noqa: A002 (the word for it)
        """End a key at once; whether it lived."""
        keys = tables.keys.c
        with self._database.writing() as connection:
            result = connection.execute(
                update(tables.keys).where(keys.id == id, keys.revoked.is_(None)).values(revoked=self._clock())
            )
        return bool(result.rowcount)


def _one(id: str) -> Select[Any]:  # noqa: A002 (the word for it)
    return select(tables.keys).where(tables.keys.c.id == id)


def _new_id() -> str:
    return "bdk_" + "".join(secrets.choice(_OF_IDS) for _ in range(16))


def _new_secret() -> str:
    """256 bits, in letters that every shell and header leaves alone."""
    return "bds_" + "".join(secrets.choice(_OF_SECRETS) for _ in range(43))


def _listed(values: frozenset[Any] | None) -> str:
    return json.dumps(None if values is None else sorted(values))


def _key(row: Row[Any]) -> AccessKey:
    scope, projects = json.loads(row.scope), json.loads(row.projects)
    return AccessKey(
        row.id,
        row.person,
        row.name,
        # an empty list is nothing, never everything
        None if scope is None else frozenset(map(Permission, scope)),
        None if projects is None else frozenset(projects),
        row.made,
        row.expires,
        row.last_used,
        row.revoked,
        row.number,
    )
