"""The journal: what happened, in the order it happened, for those who watch now and those who come back later.

The journal is the truth and the bus only rings: a listener who missed something reads on from where it was.
"""

import json
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select

from composer import tables
from composer.bus import Bus
from composer.db import Database

NEWS = "journal"
"""The topic on which the bus rings when something was written."""
KEPT = 50_000
"""How many entries are kept of all projects together."""
_PRUNE_EVERY = 1_000


@dataclass(frozen=True)
class Entry:
    """One thing that happened. `at` in seconds since 1970; `project` empty: to the installation.

    `kind` is `noun.verb`, such as `deploy.phase` or `draft.saved`; `content` is JSON.
    """

    id: int
    project: str
    kind: str
    at: float
    content: Mapping[str, Any]


class Journal:
    """Writes what happened, and gives what happened since."""

    def __init__(self, database: Database, bus: Bus, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._bus = bus
        self._clock = clock

    def write(self, project: str, kind: str, content: Mapping[str, Any]) -> int:
        """Write one entry and ring: its id."""
        return self.write_all([(project, kind, content)])

    def write_all(self, happened: Collection[tuple[str, str, Mapping[str, Any]]]) -> int:
        """Write several entries in one transaction and ring once: the id of the last, or 0 where there was none."""
        with self._database.writing() as connection:
            last = self.add(connection, happened)
        if last:
            self.ring()
        return last

    def add(self, connection: Connection, happened: Collection[tuple[str, str, Mapping[str, Any]]]) -> int:
        """Write several entries in a transaction of the caller's, who rings once that is over: the id of the last."""
        last = 0
        for project, kind, content in happened:
            values = {"project": project, "kind": kind, "at": self._clock(), "content": json.dumps(content)}
            made = connection.execute(insert(tables.events).values(values)).inserted_primary_key
            last = int(made[0]) if made else last
        if last and last // _PRUNE_EVERY != (last - len(happened)) // _PRUNE_EVERY:
            connection.execute(delete(tables.events).where(tables.events.c.id <= last - KEPT))
        return last

    def ring(self) -> None:
        """Tell whoever listens that there are new entries."""
        self._bus.ring(NEWS)

    def since(self, id: int, limit: int = 500) -> tuple[Entry, ...]:  # noqa: A002 (the word for it)
        """At most `limit` entries after the one of that id, oldest first."""
        events = tables.events.c
        query = select(tables.events).where(events.id > id).order_by(events.id).limit(limit)
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        return tuple(Entry(row.id, row.project, row.kind, row.at, json.loads(row.content)) for row in rows)

    def of_project(self, project: str, since: float, kinds: Collection[str], limit: int) -> tuple[Entry, ...]:
        """The newest `limit` entries of a project of these kinds, written at `since` or later, oldest first."""
        events = tables.events.c
        query = (
            select(tables.events)
            .where(events.project == project, events.kind.in_(kinds), events.at >= since)
            .order_by(events.id.desc())
            .limit(limit)
        )
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        return tuple(Entry(row.id, row.project, row.kind, row.at, json.loads(row.content)) for row in reversed(rows))

    def bounds(self) -> tuple[int, int]:
        """The ids of the oldest and the newest entry kept; (0, 0) where there is none."""
        with self._database.reading() as connection:
            row = connection.execute(select(func.min(tables.events.c.id), func.max(tables.events.c.id))).one()
        return (row[0] or 0, row[1] or 0)
