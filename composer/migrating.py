"""Bringing a database up to date, with a copy of it first."""

import threading
import time
import uuid
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, inspect

from composer.db import Database, DatabaseUnusableError
from composer.revisions import FOLDER, known, newest, revision_of

BACKUPS = "backups"
_ONE_AT_A_TIME = threading.Lock()
"""Alembic keeps what it works on in its module, so two threads must not work with it at once."""


def migrate(database: Database, home: Path) -> None:
    """Bring `database` to the newest revision; one process does it, others wait and find it done.

    A SQLite file with anything in it is copied to `backups/` in `home` first.
    Raises DatabaseUnusableError for one that a newer Backdraft has written.
    """
    with database.reading() as connection:
        before = revision_of(connection)
        is_worth_keeping = bool(inspect(connection).get_table_names())
    if before is not None and before not in known():
        raise DatabaseUnusableError(
            f"{database.address}: it was written by a newer Backdraft (revision {before}, this one knows {newest()}); "
            f"use that version, or put back a copy from {home / BACKUPS}"
        )
    if is_worth_keeping:
        _back_up(database, home / BACKUPS, before)
    with _ONE_AT_A_TIME, database.writing() as connection:
        if revision_of(connection) != newest():
            _upgrade(connection)


def _back_up(database: Database, folder: Path, revision: str | None) -> None:
    """Whoever runs a server has backups of their own."""
    folder.mkdir(mode=0o700, exist_ok=True)
    moment = time.strftime("%Y%m%d-%H%M%S", time.gmtime())
    database.copy_to(folder / f"before-{newest()}-from-{revision or '0000'}-{moment}-{uuid.uuid4().hex[:6]}.db")


def _upgrade(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(FOLDER.parent))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
