"""Two of each process over PostgreSQL and Redis: what is asked of one is done by another, seen at a third, and once."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import docker
import pytest
import requests
from cryptography.fernet import Fernet

from tests.databases import PostgreSQL, RunningServer, postgresql, redis_server
from tests.integration.projects import eventually, server
from tests.servers import Server, events_of


@dataclass
class Installation:
    """Two `web`, two `worker`, two `keeper`, each with a state folder of its own, as on six machines."""

    webs: list[Server]
    database: PostgreSQL
    redis: RunningServer
    heard: list[dict[str, Any]] = field(default_factory=list)

    def ask(self, web: int, method: str, path: str, **given: Any) -> Any:
        """What one of the two answers."""
        answer = requests.request(
            method, f"{self.webs[web].url}/api/v1{path}", headers={"Test-Person": "root"}, timeout=30, **given
        )
        assert answer.ok, answer.text
        return answer.json() if answer.content else None

    def events(self, project: str, kind: str, **content: Any) -> list[dict[str, Any]]:
        """What the stream of the second `web` told of a project, of that kind and with that content."""
        return [
            each
            for each in list(self.heard)
            if each.get("project") == project and each["kind"] == kind and content.items() <= each["content"].items()
        ]

    def faults(self) -> dict[str, str]:
        """What the second `web` lacks."""
        found: dict[str, str] = self.webs[1].get("/readyz").json()["faults"]
        return found


@pytest.fixture(scope="module")
def installation(
    engine: docker.APIClient, images: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installation]:
    folder = tmp_path_factory.mktemp("several")
    key = folder / "key"
    key.touch(mode=0o600)
    key.write_bytes(Fernet.generate_key())
    with postgresql(engine) as database, redis_server(engine) as redis:
        settings = {
            "database_url": database.address,
            "redis_url": redis.address,
            "key_file": str(key),
            "images": "local",
            "look_every": "1",
        }
        webs = [Server(folder / f"web{number}", "web", **settings) for number in range(2)]
        others = [
            _process(folder / f"{name}{number}", name, settings) for name in ("worker", "keeper") for number in range(2)
        ]
        made = Installation(webs, database, redis)
        stream = webs[1].events("root")
        listening = threading.Thread(target=lambda: made.heard.extend(events_of(stream)), daemon=True)
        listening.start()
        try:
            yield made
        finally:
            ended = [web.end() for web in webs]
            for process in others:
                process.send_signal(signal.SIGTERM)
            ended += [process.wait(60) for process in others]
    assert ended == [0] * 6


def _process(home: Path, name: str, settings: dict[str, str]) -> subprocess.Popen[bytes]:
    environment = {
        **os.environ,
        "BACKDRAFT_HOME": str(home),
        **{f"BACKDRAFT_{key.upper()}": value for key, value in settings.items()},
    }
    with home.with_name(f"{home.name}.log").open("wb") as log:
        program = Path(sys.executable).with_name("backdraft")
        return subprocess.Popen([program, name], env=environment, stdout=log, stderr=log)


@pytest.fixture
def project(installation: Installation, engine: docker.APIClient) -> Iterator[str]:
    """A project that was deployed through the first `web`."""
    name = f"test-{secrets.token_hex(4)}"
    text = f"backdraft: 1\nname: {name}\ncomponents:\n  api: {server(8000)}\n"
    installation.ask(0, "POST", "/projects", json={"name": name, "text": text})
    installation.ask(0, "POST", f"/projects/{name}/deploys", json={})
    try:
        eventually(lambda: installation.events(name, "deploy.ended"), seconds=120)
        yield name
    finally:
        installation.ask(0, "DELETE", f"/projects/{name}", json={"volumes": True})
        eventually(lambda: not engine.containers(all=True, filters={"name": name}), seconds=60)


def test_what_happens_at_one_is_seen_in_the_stream_at_the_other(installation: Installation):
    name = f"test-{secrets.token_hex(4)}"
    begun = time.monotonic()
    installation.ask(0, "POST", "/projects", json={"name": name})
    eventually(lambda: [each for each in installation.heard if each.get("project") == name], seconds=10)
    assert time.monotonic() - begun < 2
    assert [each["name"] for each in installation.ask(1, "GET", "/projects")["projects"]].count(name) == 1


def test_a_deploy_is_done_once_by_one_of_the_workers(installation: Installation, project: str):
    [ended] = installation.events(project, "deploy.ended")
    assert ended["content"]["state"] == "done", ended
    began = installation.events(project, "deploy.began")
    assert [each["content"]["attempt"] for each in began] == [1]


def test_every_process_shows_wherever_one_asks_with_what_keepers_do(installation: Installation, project: str):
    def measures() -> str:
        return installation.webs[1].get("/metrics").text

    lives = {"web": 2, "worker": 2, "keeper": 2}
    eventually(lambda: {each: measures().count(f'process="{each}"') for each in lives} == lives)
    assert installation.webs[0].get("/readyz").json() == {"status": "ok", "faults": {}}
    looks = [line for line in eventually(measures).splitlines() if line.startswith("backdraft_keeper_looks_total{")]
    assert len(looks) <= 2
    eventually(lambda: "backdraft_keeper_looks_total{" in measures(), 30)


def test_what_was_removed_by_hand_is_healed_once_by_one_of_the_keepers(
    installation: Installation, project: str, engine: docker.APIClient
):
    (container,) = engine.containers(filters={"name": f"{project}.api"})
    engine.remove_container(container["Id"], force=True)

    def healed() -> list[dict[str, Any]]:
        return installation.events(project, "deploy.ended", action="heal")

    eventually(healed, seconds=60)
    time.sleep(5)
    queued = installation.events(project, "deploy.queued", action="heal")
    assert (len(healed()), len(queued)) == (1, 1)
    assert len(engine.containers(filters={"name": f"{project}.api"})) == 1


def test_while_redis_is_gone_nothing_is_lost(installation: Installation, project: str):
    installation.redis.stop()
    try:
        installation.ask(0, "POST", f"/projects/{project}/deploys", json={"why": "without a doorbell"})
        eventually(lambda: installation.events(project, "deploy.ended", why="without a doorbell"), seconds=60)
        assert "Redis does not answer" in installation.faults()["bus"]
    finally:
        installation.redis.start()
    eventually(lambda: not installation.faults(), seconds=30)
