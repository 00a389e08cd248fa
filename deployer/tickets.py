"""Tickets: a browser opens a terminal by an address alone, so that holds something that works once and not for long."""

import json
import secrets
import time
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any

from sqlalchemy import delete, insert, select

from composer.db import Database
from deployer import tables

SECONDS = 30.0
_BYTES = 32


class Tickets:
    """Gives out tickets and takes them back, each once; what is kept of one does not open anything."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    def give(self, project: str, session: str, content: Mapping[str, Any]) -> str:
        """A new ticket for whoever is known by `session`, good for SECONDS in `project` and for `content`."""
        ticket = secrets.token_urlsafe(_BYTES)
        with self._database.writing() as connection:
            connection.execute(delete(tables.tickets).where(tables.tickets.c.expires < self._clock()))
            connection.execute(
                insert(tables.tickets).values(
                    digest=_digest(ticket),
                    project=project,
                    session=session,
                    content=json.dumps(dict(content)),
                    expires=self._clock() + SECONDS,
                )
            )
        return ticket

    def take(self, ticket: str, project: str, session: str) -> Mapping[str, Any] | None:
        """What a ticket is good for; None where it is none, was used, is too old, or is somebody else's.

        It is used up by every attempt: who has another's ticket must not have a second try.
        """
        kept = tables.tickets.c
        with self._database.writing() as connection:
            row = connection.execute(select(tables.tickets).where(kept.digest == _digest(ticket))).first()
            connection.execute(delete(tables.tickets).where(kept.digest == _digest(ticket)))
        if row is None or (row.project, row.session) != (project, session) or row.expires < self._clock():
            return None
        content: Mapping[str, Any] = json.loads(row.content)
        return content


def _digest(ticket: str) -> str:
    return sha256(ticket.encode()).hexdigest()
