"""An installation, opened: everything a process of it works with."""

from collections.abc import Mapping
from dataclasses import dataclass
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
from deployer.pulse import Pulse
from deployer.store import Store
from deployer.vault import Vault
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

    @property
    def home(self) -> Path:
        """The state folder."""
        return self.settings.home

    @property
    def checks(self) -> Mapping[str, Check]:
        """What a process of it needs to be ready, by name."""
        return {
            "database": Check(self._database_answers, is_needed=True),
            "bus": Check(self.bus.fault),
            "engine": Check(self.pulse.fault),
        }

    @property
    def readings(self) -> Mapping[str, tuple[str, Reading]]:
        """What is measured of it, with its meaning."""
        return {
            "streams": ("Live streams that are open.", lambda: self.streams.taken),
            "streams_limit": ("How many there may be.", lambda: self.streams.limit),
            "events_written": ("The id of the newest entry of the journal.", lambda: self.journal.bounds()[1]),
            "engine_answers": ("Whether the engine answers: 1 or 0.", lambda: not self.pulse.fault()),
        }

    def close(self) -> None:
        """Let go of everything."""
        self.registry.close()
        self.bus.close()
        self.database.close()

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
    journal = Journal(database, bus)
    return Installation(
        settings=settings,
        database=database,
        bus=bus,
        catalogue=standard(),
        projects=Projects(database),
        journal=journal,
        audit=Audit(database),
        feed=Feed(journal, bus),
        streams=Streams(settings.streams),
        store=store,
        vault=vault,
        pulse=Pulse(),
        keys=Keys(database, vault),
        registry=open_registry(settings, database, Members(database), vault),
    )


def _bus(settings: Settings) -> Bus:
    if not settings.redis_url:
        return LocalBus()
    # whoever runs one process never loads what speaks to Redis
    from composer.bus_redis import RedisBus

    return RedisBus(settings.redis_url)
