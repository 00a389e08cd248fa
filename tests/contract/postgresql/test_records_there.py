"""The same tests as of SQLite."""

from tests.unit.test_records import *  # noqa: F403
