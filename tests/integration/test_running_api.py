"""What runs, over the API of a real server on the real engine: status, stop and start, commands, terminals, jobs."""

from __future__ import annotations

import http.client
import json
import secrets
import socket
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docker
import pytest
import requests
from simple_websocket import Client, ConnectionClosed
from simple_websocket import ConnectionError as RefusedError

from tests.integration.projects import Project, eventually, server
from tests.servers import Server
from ui.client import Client as ApiClient

pytestmark = pytest.mark.engine

PYTHON = "backdraft.local/python:3.13"
BODY = f"""\
components:
  api: {server(8000, more=", replicas: 2")}
  hello: {{kind: job, image: "{PYTHON}", command: [python, -c, "print('one'); print('two'); raise SystemExit(3)"], \
schedule: "15 3 * * *"}}
"""


@dataclass
class Site:
    """A project that is deployed, and the server that keeps it."""

    project: Project
    server: Server

    @property
    def url(self) -> str:
        return f"{self.server.url}/api/v1/projects/{self.project.name}"

    def ask(self, method: str, path: str, person: str = "ada", **given: Any) -> requests.Response:
        return requests.request(method, self.url + path, headers={"Test-Person": person}, timeout=60, **given)

    def states(self) -> dict[str, str]:
        replicas = self.ask("GET", "/status").json()["replicas"]
        return {f"{each['component']}.{each['replica']}": each["state"] for each in replicas}

    def done(self, answer: requests.Response) -> dict[str, Any]:
        """What came of something that was queued."""
        assert answer.status_code == 202, answer.text
        path = f"/deploys/{answer.json()['id']}"

        def ended() -> Any:
            found = self.ask("GET", path).json()
            return found["ended"] and found

        found: dict[str, Any] = eventually(ended)
        return found

    def run(self, component: str, **body: Any) -> list[dict[str, Any]]:
        answer = self.ask("POST", f"/components/{component}/run", json=body)
        assert answer.status_code == 200, answer.text
        return [each for line in answer.text.splitlines() if (each := json.loads(line))]

    def ticket(self, **body: Any) -> str:
        answer = self.ask("POST", "/components/api/terminal", json=body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["url"])

    def terminal(self, path: str, person: str = "ada", **headers: str) -> Client:
        address = f"ws://127.0.0.1:{self.server.port}{path}"
        return Client(address, headers={"Test-Person": person} | headers)

    def deeds(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ask("GET", "/audit").json()["deeds"]
        return found

    def programs(self) -> str:
        """What runs in the first replica."""
        found = self.project.engine.top(self.project.container("api", 1)["Id"])
        return "\n".join(each[-1] for each in found["Processes"])


@pytest.fixture
def site(project: Project, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setenv("TEST_PROJECT", project.name)
    project.deployed(BODY)
    served = Server(project.home, look_every="2")
    try:
        made = Site(project, served)
        answer = requests.post(
            f"{served.url}/api/v1/projects",
            json={"name": project.name, "text": project.text(BODY)},
            headers={"Test-Person": "ada"},
            timeout=30,
        )
        assert answer.status_code == 201, answer.text
        yield made
    finally:
        served.end()


def heard(client: Client, words: bytes, seconds: float = 10) -> bytes:
    """Everything from a terminal until `words` came."""
    found, end = b"", time.monotonic() + seconds
    while words not in found:
        assert time.monotonic() < end, found
        found += client.receive(timeout=0.5) or b""
    return found


def reason_of_end(client: Client, seconds: float) -> tuple[int, str]:
    end = time.monotonic() + seconds
    try:
        while time.monotonic() < end:
            client.receive(timeout=0.2)
    except ConnectionClosed as closed:
        return int(closed.reason), str(closed.message)
    raise AssertionError(f"it is still open after {seconds} s")


def test_the_status_tells_every_replica_and_follows_a_stop_and_a_start(site: Site):
    answer = site.ask("GET", "/status").json()
    assert (answer["release"], answer["fault"], answer["paused"]) == (1, "", False)
    api = next(each for each in answer["replicas"] if each["component"] == "api")
    assert (api["state"], api["host"], api["image"], api["image_id"][:7]) == ("running", "local", PYTHON, "sha256:")
    assert time.time() - 60 < api["started"] <= time.time()
    well = {"_gate.1": "running", "api.1": "running", "api.2": "running", "hello.1": "waiting"}
    assert site.states() == well
    assert site.done(site.ask("POST", "/components/api/stop"))["state"] == "done"
    assert site.states() == well | {"api.1": "stopped", "api.2": "stopped"}
    assert site.ask("GET", "/status").json()["stopped"] == {"api": "ada"}
    assert site.done(site.ask("POST", "/components/api/start"))["state"] == "done"
    assert site.states() == well
    assert site.done(site.ask("POST", "/components/api/restart"))["state"] == "done"
    assert site.ask("POST", "/components/nothing/stop").status_code == 404
    assert site.ask("POST", "/components/_gate/stop").status_code == 422
    assert [each["what"] for each in site.deeds()][:3] == ["restart_component", "start_component", "stop_component"]


def test_a_pause_is_told_and_drift_is_found_but_not_healed_until_it_ends(site: Site):
    assert site.ask("PUT", "/paused", json={"paused": True}).json()["paused"] is True
    site.project.engine.remove_container(site.project.container("api", 2)["Id"], force=True)
    drift: Callable[[], Any] = lambda: site.ask("GET", "/status").json()["drift"]  # noqa: E731
    [cause] = eventually(drift)["causes"]
    assert cause.endswith(": it is gone")
    assert site.states()["api.2"] == "missing"
    assert site.ask("PUT", "/paused", json={"paused": False}).status_code == 200
    eventually(lambda: site.states()["api.2"] == "running")
    eventually(lambda: drift() is None)


def test_a_command_streams_what_it_writes_and_ends_with_its_exit_code(site: Site):
    program = "import sys; print('out'); print('err', file=sys.stderr); sys.exit(7)"
    told = site.run("api", argv=["python", "-c", program], replica=2)
    assert sorted((each["stream"], each["text"]) for each in told[:-1]) == [("stderr", "err\n"), ("stdout", "out\n")]
    assert told[-1] == {"exit_code": 7}
    hostile = ["printf", "%s|", "$(touch /tmp/x)", "; id", "--", "é\n"]
    assert site.run("api", argv=hostile)[0]["text"] == "$(touch /tmp/x)|; id|--|é\n|"
    assert site.run("api", argv=["sleep", "60"], seconds=1)[-1] == {"fault": "it was ended after 1 s"}
    eventually(lambda: "sleep 60" not in site.programs())
    assert site.run("api", argv=["nonesuch"])[-1] in ({"exit_code": 126}, {"exit_code": 127})
    assert site.ask("POST", "/components/api/run", json={}).status_code == 422
    assert hostile in [each["after"]["argv"] for each in site.deeds() if each["what"] == "run_command"]


def test_a_command_is_ended_when_whoever_asked_for_it_goes_away(site: Site):
    body = {"argv": ["sh", "-c", "trap '' HUP INT TERM PIPE; echo begun; while :; do sleep 71; done"]}
    connection = http.client.HTTPConnection("127.0.0.1", site.server.port, timeout=10)
    headers = {"Test-Person": "ada", "Content-Type": "application/json"}
    path = f"/api/v1/projects/{site.project.name}/components/api/run"
    connection.request("POST", path, json.dumps(body), headers)
    assert connection.sock is not None
    heard_so_far = b""
    while b"begun" not in heard_so_far:
        heard_so_far += connection.sock.recv(4096)
    eventually(lambda: "sleep 71" in site.programs())
    connection.sock.shutdown(socket.SHUT_RDWR)
    connection.close()
    eventually(lambda: "sleep 71" not in site.programs())
    ended = eventually(lambda: [each for each in site.deeds() if each["what"] == "command.ended"])
    assert ended[0]["after"] == {"fault": "nobody read on"}


def test_a_job_is_started_and_its_lines_and_exit_code_told(site: Site):
    told = site.run("hello")
    assert told == [
        {"stream": "stdout", "text": "one\n"},
        {"stream": "stdout", "text": "two\n"},
        {"exit_code": 3},
    ]
    assert site.ask("POST", "/components/hello/run", json={"argv": ["id"]}).status_code == 422


def test_a_terminal_passes_bytes_both_ways_knows_its_size_and_is_recorded(site: Site):
    client = site.terminal(site.ticket(rows=30, columns=100))
    client.send(b"stty size; echo $((40+2)) $TERM\n")
    assert b"30 100" in heard(client, b"42 xterm-256color")
    client.send('{"rows": 50, "columns": 132}')
    client.send(b"stty size\n")
    heard(client, b"50 132")
    client.send(b"sleep 72 & exit\n")
    assert reason_of_end(client, 10) == (1000, "the program ended")
    eventually(lambda: "sleep 72" not in site.programs())
    deeds = eventually(lambda: [each for each in site.deeds() if each["what"] == "terminal.ended"])
    assert deeds[0]["after"]["reason"] == "the program ended"
    assert deeds[0]["after"]["argv"] == ["/bin/sh"]
    assert [each["what"] for each in site.deeds()][:3] == ["terminal.ended", "terminal.began", "give_ticket"]


def test_a_ticket_opens_one_terminal_for_whoever_asked_for_it_from_our_own_pages(site: Site):
    path = site.ticket()
    site.terminal(path).close()
    refused: list[tuple[str, dict[str, str]]] = [
        (path, {}),
        (site.ticket(), {"person": "eve"}),
        (site.ticket(), {"Origin": "https://evil.example"}),
        (path.partition("?")[0] + "?ticket=guessed", {}),
    ]
    for address, given in refused:
        with pytest.raises(RefusedError):
            site.terminal(address, **given)  # type: ignore[arg-type]
    plain = requests.get(f"{site.server.url}{site.ticket()}", headers={"Test-Person": "ada"}, timeout=10)
    assert plain.status_code == 426
    site.terminal(site.ticket(), Origin="http://127.0.0.1").close()  # this client names its host without the port


def test_a_terminal_is_closed_within_five_seconds_of_revocation_and_its_program_ended(site: Site):
    client = site.terminal(site.ticket())
    client.send(b"trap '' HUP; sleep 73\n")
    eventually(lambda: "sleep 73" in site.programs())
    (site.project.home / "revoked").write_text("ada")
    begun = time.monotonic()
    assert reason_of_end(client, 10) == (1008, "the right to it was taken away")
    assert time.monotonic() - begun < 5
    (site.project.home / "revoked").unlink()
    eventually(lambda: "sleep 73" not in site.programs())


def test_a_terminal_ends_when_the_browser_goes_away(site: Site, engine: docker.APIClient):
    client = site.terminal(site.ticket())
    client.send(b"sleep 74\n")
    eventually(lambda: "sleep 74" in site.programs())
    client.sock.shutdown(socket.SHUT_RDWR)
    eventually(lambda: "sleep 74" not in site.programs())


def test_the_command_line_and_the_client_run_commands_through_the_server(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("BACKDRAFT_HOME", str(site.project.home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    name, password = site.project.name, secrets.token_hex(12)

    def backdraft(*words: str) -> tuple[int, str, list[str]]:
        argv = [sys.executable, "-c", "from ui.cli import main; main()", *words]
        done = subprocess.run(argv, input=password, capture_output=True, text=True, timeout=60, check=False)
        return done.returncode, done.stdout, done.stderr.splitlines()

    assert backdraft("users", "add", "demo", "--administrator")[0] == 0
    assert backdraft("--profile", "demo", "login", site.server.url, "--person", "demo")[0] == 0
    code, output, talk = backdraft("--profile", "demo", "run", f"{name}/hello")
    assert (code, output, talk[-1]) == (
        1,
        "",
        f"{name}/hello: ended with exit code 3; see: backdraft logs {name}/hello",
    )
    code, output, _ = backdraft("--profile", "demo", "logs", f"{name}/hello")
    assert (code, [line.partition("| ")[2] for line in output.splitlines()]) == (0, ["one", "two"])
    code, _, talk = backdraft("--profile", "demo", "run", f"{name}/nothing")
    assert (code, "nothing" in talk[-1]) == (1, True)

    profile = tomllib.loads((tmp_path / "config" / "backdraft" / "profiles.toml").read_text())["demo"]
    with closing(ApiClient(profile["server"], profile["key"])) as client:
        told = list(client.running.run(name, "api", ["python", "-c", "print('é'); raise SystemExit(4)"]))
    assert ("".join(each.text for each in told), told[-1].exit_code) == ("é\n", 4)
