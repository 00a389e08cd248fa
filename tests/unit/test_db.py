"""The database of a state folder stays whole, whoever opens it and whenever."""

import subprocess
import sys
from pathlib import Path

from sqlalchemy import Column, Integer, MetaData, Table, insert, select

from composer.db import Database, open_database

METADATA = MetaData()
NUMBERS = Table("numbers", METADATA, Column("number", Integer))
VISIT = (
    "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('SELECT * FROM numbers').fetchall(); c.close()"
)


def opened(home: Path) -> Database:
    database = open_database(home)
    with database.writing() as connection:
        METADATA.create_all(connection)
    return database


def test_opening_it_again_keeps_the_locks_of_the_connections_that_are_open(tmp_path: Path):
    """Else a visitor would take itself for the last one, and clear away what the connection still uses."""
    first = opened(tmp_path)
    with first.writing() as connection:
        connection.execute(insert(NUMBERS).values(number=1))
    with first.reading() as connection:
        assert connection.scalar(select(NUMBERS.c.number)) == 1
        open_database(tmp_path).close()
        subprocess.run([sys.executable, "-c", VISIT, str(tmp_path / "backdraft.db")], check=True)
        assert (tmp_path / "backdraft.db-wal").exists()


def test_only_its_owner_reads_it(tmp_path: Path):
    with opened(tmp_path).writing() as connection:
        connection.execute(insert(NUMBERS).values(number=1))
        assert {path.name: oct(path.stat().st_mode & 0o777) for path in tmp_path.iterdir()} == {
            "backdraft.db": "0o600",
            "backdraft.db-wal": "0o600",
            "backdraft.db-shm": "0o600",
        }
