"""An installation, opened: everything a process of it works with."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from composer.audit import Audit
from composer.bus import Bus, LocalBus
from composer.catalogue import Catalogue, standard
from composer.db import Database, open_database
from composer.home import make_home
from composer.journal import Journal
from composer.projects import Projects
from deployer.locks import is_dead
from deployer.performing import Performing
from deployer.queue import Queue
from deployer.store import Store
from deployer.uploads import Uploads
from deployer.vault import Vault
from deployer.worker import Worker
from ui.http.health import Check
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
    store: Store
    vault: Vault
    queue: Queue
    uploads: Uploads
    performing: Performing

    @property
    def home(self) -> Path:
        """The state folder."""
        return self.settings.home

    @property
    def checks(self) -> Mapping[str, Check]:
        """What a process of it needs to be ready, by name."""
        return {"database": self._database_answers}

    def worker(self) -> Worker:
        """A worker that performs what is queued."""
        return Worker(
            self.queue,
            self.bus,
            self.journal,
            self.performing.performers,
            self.home,
            at_once=self.settings.deploys_at_once,
        )

    def close(self) -> None:
        """Let go of everything."""
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
    bus = LocalBus()
    store = Store(home, database)
    vault = Vault(home, store)
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
        store=store,
        vault=vault,
        queue=queue,
        uploads=uploads,
        performing=Performing(home, catalogue, projects, store, vault, queue, journal, uploads),
    )
