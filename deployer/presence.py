"""Which processes of an installation live, wherever they run, and what each has counted: a row each, written often.

A process that ended takes its row along; of one that was killed it is forgotten after a while. Nothing is decided by
it: who may work on what stands in the queue.
"""

import json
import logging
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import delete, insert, select, update

from composer.db import Database
from deployer import tables

EVERY = 10.0
"""Seconds between two signs of life."""
SILENT_AFTER = 45.0
"""Seconds without a sign of life after which a process counts as gone; clocks of machines may differ by some."""
FORGOTTEN_AFTER = 3600.0
log = logging.getLogger("backdraft.services")

Counts = Callable[[], Mapping[str, int]]
"""What a process has counted since its start, by name."""


class Tally:
    """What a process counts; safe to use from several threads."""

    def __init__(self) -> None:
        self._alone = threading.Lock()
        self._counts: dict[str, int] = {}

    def add(self, name: str) -> None:
        """One more of that."""
        with self._alone:
            self._counts[name] = self._counts.get(name, 0) + 1

    def __call__(self) -> Mapping[str, int]:
        """Everything that was counted, by name."""
        with self._alone:
            return dict(self._counts)


@dataclass(frozen=True)
class Present:
    """A process: `process` is `up`, `web`, `worker` or `keeper`. Times in seconds since 1970."""

    name: str
    process: str
    since: float
    seen: float
    counts: Mapping[str, int] = field(default_factory=dict)


class Presence:
    """The processes of an installation; safe to use from several threads and processes."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    def all(self) -> tuple[Present, ...]:
        """Those that gave a sign of life lately, by name."""
        processes = tables.processes.c
        query = select(tables.processes).where(processes.seen >= self._clock() - SILENT_AFTER).order_by(processes.name)
        with self._database.reading() as connection:
            return tuple(
                Present(row.name, row.process, row.since, row.seen, json.loads(row.counts))
                for row in connection.execute(query)
            )

    def sign(self, present: Present) -> None:
        """Write that a process lives, and forget those that have been silent for long."""
        processes = tables.processes.c
        values = {"process": present.process, "since": present.since, "seen": self._clock()}
        values["counts"] = json.dumps(dict(present.counts), sort_keys=True)
        with self._database.writing() as connection:
            connection.execute(delete(tables.processes).where(processes.seen < self._clock() - FORGOTTEN_AFTER))
            found = connection.execute(update(tables.processes).where(processes.name == present.name).values(values))
            if not found.rowcount:
                connection.execute(insert(tables.processes).values(name=present.name, **values))

    def leave(self, name: str) -> None:
        """A process has ended."""
        with self._database.writing() as connection:
            connection.execute(delete(tables.processes).where(tables.processes.c.name == name))

    def fault(self) -> str:
        """Which work nobody does, in a sentence; empty where all of it is done."""
        there = {each.process for each in self.all()}
        missing = [each for each in ("worker", "keeper") if not there & {each, "up"}]
        return "; ".join(
            f"no {each} has given a sign of life for {SILENT_AFTER:g} s: {_REMEDY[each]}" for each in missing
        )


class Beat:
    """Says that this process lives, until it ends."""

    def __init__(
        self, presence: Presence, process: str, counts: Counts = dict, clock: Callable[[], float] = time.time
    ) -> None:
        self._presence = presence
        self._counts = counts
        self._present = Present(
            f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}", process, clock(), clock()
        )

    def run(self, stop: threading.Event) -> None:
        """Go on until `stop` is set."""
        while True:
            self._sign()
            if stop.wait(EVERY):
                break
        self._presence.leave(self._present.name)

    def _sign(self) -> None:
        present = self._present
        try:
            self._presence.sign(
                Present(present.name, present.process, present.since, present.seen, dict(self._counts()))
            )
        except Exception as error:  # the database may be away for a while, and says so elsewhere
            log.warning("no sign of life could be written: %s", type(error).__name__)


_REMEDY = {
    "worker": "nothing is deployed (start one: backdraft worker)",
    "keeper": "nothing is healed or watched (start one: backdraft keeper)",
}
