"""The database: one engine for each state folder, SQLite unless an address says otherwise."""

import os
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, MetaData, create_engine, event, inspect
from sqlalchemy.exc import DatabaseError

BUSY_SECONDS = 30
FILE_NAME = "backdraft.db"
_WRITES = "backdraft_writes"


class Database:
    """Transactions on one database: `reading()` sees one moment of it, `writing()` is alone with it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one moment and never waits for a writer."""
        with self._engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that commits at the end of the block; an exception undoes it.

        SQLite has one writer at a time: the lock is taken at the start, so that what was read is still true when it
        is written. Another writer is waited for, up to BUSY_SECONDS.
        """
        with self._engine.connect().execution_options(**{_WRITES: True}) as connection, connection.begin():
            yield connection

    def close(self) -> None:
        """Let go of every connection."""
        self._engine.dispose()


class DatabaseUnusableError(Exception):
    """The database cannot be used: its path, the fault and how to mend it."""


def open_database(home: Path, metadata: MetaData, url: str | None = None) -> Database:
    """The database of the state folder `home` (or at `url`), with every table of `metadata` in it.

    Raises DatabaseUnusableError when the file is no database, or cannot be read.
    """
    engine = create_engine(url) if url else _sqlite(home / FILE_NAME)
    database = Database(engine)
    try:
        _make_missing_tables(database, engine, metadata)
    except DatabaseError as error:
        database.close()
        where = engine.url.render_as_string(hide_password=True) if url else str(home / FILE_NAME)
        raise DatabaseUnusableError(f"{where}: {error.orig}; mend or move that database away") from error
    return database


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


def _make_missing_tables(database: Database, engine: Engine, metadata: MetaData) -> None:
    if set(metadata.tables) <= set(inspect(engine).get_table_names()):
        return
    with database.writing() as connection:
        metadata.create_all(connection)
