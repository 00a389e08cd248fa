"""Sessions: who is signed in where. The cookie holds a token at random; the database holds its hash."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, insert, or_, select, update

from composer.db import Database
from ui.people import tables
from ui.people.model import Session
from ui.people.proofs import hashed, new_id, new_token

LONGEST = 30 * 24 * 3600.0
"""Seconds after which somebody has to sign in again, however much was done."""
GRACE = 60.0
"""Seconds that a token is still good for after it was rotated: other requests of the browser were on their way."""
_SEEN_EVERY = 60.0
"""Seconds between two notes that a session is used, so that not every request writes."""


@dataclass(frozen=True)
class Opened:
    """A session with the token that opens it from now on; empty where the one that was sent still does."""

    session: Session
    token: str = field(repr=False)


class Sessions:
    """Every session, of everybody; one ends `idle` seconds after its last request, or LONGEST after its begin."""

    def __init__(self, database: Database, idle: float, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._idle = idle
        self._clock = clock

    def begin(self, person: str, address: str, program: str) -> Opened:
        """Sign somebody in; sessions that are over are cleared away."""
        now = self._clock()
        token = new_token()
        session = Session(new_id("s"), person, now, now, address, program[:200])
        with self._database.writing() as connection:
            connection.execute(
                delete(tables.sessions).where(
                    or_(tables.sessions.c.seen <= now - self._idle, tables.sessions.c.made <= now - LONGEST)
                )
            )
            connection.execute(
                insert(tables.sessions).values(
                    id=session.id,
                    person=person,
                    token=hashed(token),
                    previous_until=0.0,
                    is_to_rotate=False,
                    made=now,
                    seen=now,
                    address=address,
                    program=session.program,
                )
            )
        return Opened(session, token)

    def open(self, token: str) -> Opened | None:
        """The session that `token` opens, with another token where it is to be rotated; None where it is over."""
        now = self._clock()
        kept = hashed(token)
        sessions = tables.sessions.c
        query = select(tables.sessions).where(
            or_(sessions.token == kept, and_(sessions.previous == kept, sessions.previous_until > now)),
            sessions.seen > now - self._idle,
            sessions.made > now - LONGEST,
        )
        with self._database.reading() as connection:
            row = connection.execute(query).first()
        if row is None:
            return None
        if row.is_to_rotate and row.token == kept:
            return Opened(_session(row), self._rotated(row.id, kept, now))
        if row.seen < now - _SEEN_EVERY:
            with self._database.writing() as connection:
                connection.execute(update(tables.sessions).where(sessions.id == row.id).values(seen=now))
        return Opened(_session(row), "")

    def of(self, person: str) -> tuple[Session, ...]:
        """Somebody's sessions, the newest first."""
        now = self._clock()
        sessions = tables.sessions.c
        query = (
            select(tables.sessions)
            .where(sessions.person == person, sessions.seen > now - self._idle, sessions.made > now - LONGEST)
            .order_by(sessions.made.desc(), sessions.id)
        )
        with self._database.reading() as connection:
            return tuple(map(_session, connection.execute(query)))

    def end(self, person: str, id: str) -> bool:  # noqa: A002 (the word for it)
        """End one session of somebody; whether there was one."""
        sessions = tables.sessions.c
        with self._database.writing() as connection:
            result = connection.execute(delete(tables.sessions).where(sessions.id == id, sessions.person == person))
        return bool(result.rowcount)

    def end_all(self, person: str, but: str = "") -> int:
        """End every session of somebody, but the one of that id: how many."""
        sessions = tables.sessions.c
        with self._database.writing() as connection:
            result = connection.execute(delete(tables.sessions).where(sessions.person == person, sessions.id != but))
        return int(result.rowcount)

    def rotate(self, person: str) -> None:
        """Give every session of somebody another token at its next request, since the person's rights changed."""
        with self._database.writing() as connection:
            _mark(connection, person)

    def _rotated(self, id: str, kept: str, now: float) -> str:  # noqa: A002 (the word for it)
        """Another token; empty where another request of the same moment got it."""
        token = new_token()
        sessions = tables.sessions.c
        with self._database.writing() as connection:
            result = connection.execute(
                update(tables.sessions)
                .where(sessions.id == id, sessions.token == kept, sessions.is_to_rotate.is_(True))
                .values(token=hashed(token), previous=kept, previous_until=now + GRACE, is_to_rotate=False, seen=now)
            )
        return token if result.rowcount else ""


def _mark(connection: Connection, person: str) -> None:
    connection.execute(update(tables.sessions).where(tables.sessions.c.person == person).values(is_to_rotate=True))


def _session(row: Row[Any]) -> Session:
    return Session(row.id, row.person, row.made, row.seen, row.address, row.program)
