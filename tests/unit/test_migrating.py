"""A database is brought up to date by whoever opens it, with a copy of it first."""

import importlib
import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from composer.db import METADATA, DatabaseUnusableError, is_up_to_date, open_database
from composer.revisions import FOLDER, known, newest
from deployer.store import Store

TABLES = ("composer.keys.tables", "composer.tables", "deployer.tables", "ui.people.tables")
_FILES = FOLDER.glob("[0-9]*.py")


def test_the_revisions_make_exactly_the_tables_that_the_stores_use(tmp_path: Path):
    for name in TABLES:
        importlib.import_module(name)
    with open_database(tmp_path).reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []


def test_revisions_follow_each_other_by_their_numbers():
    revisions = [importlib.import_module(f"composer.migrations.versions.{path.stem}") for path in sorted(_FILES)]
    assert tuple(each.revision for each in revisions) == known()
    assert [each.down_revision for each in revisions] == [None, *known()[:-1]]


def test_a_new_database_needs_no_copy(tmp_path: Path):
    open_database(tmp_path)
    open_database(tmp_path)
    assert not (tmp_path / "backups").exists()


def test_who_only_asks_whether_a_database_is_up_to_date_changes_nothing(tmp_path: Path):
    assert (is_up_to_date(tmp_path), list(tmp_path.iterdir())) == (False, [])
    open_database(tmp_path).close()
    assert is_up_to_date(tmp_path)
    with sqlite3.connect(tmp_path / "backdraft.db") as older:
        older.execute("DROP TABLE alembic_version")
    assert not is_up_to_date(tmp_path)
    (tmp_path / "backdraft.db").write_text("no database")
    assert (is_up_to_date(tmp_path), (tmp_path / "backdraft.db").read_text()) == (False, "no database")
    assert not (tmp_path / "backups").exists()


def test_an_older_database_keeps_what_it_knows_and_is_copied_first(tmp_path: Path):
    store = Store(tmp_path)
    store.begin("shop", "name: shop", "#1", "ada")
    store.close()
    with sqlite3.connect(tmp_path / "backdraft.db") as older:  # as it was before revisions had numbers
        for (name,) in older.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            if name not in ("releases", "secrets", "settings") and not name.startswith("sqlite_"):
                older.execute(f"DROP TABLE {name}")
        for name in ("images", "plan", "events", "before", "source", "failures"):
            older.execute(f"ALTER TABLE releases DROP COLUMN {name}")
    assert [release.schema_text for release in Store(tmp_path).releases("shop")] == ["name: shop"]
    (copy,) = (tmp_path / "backups").iterdir()
    assert copy.name.startswith(f"before-{newest()}-from-0000-")
    assert copy.stat().st_mode & 0o777 == 0o600
    with sqlite3.connect(copy) as kept:
        assert kept.execute("SELECT project, who FROM releases").fetchall() == [("shop", "ada")]
        assert kept.execute("SELECT name FROM sqlite_master WHERE name = 'projects'").fetchall() == []


def test_a_database_of_a_newer_backdraft_is_left_alone(tmp_path: Path):
    open_database(tmp_path).close()
    with sqlite3.connect(tmp_path / "backdraft.db") as newer:
        newer.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(DatabaseUnusableError, match=r"written by a newer Backdraft \(revision 9999, this one knows"):
        open_database(tmp_path)


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("mysql://ada:hush@db/shop", r"mysql://ada:\*\*\*@db/shop: 'mysql' is not supported; write postgresql://"),
        ("nonsense", r"cannot be read; write postgresql://"),
    ],
)
def test_an_address_that_is_no_postgresql_is_refused_without_its_password(tmp_path: Path, url: str, fault: str):
    with pytest.raises(DatabaseUnusableError, match=fault):
        open_database(tmp_path, url)


def test_a_server_that_does_not_answer_is_told_without_its_password(tmp_path: Path):
    with pytest.raises(DatabaseUnusableError) as caught:
        open_database(tmp_path, "postgresql://ada:hush@127.0.0.1:9/shop")
    assert "postgresql+psycopg://ada:***@127.0.0.1:9/shop" in str(caught.value)
    assert "check that it runs and what the address says" in str(caught.value)
    assert "hush" not in str(caught.value)
