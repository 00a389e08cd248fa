"""kill -9 at any call to the engine, or Ctrl-C: the next deploy ends right, with no orphans and with all data."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import re
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from queue import SimpleQueue

import pytest

from deployer.store import Store
from tests.integration.projects import PYTHON, Project, eventually, free_port, get, server

pytestmark = [pytest.mark.engine, pytest.mark.sweep, pytest.mark.timeout(900)]
LANES = 2
PATIENT = (
    f'{{kind: container, image: "{PYTHON}", command: [python, -c, "import signal, time; '
    'signal.signal(signal.SIGTERM, lambda *_: time.sleep(2) or exit()); time.sleep(99)"]}'
)
"""A component that takes two seconds to end."""
Death = tuple[str, int]


def shop(port: int, word: str = "hello", old: bool = True) -> str:
    """Files, a published port, replicas, data; `word` changes the replicas and the keeper of data, `old` goes."""
    api = server(8000, more=f", replicas: 2, environment: {{WORD: {word}}}")
    db = server(5000, more=f", volumes: {{data: /data}}, environment: {{WORD: {word}}}")
    body = f"""components:
  front: {{kind: nginx, publish: {{http: {port}}}}}
  api: {api}
  db: {db}
"""
    body += f"  old: {server(6000)}\n" if old else ""
    body += "connections:\n  - {from: front, to: api}\n  - {from: api, to: db}\n"
    return body + ("  - {from: api, to: old}\n" if old else "")


def child(project: Project, body: str, *death: object) -> subprocess.Popen[str]:
    schema = project.directory / f"{project.name}.yml"
    schema.write_text(project.text(body))
    argv = [sys.executable, "-m", "tests.integration.deploying", str(project.home), str(project.directory), str(schema)]
    argv += map(str, death)
    return subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def command(project: Project, body: str, verb: str, *words: str) -> subprocess.Popen[str]:
    """The command line, as a person runs it, with a schema file of this body."""
    schema = project.directory / f"{project.name}.yml"
    schema.write_text(project.text(body))
    argv = [sys.executable, "-c", "from ui.cli import main; main()", verb, str(schema), *words]
    environment = os.environ | {"BACKDRAFT_HOME": str(project.home)}
    return subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)


def calls_of(project: Project, body: str) -> int:
    """How many changing calls the whole deploy makes."""
    process = child(project, body)
    output, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    return int(output.split()[-1])


def killed(project: Project, body: str, death: Death) -> bool:
    """Deploy in a process that dies so; whether it died, since calls in parallel are not always as many."""
    process = child(project, body, *death)
    _, errors = process.communicate(timeout=120)
    assert process.returncode in (-signal.SIGKILL, 0), errors
    return process.returncode != 0


def things(project: Project) -> list[str]:
    """What is there, by names that are the same for each project."""
    return re.sub(r"\.[0-9a-f]{8}\b", ".*", project.things().replace(project.name, "shop")).splitlines()


def deaths(calls: int, step: int = 1) -> list[Death]:
    return [(when, number) for number in range(1, calls + 1, step) for when in ("before", "after")]


def in_lanes(
    lanes: Iterable[Callable[[Death], None]], to_die: list[Death], what: str, tell: Callable[[str], None]
) -> None:
    """Every death once, in as many lanes as there are, each lane one at a time."""
    waiting: SimpleQueue[Death | None] = SimpleQueue()
    walkers = list(lanes)
    for death in (*to_die, *(None for _ in walkers)):
        waiting.put(death)
    begun = time.monotonic()

    def walk(lane: Callable[[Death], None]) -> None:
        while death := waiting.get():
            lane(death)
            tell(f"{what}: killed {death[0]} call {death[1]} and mended, {time.monotonic() - begun:.0f} s")

    with ThreadPoolExecutor(len(walkers)) as pool:
        for walker in [pool.submit(walk, lane) for lane in walkers]:
            walker.result()


def test_a_first_deploy_killed_at_any_call_is_completed_by_the_next(
    new_project: Callable[[], Project], tell: Callable[[str], None]
):
    first, port = new_project(), free_port()
    calls = calls_of(first, shop(port))
    expected = things(first)
    first.destroy(volumes=True)

    def lane(project: Project, port: int) -> Callable[[Death], None]:
        def die_and_mend(death: Death) -> None:
            body = shop(port)
            killed(project, body, death)
            project.deployed(body)
            assert things(project) == expected, death
            assert eventually(lambda: get(port)) == (200, "hello"), death
            assert project.destroy(volumes=True) == "", death

        return die_and_mend

    in_lanes(
        [lane(new_project(), free_port()) for _ in range(LANES)], deaths(calls), f"first deploy, {calls} calls", tell
    )


def test_an_update_killed_at_any_call_is_completed_by_the_next(
    new_project: Callable[[], Project], tell: Callable[[str], None]
):
    first, port = new_project(), free_port()
    first.deployed(shop(port))
    calls = calls_of(first, shop(port, "changed", old=False))
    expected = things(first)
    first.destroy(volumes=True)

    def lane(project: Project, port: int) -> Callable[[Death], None]:
        project.deployed(shop(port))
        assert project.run("db", "python", "-c", "open('/data/kept', 'w').write('kept')") == (0, "")

        def die_and_mend(death: Death) -> None:
            killed(project, shop(port, "changed", old=False), death)
            project.deployed(shop(port, "changed", old=False))
            assert things(project) == expected, death
            assert eventually(lambda: get(port)) == (200, "changed"), death
            assert project.run("db", "cat", "/data/kept") == (0, "kept"), death
            project.deployed(shop(port))

        return die_and_mend

    in_lanes([lane(new_project(), free_port()) for _ in range(LANES)], deaths(calls, 3), f"update, {calls} calls", tell)


def test_real_stores_keep_their_data_and_passwords_through_kills(project: Project, tell: Callable[[str], None]):
    port = free_port()
    body = """components:
  front: {kind: nginx, publish: {http: PORT}}
  api: API
  db: {kind: postgres}
  cache: {kind: redis}
connections:
  - {from: front, to: api}
  - {from: api, to: db}
  - {from: api, to: cache}
""".replace("PORT", str(port))
    old, new = body.replace("API", server(8000)), body.replace("API", server(8000, more=", environment: {WORD: new}"))
    for number in (1, 9, 17):
        assert killed(project, old, ("after", number))
        tell(f"real kinds: killed after call {number}")
    project.deployed(old)
    ask = ("psql", "-U", "app", "-d", "app", "-tAc")
    assert project.run("db", *ask, "CREATE TABLE kept (word text); INSERT INTO kept VALUES ('kept')")[0] == 0
    assert project.run("cache", "redis-cli", "set", "word", "kept") == (0, "OK")
    limited = new.replace("{kind: postgres}", "{kind: postgres, limits: {cpus: 1}}")
    limited = limited.replace("{kind: redis}", "{kind: redis, settings: {memory: 64}}")
    for number in (2, 6, 10):
        killed(project, limited, ("before", number))
        tell(f"real kinds: killed before call {number} of an update")
    project.deployed(limited)
    assert project.run("db", *ask, "SELECT word FROM kept") == (0, "kept")
    assert project.run("cache", "redis-cli", "get", "word") == (0, "kept")
    assert eventually(lambda: get(port)) == (200, "new")
    assert len(project.containers()) == 5


def test_ctrl_c_ends_a_deploy_soon_and_the_next_one_completes_it(project: Project):
    slow = (
        f'{{kind: container, image: "{PYTHON}", command: [python, -c, "import time; time.sleep(99)"],'
        " ports: {main: {protocol: http, number: 8000}}, health: {tcp: main, timeout: 60}}"
    )
    port = free_port()
    good = shop(port)
    stuck = good.replace("connections:", f"  slow: {slow}\nconnections:")
    process = child(project, stuck)
    eventually(lambda: "slow.1" in project.ids(), 60)
    begun = time.monotonic()
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    assert time.monotonic() - begun < 20
    project.deployed(good)
    assert eventually(lambda: get(port)) == (200, "hello")


@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)],
    ids=["Ctrl-C", "SIGTERM", "SIGHUP"],
)
def test_a_command_stopped_during_an_update_goes_back_to_what_ran_before(
    project: Project, number: signal.Signals, code: int
):
    port = free_port()
    project.deployed(shop(port))
    before = project.ids()
    stuck = shop(port, "changed").replace("health: {tcp: main, timeout: 20}", "health: {command: [sleep, '99']}")
    process = command(project, stuck, "deploy", "--json")
    eventually(lambda: set(before.values()) - set(project.ids().values()), 60)
    for _ in range(1 if number is signal.SIGINT else 3):  # some send it until the process is gone
        process.send_signal(number)
        time.sleep(0.1)
    output, errors = process.communicate(timeout=60)
    assert process.returncode == code, errors
    assert "going back to what ran before" in errors
    told = json.loads(output)
    assert (told["ok"], told["interrupted"]) == (False, True)
    assert project.ids() == before
    assert eventually(lambda: get(port)) == (200, "hello")


def test_a_deploy_whose_terminal_goes_away_goes_back_to_what_ran_before(project: Project):
    port = free_port()
    project.deployed(shop(port))
    before = project.ids()
    stuck = shop(port, "changed").replace("health: {tcp: main, timeout: 20}", "health: {command: [sleep, '99']}")
    (project.directory / "backdraft.yml").write_text(project.text(stuck))
    ours, theirs = os.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", "from ui.cli import main; main()", "deploy"],
        cwd=project.directory,
        env={**os.environ, "BACKDRAFT_HOME": str(project.home), "TERM": "xterm"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # the terminal is its own, and its end is told to it
    )
    os.close(theirs)
    os.set_blocking(ours, False)
    drawn = b""

    def is_starting() -> bool:
        nonlocal drawn
        with contextlib.suppress(BlockingIOError):
            drawn += os.read(ours, 65536)
        return bool(set(before.values()) - set(project.ids().values()))

    eventually(is_starting, 60)
    os.close(ours)
    assert process.wait(60) == 129
    assert b"front" in drawn
    assert project.ids() == before
    [_, release] = Store(project.home).releases(project.name)
    assert release.outcome == "interrupted"


def test_a_destruction_stopped_by_sigterm_is_completed_by_the_next(project: Project):
    body = f"components:\n  slow: {PATIENT}\n"
    project.deployed(body)
    process = command(project, body, "destroy")
    assert process.stderr
    assert any("stopping" in line for line in process.stderr)
    process.send_signal(signal.SIGTERM)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 143, errors
    assert "stopped after" in errors
    assert project.things("container") != ""
    assert project.destroy(volumes=True) == ""


@pytest.mark.parametrize("moment", [0.0, 0.3, 0.8])
def test_ctrl_c_at_any_moment_is_completed_by_the_next_deploy(project: Project, moment: float):
    process = child(project, shop(port := free_port()))
    assert process.stdout
    assert next(islice(process.stdout, 1)) == "begun\n"
    time.sleep(moment)  # the moment is what is tested
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode in (130, 0, 1, -signal.SIGINT)
    project.deployed(shop(port))
    assert eventually(lambda: get(port)) == (200, "hello")
