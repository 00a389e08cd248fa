"""An installation, opened: everything a process of it works with."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from composer.audit import Audit
from composer.bus import Bus, LocalBus
from composer.catalogue import Catalogue, standard
from composer.db import Database, open_database
from composer.feed import Feed
from composer.home import make_home
from composer.journal import Journal
from composer.keys.store import Keys
from composer.members import Members
from composer.projects import Projects
from composer.streams import Streams
from deployer.git_access import key_of
from deployer.locks import is_dead
from deployer.minding import Guard, Minding, minding
from deployer.performing import Performing
from deployer.presence import Presence
from deployer.pulse import Pulse
from deployer.queue import Queue, State
from deployer.store import Store
from deployer.uploads import Uploads
from deployer.vault import Vault
from deployer.worker import Worker
from ui.http.health import Check
from ui.http.metrics import Reading
from ui.people.registry import Registry, open_registry
from ui.settings import Settings


@dataclass(frozen=True)
class Installation:
    """The parts of an installation; every part is safe to use from several threads."""

    settings: Settings
    database: Database
    bus: Bus
    catalogue: Catalogue
    projects: Projects
    journal: Journal
    audit: Audit
    feed: Feed
    streams: Streams
    store: Store
    vault: Vault
    pulse: Pulse
    keys: Keys
    registry: Registry
    queue: Queue
    uploads: Uploads
    performing: Performing
    minding: Minding
    presence: Presence

    @property
    def home(self) -> Path:
        """The state folder."""
        return self.settings.home

    @property
    def checks(self) -> Mapping[str, Check]:
        """What a process of it needs to be ready, by name."""
        # one process alone knows by itself whether its services run
        processes = {"processes": Check(self._missing_processes)} if self.settings.shares else {}
        return {
            "database": Check(self._database_answers, is_needed=True),
            "bus": Check(self.bus.fault),
            "engine": Check(self.pulse.fault),
            **processes,
        }

    @property
    def readings(self) -> Mapping[str, tuple[str, Reading]]:
        """What is measured of it, with its meaning."""
        return {
            "streams": ("Live streams that are open.", lambda: self.streams.taken),
            "streams_limit": ("How many there may be.", lambda: self.streams.limit),
            "events_written": ("The id of the newest entry of the journal.", lambda: self.journal.bounds()[1]),
            "deploys_waiting": ("What is queued and has not begun.", lambda: self._count(State.WAITING)),
            "deploys_running": ("What is being done.", lambda: self._count(State.RUNNING)),
            "engine_answers": ("Whether the engine answers: 1 or 0.", lambda: not self.pulse.fault()),
        }

    def worker(self) -> Worker:
        """A worker that performs what is queued."""
        return Worker(
            self.queue,
            self.bus,
            self.journal,
            {**self.performing.performers, **self.minding.operations.performers()},
            self.home,
            at_once=self.settings.deploys_at_once,
        )

    def keeper(self) -> Guard:
        """What keeps everything that was deployed as it was deployed."""
        return self.minding.guard(self.settings.look_every)

    def close(self) -> None:
        """Let go of everything."""
        self.minding.close()
        self.registry.close()
        self.bus.close()
        self.database.close()

    def _count(self, state: State) -> int:
        return sum(each.state is state for each in self.queue.unfinished())

    def _missing_processes(self) -> str:
        try:
            return self.presence.fault()
        except Exception:
            return ""  # that the database does not answer is told by itself

    def _database_answers(self) -> str:
        try:
            self.journal.bounds()
        except Exception as error:
            return f"the database does not answer: {type(error).__name__}"
        return ""


def open_installation(settings: Settings) -> Installation:
    """Open the installation that `settings` tell of, and bring its database up to date.

    Raises HomeError, DatabaseUnusableError or DeployerError where it cannot be used.
    """
    home = make_home(settings.home)
    database = open_database(home, settings.database_url or None)
    bus = _bus(settings)
    store = Store(home, database)
    vault = Vault(home, store, Path(settings.key_file) if settings.key_file else None)
    catalogue = standard()
    projects = Projects(database)
    journal = Journal(database, bus)
    queue = Queue(database, bus, journal, is_dead=partial(is_dead, home))
    uploads = Uploads(home)
    return Installation(
        settings=settings,
        database=database,
        bus=bus,
        catalogue=catalogue,
        projects=projects,
        journal=journal,
        audit=Audit(database),
        feed=Feed(journal, bus),
        streams=Streams(settings.streams),
        store=store,
        vault=vault,
        pulse=Pulse(),
        keys=Keys(database, vault),
        registry=open_registry(settings, database, Members(database), vault),
        queue=queue,
        uploads=uploads,
        performing=Performing(
            home, catalogue, projects, store, vault, queue, journal, uploads, git_key_file=_git_key_file(settings)
        ),
        minding=minding(home, database, bus, store, vault, catalogue, queue, projects, journal),
        presence=Presence(database),
    )


def _git_key_file(settings: Settings) -> Path | None:
    if not settings.git_key_file:
        return None
    path = Path(settings.git_key_file)
    key_of(path)  # what is wrong with it is told now, not at the first deploy that needs it
    return path


def _bus(settings: Settings) -> Bus:
    if not settings.redis_url:
        return LocalBus()
    # whoever runs one process never loads what speaks to Redis
    from composer.bus_redis import RedisBus

    return RedisBus(settings.redis_url)
