"""The watchbook: what the keeper knows of every project, so that it may be restarted, or be there twice.

Whatever is written here is compared with what stood there in the same transaction, so that of several who see the same
one tells it.
"""

import json
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from composer.db import Database
from composer.journal import Journal
from deployer import tables
from deployer.keeping import Decision, Drift
from deployer.status import ReplicaStatus
from deployer.store import take_turn

Told = tuple[str, str, Mapping[str, Any]]
"""Project, kind and content of what goes to the journal."""


class Watchbook:
    """Statuses, drift, and what somebody stopped on purpose; safe to use from several threads and processes."""

    def __init__(self, database: Database, journal: Journal, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._journal = journal
        self._clock = clock

    def statuses(self, project: str) -> tuple[ReplicaStatus, ...]:
        """The replicas of a project as they were last seen, by component and number."""
        with self._database.reading() as connection:
            return tuple(_status(row) for row in connection.execute(_of(project)))

    def keep(self, project: str, statuses: Iterable[ReplicaStatus]) -> int:
        """Write how the replicas of a project are; what changed goes to the journal: how much that was."""
        seen = {(each.component, each.replica, each.name): each for each in statuses}
        with self._database.reading() as connection:
            known = {_key(row): row for row in connection.execute(_of(project))}
        if _is_the_same(known, seen):
            return 0
        with self._database.writing() as connection:
            known = {_key(row): row for row in connection.execute(_of(project))}
            told = _changes(project, known, seen)
            connection.execute(delete(tables.statuses).where(tables.statuses.c.project == project))
            for each in seen.values():
                connection.execute(insert(tables.statuses).values(_values(project, each)))
            self._journal.add(connection, told)
        if told:
            self._journal.ring()
        return len(told)

    def projects(self) -> tuple[str, ...]:
        """The projects of which statuses are known; sorted."""
        with self._database.reading() as connection:
            return tuple(sorted(connection.scalars(select(tables.statuses.c.project).distinct())))

    def drift(self, project: str) -> tuple[Drift | None, int]:
        """What is remembered of a project that was not as it should be, and the version of that memory."""
        with self._database.reading() as connection:
            row = connection.execute(select(tables.drifts).where(tables.drifts.c.project == project)).first()
        return (_drift(row.content), row.version) if row else (None, 0)

    def remember(self, project: str, version: int, decision: Decision) -> bool:
        """Remember what was decided on the memory of that `version`, and tell; False where another was first."""
        content = json.dumps(_plain(decision.memory)) if decision.memory else "null"
        with self._database.writing() as connection:
            drifts = tables.drifts.c
            if version == 0:
                if connection.execute(select(drifts.version).where(drifts.project == project)).first():
                    return False
                connection.execute(insert(tables.drifts).values(project=project, version=1, content=content))
            else:
                where = (drifts.project == project) & (drifts.version == version)
                changed = connection.execute(
                    update(tables.drifts).where(where).values(version=version + 1, content=content)
                )
                if not changed.rowcount:
                    return False
            if decision.event:
                self._journal.add(connection, [(project, decision.event, _told(decision))])
        if decision.event:
            self._journal.ring()
        return True

    def stop(self, project: str, component: str, who: str) -> None:
        """Write that somebody stopped a component on purpose."""
        with self._database.writing() as connection:
            _start(connection, project, component)
            connection.execute(
                insert(tables.stops).values(project=project, component=component, who=who, at=self._clock())
            )

    def start(self, project: str, component: str) -> None:
        """Write that a component is to run again."""
        with self._database.writing() as connection:
            _start(connection, project, component)

    def stopped(self, project: str, since: float) -> Mapping[str, str]:
        """What was stopped on purpose after `since`, and by whom: a deploy that began later starts everything again."""
        stops = tables.stops.c
        query = select(stops.component, stops.who).where(stops.project == project, stops.at > since)
        with self._database.reading() as connection:
            return {row.component: row.who for row in connection.execute(query.order_by(stops.component))}

    def take_turn(self, name: str, since: float, until: float) -> float:
        """Take over, for the time up to `until`, what is done by whoever comes first: from when it is to be done.

        That is `since`, or later where another has taken a part of it.
        """
        return take_turn(self._database, name, since, until)

    def forget(self, project: str) -> None:
        """Forget everything of a project; what was there is told to be gone."""
        self.keep(project, ())
        with self._database.writing() as connection:
            for table in (tables.drifts, tables.stops):
                connection.execute(delete(table).where(table.c.project == project))


Key = tuple[str, int, str]


def _of(project: str) -> Any:
    statuses = tables.statuses.c
    query = select(tables.statuses).where(statuses.project == project)
    return query.order_by(statuses.component, statuses.replica, statuses.name)


def _key(row: Row[Any]) -> Key:
    return (row.component, row.replica, row.name)


def _is_the_same(known: Mapping[Key, Row[Any]], seen: Mapping[Key, ReplicaStatus]) -> bool:
    return known.keys() == seen.keys() and all(_status(row) == seen[key] for key, row in known.items())


def _changes(project: str, known: Mapping[Key, Row[Any]], seen: Mapping[Key, ReplicaStatus]) -> list[Told]:
    told: list[Told] = []
    for key, status in seen.items():
        row = known.get(key)
        if row is None or (row.state, row.reason) != (status.state, status.reason):
            told.append((project, "status.changed", _change(key, status.state, status.reason, row)))
    for key, row in known.items():
        if key not in seen:
            told.append((project, "status.changed", _change(key, "gone", "", row)))
    return told


def _change(key: Key, state: str, reason: str, before: Row[Any] | None) -> Mapping[str, Any]:
    component, replica, name = key
    return {
        "component": component,
        "replica": replica,
        "container": name,
        "state": state,
        "reason": reason,
        "was": before.state if before else "",
    }


_NAMED = ("component", "replica", "name", "state", "reason")


def _values(project: str, status: ReplicaStatus) -> Mapping[str, Any]:
    plain = asdict(status)
    named = {name: plain.pop(name) for name in _NAMED}
    return named | {"project": project, "content": json.dumps(plain)}


def _status(row: Row[Any]) -> ReplicaStatus:
    content = json.loads(row.content)
    named = {name: getattr(row, name) for name in _NAMED}
    return ReplicaStatus(**named, **(content | {"ports": tuple(content["ports"])}))


def _start(connection: Connection, project: str, component: str) -> None:
    stops = tables.stops.c
    connection.execute(delete(tables.stops).where(stops.project == project, stops.component == component))


def _plain(memory: Drift) -> Mapping[str, Any]:
    return asdict(memory) | {"places": sorted(memory.places)}


def _drift(text: str) -> Drift | None:
    content = json.loads(text)
    if content is None:
        return None
    places = frozenset((component, replica) for component, replica in content["places"])
    return Drift(**(content | {"causes": tuple(content["causes"]), "places": places}))


def _told(decision: Decision) -> Mapping[str, Any]:
    memory = decision.memory
    return {
        "reason": decision.reason,
        "causes": list(memory.causes) if memory else [],
        "tries": memory.tries if memory else 0,
        "again_at": decision.look_at or None,
    }
