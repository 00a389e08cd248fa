"""The API does what its OpenAPI document says, whatever it is sent: schemathesis makes up the requests."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.generation.case import Case
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from deployer.engines.docker import DockerEngine
from deployer.performing import Performing
from tests.fake_engine import FakeEngine
from tests.unit.api.conftest import PEOPLE
from ui.app import create_app
from ui.client.signing import Key, digest_of, now
from ui.http.signatures import BySignature
from ui.installation import Installation, open_installation
from ui.settings import load

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
NOT_LET_IN = [f"/problems/{name}" for name in ("not-signed-in", "wrong-signature", "unreadable-signature")]
ENDLESS = "^/api/v1/events$"
EXAMPLES = 6
Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


@schemathesis.serializer("application/x-tar")
def as_sources(_context: object, value: object) -> bytes:
    """Something that is hardly ever a tar archive."""
    return value if isinstance(value, bytes) else str(value).encode()


class Signing:
    """Signs every request that comes through it, as a machine would before it sends it."""

    def __init__(self, app: Application, key: Key) -> None:
        self._app = app
        self._key = key

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """See PEP 3333."""
        length = int(environ.get("CONTENT_LENGTH") or 0)
        body = environ["wsgi.input"].read(length)
        path = quote(environ["PATH_INFO"], "/", "latin-1")
        url = f"http://localhost{path}?{environ.get('QUERY_STRING', '')}"
        headers = self._key.headers(environ["REQUEST_METHOD"], url, digest_of(body), now())
        environ["wsgi.input"] = io.BytesIO(body)
        environ["HTTP_AUTHORIZATION"] = headers["Authorization"]
        environ["HTTP_CONTENT_DIGEST"] = headers["Content-Digest"]
        return self._app(environ, start_response)


def on_an_engine_in_memory(opened: Installation) -> Installation:
    engine = cast(DockerEngine, FakeEngine(images={"web:1": "sha256:web1"}))
    opened.minding.reach._engine = engine
    opened.store.put_setting("images", "registry")
    performing = Performing(
        opened.home,
        opened.catalogue,
        opened.projects,
        opened.store,
        opened.vault,
        opened.queue,
        opened.journal,
        opened.uploads,
        connect=lambda: engine,
        patience=0.0,
    )
    return replace(opened, performing=performing)


def signed_by_an_administrator(installation: Installation) -> Application:
    installation.projects.make("shop", "backdraft: 1\nname: shop\ncomponents: {}\n", "root")
    made, secret = installation.keys.make("root", "schemathesis")
    app = create_app(installation, [BySignature(installation.keys, PEOPLE.get)])
    return Signing(app, Key(made.id, secret))


FOLDER = tempfile.TemporaryDirectory(prefix="backdraft-conformance-")
SETTINGS = {"BACKDRAFT_REQUESTS_PER_MINUTE": "100000"}
INSTALLATION = on_an_engine_in_memory(open_installation(load(Path(FOLDER.name), SETTINGS)))
schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", signed_by_an_administrator(INSTALLATION))


@pytest.fixture(scope="module", autouse=True)
def _tidied_up() -> Iterable[None]:
    yield
    INSTALLATION.close()
    FOLDER.cleanup()


@schema.exclude(path_regex=ENDLESS).parametrize()
@settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_an_operation_answers_as_it_is_described(case: Case) -> None:
    # most of what is made up would be asked of projects that nobody has
    if "project" in case.path_parameters and case.path_parameters["project"] < "x":
        case.path_parameters["project"] = "shop"
    if case.query and case.query.get("follow"):
        case.query["follow"] = "false"  # lines are followed for an hour
    answer = case.call_and_validate(checks=CHECKS)
    refused = answer.status_code == 401 and answer.json()["type"] in NOT_LET_IN
    assert not refused, "whoever is not let in tests nothing"
