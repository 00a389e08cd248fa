"""The life of a project at a server that people sign in to, whose processes are killed while it deploys."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import docker
import pytest
import requests
from cryptography.fernet import Fernet

from tests.databases import postgresql, redis_server
from tests.integration.projects import Project, eventually, free_port, get, server
from tests.servers import events_of

PROGRAM = str(Path(sys.executable).with_name("backdraft"))
PASSWORD = "seven wild swans fly"
PROCESSES = {"one process": ("up",), "several processes": ("web", "worker", "keeper")}


@dataclass
class Site:
    """The programs of one installation, which begin and are killed together."""

    folder: Path
    names: tuple[str, ...]
    settings: dict[str, str]
    port: int = field(default_factory=free_port)
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        return "".join(path.read_text() for path in sorted(self.folder.glob("*.log")))

    def begin(self) -> None:
        """Start every program; return when requests are answered."""
        for name in self.names:
            settings = {"home": str(self.folder / name), "listen": f"127.0.0.1:{self.port}", **self.settings}
            environment = {**os.environ, **{f"BACKDRAFT_{key.upper()}": value for key, value in settings.items()}}
            with (self.folder / f"{name}.log").open("ab") as log:
                self.running.append(
                    subprocess.Popen([PROGRAM, name], env=environment, stdout=log, stderr=log, start_new_session=True)
                )
        eventually(lambda: requests.get(f"{self.url}/healthz", timeout=5).ok, seconds=60)

    def end(self, how: signal.Signals) -> list[int]:
        """Send every process of every program that signal; the exit codes of the programs."""
        for process in self.running:
            if how is signal.SIGKILL:
                os.killpg(process.pid, how)
            else:
                process.send_signal(how)
        codes = [process.wait(60) for process in self.running]
        self.running.clear()
        return codes

    def first_owner(self) -> str:
        """The token of the link that the first start printed."""
        return str(eventually(lambda: re.search(r"/first-owner#(\S+)", self.log)).group(1))


class Person:
    """Somebody with a browser: cookies, and the token of the session for what changes something."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.browser = requests.Session()

    def come_in(self, way: str, **given: str) -> Person:
        self.ask("POST", way, json={"password": PASSWORD, **given})
        self.browser.headers["X-CSRF-Token"] = self.ask("GET", "/me").json()["csrf_token"]
        return self

    def send(self, method: str, path: str, **given: Any) -> requests.Response:
        return self.browser.request(method, f"{self.site.url}/api/v1{path}", timeout=60, **given)

    def ask(self, method: str, path: str, **given: Any) -> requests.Response:
        """What must be answered well."""
        answer = self.send(method, path, **given)
        assert answer.ok, answer.text
        return answer

    def ended(self, project: str, deploy: int) -> dict[str, Any]:
        """A deploy, when it is over."""

        def over() -> dict[str, Any] | None:
            found: dict[str, Any] = self.ask("GET", f"/projects/{project}/deploys/{deploy}").json()
            return found if found["state"] in ("done", "failed", "cancelled") else None

        return eventually(over, seconds=120) or {}

    def events(self) -> Iterator[dict[str, Any]]:
        """The stream, from the first event that is kept."""
        yield from events_of(self.ask("GET", "/events?after=0", stream=True))


@pytest.fixture
def project(engine: docker.APIClient, images: None, tmp_path: Path) -> Iterator[Project]:
    """The name of a project, and what stands of it, which is nothing in the end."""
    named = Project(engine, tmp_path / "not the server's", tmp_path)
    yield named
    named.deployer().destroy(named.name, named.events.append, volumes=True, of_others=True)
    assert named.things() == ""


@pytest.fixture(params=PROCESSES)
def site(request: pytest.FixtureRequest, engine: docker.APIClient, project: Project, tmp_path: Path) -> Iterator[Site]:
    settings = {"images": "local", "look_every": "1"}
    with ExitStack() as stack:
        if request.param == "several processes":
            key = tmp_path / "key"
            key.touch(mode=0o600)
            key.write_bytes(Fernet.generate_key())
            settings |= {
                "key_file": str(key),
                "database_url": stack.enter_context(postgresql(engine)).address,
                "redis_url": stack.enter_context(redis_server(engine)).address,
            }
        made = Site(tmp_path, PROCESSES[request.param], settings)
        made.begin()
        try:
            yield made
        finally:
            ended = made.end(signal.SIGTERM)
    assert ended == [0] * len(made.names), made.log


def test_it_is_drawn_deployed_killed_finished_gone_back_and_ended_by_people_and_programs(
    site: Site, project: Project, tmp_path: Path
):
    name, port = project.name, free_port()
    here = f"/projects/{name}"

    def text(word: str) -> str:
        front = server(8000, more=f", publish: {{main: {port}}}, environment: {{WORD: {word}}}")
        return (
            f"backdraft: 1\nname: {name}\ncomponents:\n  back: {server(9000, more=', replicas: 2')}\n  front: {front}\n"
        )

    ada = Person(site).come_in("/first-owner", token=site.first_owner(), name="ada")
    ada.ask("POST", "/projects", json={"name": name, "text": text("one")})
    link = ada.ask("POST", f"{here}/invitations", json={"role": "viewer"}).json()["link"]
    bob = Person(site).come_in("/invitations/sign-up", token=link.partition("#")[2], name="bob")
    seen = bob.ask("GET", f"{here}/schema")
    assert seen.json()["text"] == text("one")
    tag = {"If-Match": seen.headers["ETag"]}
    assert bob.send("PUT", f"{here}/schema", json={"text": text("mine")}, headers=tag).status_code == 403
    assert bob.send("POST", f"{here}/deploys", json={}).status_code == 403

    first = ada.ask("POST", f"{here}/deploys", json={"why": "to begin with"}).json()["id"]
    assert (ada.ended(name, first)["state"], get(port)) == ("done", (200, "one"))

    ada.ask("PUT", f"{here}/schema", json={"text": text("two")}, headers=tag)
    second = ada.ask("POST", f"{here}/deploys", json={"why": "another word"}).json()["id"]
    for event in bob.events():
        if event["kind"] == "deploy.phase" and event["content"]["deploy"] == second:
            break
    site.end(signal.SIGKILL)
    killed = time.monotonic()
    site.begin()
    assert ada.ended(name, second)["state"] == "done"
    assert time.monotonic() - killed < 30
    assert get(port) == (200, "two")
    assert sorted(each.partition(".")[2].rpartition(".")[0] for each in project.containers()) == [
        "_gate.1",
        "back.1",
        "back.2",
        "front.1",
    ]

    release = ada.ask("GET", f"{here}/releases").json()["releases"][-1]["number"]
    back = ada.ask("POST", f"{here}/releases/{release}/rollback", json={"why": "the old one"}).json()["id"]
    assert (ada.ended(name, back)["state"], get(port)) == ("done", (200, "one"))
    ends = []
    for event in bob.events():
        if event["kind"] == "deploy.ended" and event["content"]["action"] != "heal":
            ends.append((event["content"]["deploy"], event["content"]["state"]))
        if ends and ends[-1][0] == back:
            break
    assert ends == [(first, "done"), (second, "done"), (back, "done")]

    made = ada.ask("POST", "/me/keys", json={"name": "a machine"}).json()
    key = tmp_path / "machine"
    key.touch(mode=0o600)
    key.write_text(f"{made['id']}:{made['secret']}")
    schema = tmp_path / "backdraft.yml"
    schema.write_text(text("three"))

    def backdraft(*words: str) -> str:
        argv = [PROGRAM, "--server", site.url, "--key-file", str(key), *words]
        environment = {**os.environ, "BACKDRAFT_HOME": str(tmp_path / "elsewhere")}
        done = subprocess.run(argv, env=environment, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, f"{' '.join(argv)}\n{done.stdout}{done.stderr}"
        return done.stdout

    backdraft("deploy", str(schema))
    assert get(port) == (200, "three")
    status = json.loads(backdraft("status", name, "--json"))[name]
    assert sorted((each["component"], each["state"]) for each in status if each["component"] in ("front", "back")) == [
        ("back", "running"),
        ("back", "running"),
        ("front", "running"),
    ]
    backdraft("rollback", name, str(release))
    assert get(port) == (200, "one")
    backdraft("destroy", name, "--volumes", "--confirm", name)
    assert project.things() == ""
