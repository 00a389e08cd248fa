"""Whom other providers know our people as: by issuer and subject, since addresses of e-mail change hands."""

import time
from collections.abc import Callable

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from composer.db import Database
from ui.people import tables


class Identities:
    """Every link between one of our people and a provider."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    def person(self, issuer: str, subject: str) -> str | None:
        """Who that is, if it is known."""
        identities = tables.identities.c
        query = select(identities.person).where(identities.issuer == issuer, identities.subject == subject)
        with self._database.reading() as connection:
            found: str | None = connection.scalar(query)
        return found

    def link(self, issuer: str, subject: str, person: str) -> None:
        """Know somebody from now on; the first link stays."""
        try:
            with self._database.writing() as connection:
                connection.execute(
                    insert(tables.identities).values(issuer=issuer, subject=subject, person=person, made=self._clock())
                )
        except IntegrityError:
            return
