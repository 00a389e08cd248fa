"""The same tests as of SQLite: people, what ends by itself, and those who come at the same moment."""

from tests.unit.people.conftest import app, browser, clock, installation, kept, people, signed_in  # noqa: F401
from tests.unit.people.test_members import *  # noqa: F403
from tests.unit.people.test_second_factor import *  # noqa: F403
from tests.unit.people.test_stores import *  # noqa: F403
