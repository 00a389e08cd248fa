"""Which state a database is in, and which is the newest: looked up without loading what changes databases."""

from functools import cache
from pathlib import Path

from sqlalchemy import Connection, inspect, text

FOLDER = Path(__file__).parent / "migrations" / "versions"
TABLE = "alembic_version"


@cache
def known() -> tuple[str, ...]:
    """Every revision, oldest first: files are named `0001_first_tables.py`."""
    return tuple(sorted(path.name.partition("_")[0] for path in FOLDER.glob("[0-9]*.py")))


def newest() -> str:
    """The revision that this Backdraft works with."""
    return known()[-1]


def revision_of(connection: Connection) -> str | None:
    """The revision of a database; None where it has none yet."""
    if not inspect(connection).has_table(TABLE):
        return None
    revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return revision
