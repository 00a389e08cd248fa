"""A keeper with its watch and its worker, in threads, beside a project on the real engine."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from composer.bus import LocalBus
from composer.catalogue import standard
from composer.db import open_database
from composer.journal import Entry, Journal
from composer.projects import Projects
from deployer.engines.reaching import Reached
from deployer.keeper import Keeper
from deployer.looking import Lookout
from deployer.operating import Operations
from deployer.queue import Intent, Queue, State
from deployer.store import Store
from deployer.vault import Vault
from deployer.watchbook import Watchbook
from deployer.watching import Watch
from deployer.worker import Worker
from tests.integration.projects import eventually


@dataclass
class Kept:
    """What a test asks of a server that keeps."""

    journal: Journal
    projects: Projects
    queue: Queue
    watchbook: Watchbook
    lookout: Lookout
    keeper: Keeper

    def entries(self, kind: str, since: int = 0, **content: Any) -> list[Entry]:
        """What the journal says of that kind, and with that content, after the entry `since`."""
        return [
            each for each in self.journal.since(since) if each.kind == kind and content.items() <= each.content.items()
        ]

    def states(self, project: str) -> dict[str, str]:
        """The state of each replica as it is kept: `api.1` -> `running`."""
        return {f"{each.component}.{each.replica}": each.state for each in self.watchbook.statuses(project)}

    def done(self, project: str, action: str, component: str = "") -> None:
        """Queue something, and insist that it is done well."""
        made = self.queue.put(Intent(project, action, who="ada", component=component))
        ended = eventually(lambda: (found := self.queue.find(made.id)) and found.is_over and found)
        assert (ended.state, ended.failures) == (State.DONE, ())


@contextmanager
def kept(home: Path, reach: Reached | None = None, look_every: float = 2.0) -> Iterator[Kept]:
    """Keep what was deployed from `home`, until the end of the block."""
    engine = reach or Reached()
    database, bus = open_database(home), LocalBus()
    store = Store(home, database)
    vault = Vault(home, store)
    journal, projects = Journal(database, bus), Projects(database)
    queue = Queue(database, bus, journal)
    watchbook = Watchbook(database, journal)
    lookout = Lookout(engine, store, vault, standard(), queue, watchbook)
    keeper = Keeper(lookout, watchbook, queue, projects, bus, look_every)
    operations = Operations(engine, store, vault, lookout, watchbook, home)
    parts = [
        keeper,
        Watch(engine, lookout, watchbook, keeper.look_at, look_every),
        Worker(queue, bus, journal, operations.performers(), home),
    ]
    stop = threading.Event()
    threads = [threading.Thread(target=part.run, args=(stop,)) for part in parts]
    for thread in threads:
        thread.start()
    try:
        yield Kept(journal, projects, queue, watchbook, lookout, keeper)
    finally:
        stop.set()
        for thread in threads:
            thread.join(timeout=30)
        engine.close()
        bus.close()
        database.close()
    assert not any(thread.is_alive() for thread in threads)
