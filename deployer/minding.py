"""Everything that minds what runs, put together: the lookout, the watch, the keeper, and what they write to."""

import threading
from dataclasses import dataclass, field
from pathlib import Path

from composer.bus import Bus
from composer.catalogue import Catalogue
from composer.db import Database
from composer.journal import Journal
from composer.projects import Projects
from deployer.engines.reaching import Reached
from deployer.keeper import NUDGE, Keeper
from deployer.looking import Lookout
from deployer.operating import Operations
from deployer.presence import Tally
from deployer.queue import Queue
from deployer.store import Store
from deployer.tickets import Tickets
from deployer.vault import Vault
from deployer.watchbook import Watchbook
from deployer.watching import Watch


class Guard:
    """The watch and the keeper, side by side."""

    def __init__(self, watch: Watch, keeper: Keeper) -> None:
        self.watch = watch
        self.keeper = keeper

    def run(self, stop: threading.Event) -> None:
        """Go on until `stop` is set; raises what ended the watch."""
        keeping = threading.Thread(target=self.keeper.run, args=(stop,), name="keeping", daemon=True)
        keeping.start()
        self.watch.run(stop)
        self.keeper.look_at()  # it may be waiting for something to happen
        keeping.join(timeout=5)


@dataclass(frozen=True)
class Minding:
    """The parts; each is safe to use from several threads."""

    reach: Reached
    queue: Queue
    projects: Projects
    watchbook: Watchbook
    lookout: Lookout
    operations: Operations
    tickets: Tickets
    bus: Bus
    tally: Tally = field(default_factory=Tally)

    def guard(self, look_every: float) -> Guard:
        """What keeps statuses and projects true; `look_every` in seconds."""
        keeper = Keeper(
            self.lookout, self.watchbook, self.queue, self.projects, self.bus, look_every, count=self.tally.add
        )
        return Guard(Watch(self.reach, self.lookout, self.watchbook, keeper.look_at, look_every), keeper)

    def nudge(self) -> None:
        """Have every keeper look at everything soon."""
        self.bus.ring(NUDGE)

    def close(self) -> None:
        """Let go of the engine."""
        self.reach.close()


def minding(
    home: Path,
    database: Database,
    bus: Bus,
    store: Store,
    vault: Vault,
    catalogue: Catalogue,
    queue: Queue,
    projects: Projects,
    journal: Journal,
    reach: Reached | None = None,
) -> Minding:
    """The parts of an installation whose state folder is `home`; nothing is connected to yet."""
    reached = reach or Reached()
    watchbook = Watchbook(database, journal)
    lookout = Lookout(reached, store, vault, catalogue, queue, watchbook)
    operations = Operations(reached, store, vault, lookout, watchbook, home)
    return Minding(reached, queue, projects, watchbook, lookout, operations, Tickets(database), bus)
