"""A component that is built from git: it changes when its directory does, and never by surprise."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import docker
import pytest

from deployer.errors import DeployerError
from deployer.events import Message, Phase, PhaseChanged
from deployer.plan import CreateContainer
from deployer.queue import Intent, State
from deployer.store import Store
from tests.git.certificates import made_certificates
from tests.git.https_server import HttpsServer, https_server
from tests.git.programs import require_programs
from tests.git.repositories import Repository, made_repository
from tests.integration.projects import Project, eventually, free_port, get
from ui.installation import Installation

pytestmark = pytest.mark.engine

APP = """\
import http.server
class Server(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"WORD")
    def log_message(self, *words):
        pass
http.server.ThreadingHTTPServer(("", 8000), Server).serve_forever()
"""


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[HttpsServer]:
    """A git server that this machine trusts."""
    require_programs()
    authority, certificate = made_certificates(tmp_path)
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_SSL_CAINFO", str(authority))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    (tmp_path / "served").mkdir()
    with https_server(tmp_path / "served", certificate) as running:
        yield running


@pytest.fixture
def repository(server: HttpsServer) -> Repository:
    """A repository with an API in a directory of main."""
    made = made_repository(server.root)
    made.commit({"api/app.py": APP.replace("WORD", "one"), "docs/page.md": "page"})
    return made


@pytest.fixture
def project(new_project: Callable[[], Project], engine: docker.APIClient) -> Iterator[Project]:
    """A project whose images go with it."""
    made = new_project()
    yield made
    made.destroy(volumes=True)
    for image in engine.images(filters={"reference": f"backdraft.local/{made.name}-*"}):
        for tag in image["RepoTags"]:
            engine.remove_image(tag)


def drawn(server: HttpsServer, port: int, branch: str = "main") -> str:
    source = f'{{git: "{server.url()}", branch: "{branch}", directory: api}}'
    more = f"command: [python, app.py], publish: {{http: {port}}}"
    return f"components:\n  api: {{kind: python, source: {source}, {more}}}\n"


def test_a_branch_is_deployed_followed_and_left_in_peace(
    engine: docker.APIClient, server: HttpsServer, repository: Repository, project: Project
):
    port = free_port()
    first = repository.commit({"docs/page.md": "first"})
    outcome = project.deployed(drawn(server, port))
    assert (outcome.commits, eventually(lambda: get(port))) == ({"api": first}, (200, "one"))
    phases = [(event.phase, event.detail) for event in project.events if isinstance(event, PhaseChanged)]
    assert phases[0] == (Phase.FETCHING, f"fetching {server.url()}")
    assert Message(f"{server.url()}: main is at {first[:12]}") in project.events
    labels = engine.inspect_image(project.container("api")["Image"])["Config"]["Labels"]
    assert labels["org.opencontainers.image.revision"] == first
    assert labels["org.opencontainers.image.source"] == server.url()

    # a commit that changes nothing of the component's directory changes nothing that runs
    repository.commit({"docs/page.md": "second"})
    before = project.ids()
    assert project.deploy(drawn(server, port)).plan.is_empty
    assert project.ids() == before

    second = repository.commit({"api/app.py": APP.replace("WORD", "two")})
    [made] = [step for step in project.plan(drawn(server, port)).steps if isinstance(step.operation, CreateContainer)]
    assert (made.component, made.cause) == ("api", "image changed")
    assert project.ids() == before
    outcome = project.deployed(drawn(server, port))
    assert (outcome.commits, eventually(lambda: get(port))) == ({"api": second}, (200, "two"))
    releases = Store(project.home).releases(project.name)
    assert [dict(release.commits) for release in releases] == [{"api": first}, {"api": second}]

    # going back is another branch, tag or commit
    project.deployed(drawn(server, port, branch=first))
    assert eventually(lambda: get(port)) == (200, "one")


def test_what_cannot_be_fetched_fails_a_deploy_before_anything_is_touched(
    server: HttpsServer, repository: Repository, project: Project
):
    port = free_port()
    outcome = project.deployed(drawn(server, port))
    before = project.ids()
    with pytest.raises(DeployerError) as caught:
        project.deploy(drawn(server, port, branch="mian"))
    assert str(caught.value) == (
        f"components/api/source/branch: {server.url()} has no branch and no tag 'mian' (did you mean 'main'?)"
    )
    server.answers = False
    for attempt in (project.plan, project.deploy):
        with pytest.raises(DeployerError) as caught:
            attempt(drawn(server, port))
        assert str(caught.value) == (
            "components/api/source/git: 127.0.0.1 does not answer: The requested URL returned error: 503 "
            f'(do it again when it does; `branch: "{outcome.commits["api"]}"` deploys what was fetched last)'
        )
    assert project.ids() == before
    assert get(port) == (200, "one")
    assert project.deploy(drawn(server, port, branch=outcome.commits["api"])).plan.is_empty


def test_a_deploy_that_another_worker_takes_up_again_builds_the_commit_it_began_with(
    server: HttpsServer,
    repository: Repository,
    project: Project,
    start: Callable[[], int],
    installation: Installation,
):
    port = free_port()
    slow = APP.replace("http.server.Threading", "import time; time.sleep(4)\nhttp.server.Threading")
    first = repository.commit({"api/app.py": slow.replace("WORD", "one")})
    text = project.text(drawn(server, port))
    intent = installation.queue.put(Intent(project.name, "deploy", "test", schema_text=text))
    worker = start()

    def begun() -> Intent | None:
        found = installation.queue.find(intent.id)
        assert found
        assert not found.failures
        return found if found.release else None

    eventually(begun, 120)
    os.kill(worker, signal.SIGKILL)
    repository.commit({"api/app.py": APP.replace("WORD", "two")})
    server.answers = False  # nobody has to be asked again
    worker = start()
    eventually(lambda: not installation.queue.unfinished(), 60)
    os.kill(worker, signal.SIGKILL)
    found = installation.queue.find(intent.id)
    assert found
    assert (found.state, found.fence, found.failures) == (State.DONE, 2, ())
    assert eventually(lambda: get(port)) == (200, "one")
    releases = [(each.outcome, dict(each.commits)) for each in installation.store.releases(project.name)]
    assert releases == [("done", {"api": first})]
