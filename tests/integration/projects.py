"""A project on the real engine as a test sees it: deployed from text, looked at from outside."""

from __future__ import annotations

import http.client
import secrets
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import docker

from composer.catalogue import standard
from composer.document import parse
from deployer import labels
from deployer.deployments import Deployer
from deployer.engines.docker import connect
from deployer.events import Event, Listener
from deployer.orders import Outcome
from deployer.plan import Plan
from deployer.store import Store
from deployer.vault import Vault

IMAGES = ("gate", "nginx", "postgres", "python", "redis")
PYTHON = "backdraft.local/python:3.13"
Answer = TypeVar("Answer")

SERVER = """\
import http.server, os, sys
class Server(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = os.environ.get("WORD", "hello").encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *words):
        pass
for port in sys.argv[2:]:
    import threading
    threading.Thread(target=http.server.ThreadingHTTPServer(("", int(port)), Server).serve_forever).start()
http.server.ThreadingHTTPServer(("", int(sys.argv[1])), Server).serve_forever()
"""


def server(*ports: int, more: str = "") -> str:
    """The text of a small component that answers GET with what WORD says, on `ports`; the first is drawn to."""
    words = ", ".join(f'"{port}"' for port in ports)
    program = SERVER.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    drawn = f"ports: {{main: {{protocol: http, number: {ports[0]}}}}}, health: {{tcp: main, timeout: 20}}"
    return f'{{kind: container, image: "{PYTHON}", command: [python, -c, "{program}", {words}], {drawn}{more}}}'


@dataclass
class Project:
    """A project of its own name, in a state folder that tests may share."""

    engine: docker.APIClient
    home: Path
    directory: Path
    name: str = field(default_factory=lambda: f"test-{secrets.token_hex(4)}")
    events: list[Event] = field(default_factory=list)

    def text(self, body: str) -> str:
        return f"backdraft: 1\nname: {self.name}\n{body}"

    def deployer(self) -> Deployer:
        """A new one, as each command has it."""
        store = Store(self.home)
        return Deployer(connect(), store, Vault(self.home, store), standard(), self.home)

    def deploy(self, body: str, listener: Listener | None = None) -> Outcome:
        text = self.text(body)
        return self.deployer().deploy(parse(text), text, self.directory, listener or self.events.append)

    def deployed(self, body: str) -> Outcome:
        """Deploy, and insist that all went well and nothing is left to do."""
        outcome = self.deploy(body)
        assert outcome.ok, "\n".join(map(str, outcome.failures))
        assert str(self.plan(body)) == ""
        return outcome

    def plan(self, body: str) -> Plan:
        return self.deployer().plan(parse(self.text(body)), self.directory, self.events.append)

    def destroy(self, *, volumes: bool) -> str:
        """Destroy it; what is left of it, a line each (data too, if `volumes` says it goes)."""
        outcome = self.deployer().destroy(self.name, self.events.append, volumes=volumes)
        assert outcome.ok, "\n".join(map(str, outcome.failures))
        return self.things() if volumes else self.things("container", "network")

    def things(self, *nouns: str) -> str:
        """Everything on the engine that carries our label or our name, a line each."""
        labelled = {"label": f"{labels.PROJECT}={self.name}"}
        found = [("container", name) for name in self.containers()]
        found += [("network", each["Name"]) for each in self.engine.networks(filters=labelled)]
        found += [("volume", each["Name"]) for each in self.engine.volumes(filters=labelled)["Volumes"] or ()]
        return "\n".join(sorted(f"{noun} {name}" for noun, name in found if not nouns or noun in nouns))

    def containers(self) -> dict[str, dict[str, Any]]:
        """Every container of the project by name, as the engine tells it in full."""
        listed = self.engine.containers(all=True, filters={"label": f"{labels.PROJECT}={self.name}"})
        found = [self.engine.inspect_container(each["Id"]) for each in listed]
        return {each["Name"].removeprefix("/"): each for each in found}

    def container(self, component: str, replica: int = 1) -> dict[str, Any]:
        """The one container at a place that runs."""
        [found] = [
            each
            for each in self.containers().values()
            if each["Config"]["Labels"][labels.COMPONENT] == component
            and each["Config"]["Labels"][labels.REPLICA] == str(replica)
            and each["State"]["Running"]
        ]
        return found

    def ids(self) -> dict[str, str]:
        """Each container that runs: component and replica -> id."""
        return {
            f"{each['Config']['Labels'][labels.COMPONENT]}.{each['Config']['Labels'][labels.REPLICA]}": each["Id"]
            for each in self.containers().values()
            if each["State"]["Running"]
        }

    def run(self, component: str, *argv: str, replica: int = 1) -> tuple[int, str]:
        """Run a program in a container: its exit code and what it printed."""
        made = self.engine.exec_create(self.container(component, replica)["Id"], list(argv))["Id"]
        output = self.engine.exec_start(made).decode(errors="replace")
        return self.engine.exec_inspect(made)["ExitCode"], output.strip()


def free_port() -> int:
    """A port of this machine that nothing listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def get(port: int, path: str = "/", address: str = "127.0.0.1") -> tuple[int, str]:
    """Status and body of an answer."""
    connection = http.client.HTTPConnection(address, port, timeout=5)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()


def eventually(question: Callable[[], Answer], seconds: float = 20) -> Answer:
    """The first true answer; OSError counts as none."""
    end = time.monotonic() + seconds
    while True:
        try:
            answer = question()
        except OSError as error:
            if time.monotonic() > end:
                raise AssertionError(f"still {error!r} after {seconds} s") from error
            answer = None  # type: ignore[assignment]
        if answer:
            return answer
        assert time.monotonic() < end, f"still {answer!r} after {seconds} s"
        time.sleep(0.05)
