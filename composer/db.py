"""The database: one for each state folder, SQLite unless an address says otherwise; opening it brings it up to date."""

import os
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, MetaData, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DatabaseError

METADATA = MetaData()
"""Every table of Backdraft; each folder's `tables` adds its own."""

SEALED = "sealed"
"""Marks a column, in its `info`, as one that holds what was sealed with the key of the installation."""

BUSY_SECONDS = 30
FILE_NAME = "backdraft.db"
_WRITES = "backdraft_writes"
_WRITER_LOCK = 0x6264_7772
"""The advisory lock that makes a writer on PostgreSQL as lonely as SQLite makes it."""


class Database:
    """Transactions on one database: `reading()` sees one moment of it, `writing()` is alone with it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._is_sqlite = engine.dialect.name == "sqlite"

    @property
    def address(self) -> str:
        """Where it is, without its password."""
        return self._engine.url.render_as_string(hide_password=True)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one moment and never waits for a writer."""
        with self._engine.connect() as connection:
            if not self._is_sqlite:
                connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that commits at the end of the block; an exception undoes it.

        There is one writer at a time: the lock is taken at the start, so that what was read is still true when it is
        written. Another writer is waited for, up to BUSY_SECONDS.
        """
        with self._engine.connect().execution_options(**{_WRITES: True}) as connection, connection.begin():
            if not self._is_sqlite:
                connection.execute(text(f"SET LOCAL lock_timeout = '{BUSY_SECONDS}s'"))
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _WRITER_LOCK})
            yield connection

    def copy_to(self, path: Path) -> bool:
        """Write a whole and consistent copy to a new file, for its owner only; False where a server keeps the data."""
        if not self._is_sqlite:
            return False
        raw = self._engine.raw_connection()
        try:
            cursor = raw.cursor()
            cursor.execute("VACUUM INTO ?", (str(path),))
            cursor.close()
        finally:
            raw.close()
        path.chmod(0o600)
        return True

    def close(self) -> None:
        """Let go of every connection."""
        self._engine.dispose()


class DatabaseUnusableError(Exception):
    """The database cannot be used: its path, the fault and how to mend it."""


def open_database(home: Path, url: str | None = None) -> Database:
    """The database of the state folder `home`, or at `url` (`postgresql://user:password@host/name`), up to date.

    An older SQLite file is copied to `backups/` in `home` before it is changed. Raises DatabaseUnusableError when the
    file is no database, cannot be read, or was written by a newer Backdraft.
    """
    engine = _server(url) if url else _sqlite(home / FILE_NAME)
    database = Database(engine)
    try:
        _bring_up_to_date(database, home)
    except DatabaseError as error:
        database.close()
        where = database.address if url else str(home / FILE_NAME)
        raise DatabaseUnusableError(f"{where}: {error.orig}; {_remedy(url)}") from error
    return database


def is_up_to_date(home: Path) -> bool:
    """Whether the state folder has a database that can be read as it is; whatever is the answer, nothing is changed."""
    from composer.revisions import newest, revision_of

    if not (home / FILE_NAME).exists():
        return False
    database = Database(_sqlite(home / FILE_NAME))
    try:
        with database.reading() as connection:
            return revision_of(connection) == newest()
    except DatabaseError:
        return False
    finally:
        database.close()


def _remedy(url: str | None) -> str:
    return "check that it runs and what the address says" if url else "mend or move that database away"


def _server(url: str) -> Engine:
    try:
        address = make_url(url)
    except ArgumentError as error:
        raise DatabaseUnusableError("the database's address cannot be read; write postgresql://…") from error
    if address.get_backend_name() != "postgresql":
        raise DatabaseUnusableError(
            f"{address.render_as_string(hide_password=True)}: '{address.get_backend_name()}' is not supported; "
            "write postgresql://…, or leave it out for SQLite"
        )
    return create_engine(address.set(drivername="postgresql+psycopg"), pool_pre_ping=True, pool_size=10)


def _sqlite(path: Path) -> Engine:
    _keep_private(path)
    address = URL.create("sqlite", database=str(path))
    engine = create_engine(address, connect_args={"timeout": BUSY_SECONDS, "isolation_level": None})

    def prepare(connection: sqlite3.Connection, _record: Any) -> None:
        _use_wal(connection)
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")

    def begin(connection: Connection) -> None:
        # a transaction that reads first and writes later fails at once when another writer came between
        writes = connection.get_execution_options().get(_WRITES)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", begin)
    return engine


def _keep_private(path: Path) -> None:
    """Have the file readable by its owner only; SQLite gives the mode of a database to what it writes beside it.

    A database is never opened and closed here: a process that closes a file loses its locks on it, those of SQLite's
    own connections too, and then another process may clear away what they still use.
    """
    with suppress(OSError):  # what stands in the way is told when the database is opened
        if not path.exists():
            descriptor, made = tempfile.mkstemp(prefix=".db-", dir=path.parent)  # mode 0600
            os.close(descriptor)
            with suppress(FileExistsError):
                os.link(made, path)
            Path(made).unlink()
        for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
            with suppress(FileNotFoundError):
                path.with_name(name).chmod(0o600)


def _use_wal(connection: sqlite3.Connection) -> None:
    """Switch to WAL; where two processes open a new file at once, SQLite answers one of them at once that it is locked.

    The busy timeout does not cover this switch, so it is tried again here.
    """
    end = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                raise
            time.sleep(0.01)


def _bring_up_to_date(database: Database, home: Path) -> None:
    from composer.revisions import newest, revision_of

    with database.reading() as connection:
        current = revision_of(connection)
    if current == newest():
        return
    # the tool that changes databases takes longer to load than most commands take to run
    from composer.migrating import migrate

    migrate(database, home)
