"""The same tests as of SQLite: drawings and events over the API."""

from tests.unit.api.conftest import app, client, installation, people  # noqa: F401
from tests.unit.api.test_drawings import *  # noqa: F403
