"""The same tests as of SQLite."""

from tests.unit.test_feed import *  # noqa: F403
