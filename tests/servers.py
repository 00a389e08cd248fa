"""Servers for tests, as processes: `python -m tests.servers up` serves whomever the header `Test-Person` names."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import requests
from flask import Request

from composer.access import Principal, Role
from ui.serving import server as serving
from ui.serving.lock import sole_server
from ui.serving.log import log_to_stderr
from ui.serving.server import CannotServeError, serve
from ui.serving.services import Process
from ui.serving.website import website
from ui.settings import load

STARTS_WITHIN = 60.0


def told_by_name(request: Request) -> Principal | None:
    """Whoever `Test-Person` names: an owner of `shop`, and `root` an administrator.

    Unless the file `revoked` in the state folder names them too. `TEST_PROJECT` in the environment is another name for
    `shop`, where it runs on an engine that others use as well.
    """
    name = request.headers.get("Test-Person", "")
    revoked = Path(os.environ["BACKDRAFT_HOME"]) / "revoked"
    if not name or (revoked.exists() and name in revoked.read_text().split()):
        return None
    roles = {os.environ.get("TEST_PROJECT", "shop"): Role.OWNER}
    return Principal(name, name, roles, is_administrator=name == "root", makes_projects=True)


def free_port() -> int:
    """A port of loopback that nobody has at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


class Server:
    """A server that runs as a process of its own."""

    def __init__(self, home: Path, process: str = "up", *, is_impatient: bool = False, **settings: str) -> None:
        self.home = home
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        environment = {
            **os.environ,
            "BACKDRAFT_HOME": str(home),
            "BACKDRAFT_LISTEN": f"127.0.0.1:{self.port}",
            **{f"BACKDRAFT_{name.upper()}": value for name, value in settings.items()},
        }
        self.log = home.with_name(f"{home.name}-{self.port}.log")
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.servers", process, *(["impatient"] * is_impatient)],
                env=environment,
                stdout=log,
                stderr=log,
            )
        self._await()

    def get(self, path: str, person: str = "ada", **given: Any) -> requests.Response:
        """An answer, as `person`."""
        return requests.get(f"{self.url}{path}", headers={"Test-Person": person}, timeout=30, **given)

    def events(self, person: str = "ada") -> requests.Response:
        """The stream of events, begun."""
        return self.get("/api/v1/events", person, stream=True)

    def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Stop it: its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        return self.process.wait(60)

    def children(self) -> tuple[int, ...]:
        """The processes that it has started."""
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return tuple(map(int, path.read_text().split()))

    def _await(self) -> None:
        end = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < end and self.process.poll() is None:
            try:
                requests.get(f"{self.url}/healthz", timeout=5)
                return
            except requests.RequestException:
                time.sleep(0.05)
        self.process.kill()
        self.process.wait()
        raise AssertionError(f"the server does not answer: {self.log.read_text()}")


def events_of(answer: requests.Response) -> Any:
    """The content of each event of a stream, as it comes; the last one may be the reason of its end."""
    for line in answer.iter_lines(chunk_size=1):
        if line.startswith(b"data: "):
            yield json.loads(line.removeprefix(b"data: "))


def memory(pid: int) -> int:
    """The resident memory of a process, in bytes."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise AssertionError(f"process {pid} says nothing of its memory")


def main(process: str, *words: str) -> None:
    """Serve, with the settings of the environment; `impatient`: a client that is slow has one second."""
    if words:
        serving.HEADERS_WITHIN = serving.BODY_WITHIN = serving.KEPT_ALIVE = 1
    home = Path(os.environ["BACKDRAFT_HOME"])
    home.mkdir(exist_ok=True)
    settings = load(home, os.environ)
    log_to_stderr(settings.log_level, as_json=False)
    try:
        with sole_server(home, settings.url):
            serve(settings, website(settings, Process(process), [told_by_name]))
    except CannotServeError as error:
        sys.exit(f"Error: {error}")


if __name__ == "__main__":
    main(*sys.argv[1:])
