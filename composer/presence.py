"""Who has a project open now: told by their browsers, and forgotten soon after they fall silent.

It is kept in memory, for it is worth nothing a minute later. Where several processes serve, each knows those who asked
it last.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

HOLDS = 45.0
"""Seconds after which somebody who has not said so again is gone."""


@dataclass(frozen=True)
class Person:
    """Somebody who has a project open, and since when, in seconds since 1970."""

    id: str
    name: str
    since: float


class Presence:
    """Who is where."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._people: dict[str, dict[str, tuple[Person, float]]] = {}

    def arrive(self, project: str, id: str, name: str) -> bool:  # noqa: A002 (the word for it)
        """Say that somebody is there, or is there still: whether others did not know."""
        with self._lock:
            people = self._there(project)
            known = people.get(id)
            person = known[0] if known else Person(id, name, self._clock())
            self._people.setdefault(project, people)[id] = (person, self._clock())
            return known is None

    def leave(self, project: str, id: str) -> bool:  # noqa: A002 (the word for it)
        """Say that somebody left: whether they were there."""
        with self._lock:
            return self._there(project).pop(id, None) is not None

    def people(self, project: str) -> tuple[Person, ...]:
        """Who is there, whoever came first."""
        with self._lock:
            return tuple(sorted((person for person, _ in self._there(project).values()), key=lambda each: each.since))

    def _there(self, project: str) -> dict[str, tuple[Person, float]]:
        oldest = self._clock() - HOLDS
        left = {id: each for id, each in self._people.get(project, {}).items() if each[1] > oldest}  # noqa: A001
        self._people[project] = left
        if not left:
            del self._people[project]
        return left
