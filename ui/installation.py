"""An installation, opened: everything a process of it works with."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from composer.audit import Audit
from composer.bus import Bus, LocalBus
from composer.catalogue import Catalogue, standard
from composer.db import Database, open_database
from composer.home import make_home
from composer.journal import Journal
from composer.projects import Projects
from deployer.store import Store
from deployer.vault import Vault
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

    @property
    def home(self) -> Path:
        """The state folder."""
        return self.settings.home

    @property
    def checks(self) -> Mapping[str, Check]:
        """What a process of it needs to be ready, by name."""
        return {"database": self._database_answers}

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
    return Installation(
        settings=settings,
        database=database,
        bus=bus,
        catalogue=standard(),
        projects=Projects(database),
        journal=Journal(database, bus),
        audit=Audit(database),
        store=store,
        vault=Vault(home, store),
    )
