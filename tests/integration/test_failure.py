"""A deploy that fails says why, in time, and what ran before still runs."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable
from contextlib import ExitStack

import pytest

from deployer.errors import DeployerError
from deployer.events import Event, StepDone
from tests.integration.projects import PYTHON, Project, eventually, free_port, get, server

pytestmark = pytest.mark.engine


def box(program: str, more: str = "") -> str:
    return f'{{kind: container, image: "{PYTHON}", command: [python, -c, "{program}"]{more}}}'


def shown(outcome) -> str:
    return "\n".join(map(str, outcome.failures))


def seconds(work: Callable[[], object]) -> float:
    begun = time.monotonic()
    work()
    return time.monotonic() - begun


def test_a_container_that_ends_fails_the_deploy_with_its_last_lines(project: Project):
    begun = time.monotonic()
    outcome = project.deploy(f"components:\n  api: {box('print(123); raise SystemExit(3)')}\n")
    assert not outcome.ok
    assert time.monotonic() - begun < 20
    text = shown(outcome)
    assert text.startswith("api 1: it ended")
    assert "  expected: that it stays up\n  its last lines:\n    123\n" in text
    assert "  what may help: " in text


def test_a_container_that_never_gets_ready_fails_the_deploy_within_its_timeout(project: Project):
    more = ", ports: {main: {protocol: http, number: 8000}}, health: {tcp: main, timeout: 2}"
    begun = time.monotonic()
    outcome = project.deploy(
        f"components:\n  api: {box('import time; print(123, flush=True); time.sleep(99)', more)}\n"
    )
    assert not outcome.ok
    assert 2 <= time.monotonic() - begun < 15
    assert shown(outcome) == (
        "api 1: it was not ready after 2 s\n"
        "  expected: that port 8000 accepts a connection\n"
        "  its last lines:\n    123\n"
        "  what may help: if it only needs longer, raise `health: {timeout: …}`"
    )


def test_a_health_command_that_hangs_fails_the_deploy_within_its_timeout(project: Project):
    more = ", health: {command: [sleep, '60'], timeout: 2}"
    begun = time.monotonic()
    outcome = project.deploy(f"components:\n  api: {box('import time; time.sleep(99)', more)}\n")
    assert shown(outcome) == (
        "api 1: it was not ready after 2 s\n"
        "  expected: that `sleep 60` ends with exit code 0\n"
        "  what may help: if it only needs longer, raise `health: {timeout: …}`"
    )
    assert time.monotonic() - begun < 20


def test_an_image_that_does_not_exist_is_told_with_its_component(project: Project):
    with pytest.raises(DeployerError) as caught:
        project.deploy('components:\n  api: {kind: container, image: "backdraft.local/nothing:1"}\n')
    assert str(caught.value).startswith("components/api")
    assert "backdraft.local/nothing:1" in str(caught.value)
    assert "(" in str(caught.value)
    assert project.things() == ""


def test_a_port_that_is_taken_meanwhile_is_told_and_what_ran_before_answers_again(project: Project):
    port, other = free_port(), free_port()
    body = "components:\n  api: " + server(8000, more=", publish: {{main: {}}}").replace("{{", "{").replace("}}}", "}}")
    first = body.replace("{}", str(port))
    project.deployed(first)
    before = project.ids()
    with ExitStack() as taken:

        def take(event: Event) -> None:
            """Listen on the port once the plan is made: it was free then."""
            if isinstance(event, StepDone) and event.number == 1:
                taken.enter_context(socket.create_server(("127.0.0.1", other)))

        outcome = project.deploy(body.replace("{}", str(other)), take)
    assert not outcome.ok
    text = shown(outcome)
    assert text.startswith("api 1: could not start ")
    assert text.endswith(f" (process {os.getpid()}) has port {other}; publish another one, or end that")
    assert eventually(lambda: get(port)) == (200, "hello")
    assert project.ids() == before
    project.deployed(first)
    assert project.ids() == before


def test_what_ran_before_a_failed_update_still_runs_and_a_mended_one_goes_on_from_there(project: Project):
    port = free_port()
    body = """components:
  front: {kind: nginx, publish: {http: PORT}}
  api: API
  other: OTHER
connections:
  - {from: front, to: api}
""".replace("PORT", str(port))
    api, other = server(8000, more=", replicas: 2"), server(8000)
    project.deployed(body.replace("API", api).replace("OTHER", other))
    before = project.ids()
    changed = server(8000, more=", replicas: 2, environment: {WORD: changed}")
    broken = box("raise SystemExit(1)")
    outcome = project.deploy(body.replace("API", changed).replace("OTHER", broken))
    assert not outcome.ok
    assert shown(outcome).startswith("other 1: it ended")
    assert project.ids() == before
    assert [get(port) for _ in range(20)] == [(200, "hello")] * 20
    assert eventually(lambda: seconds(lambda: [get(port) for _ in range(20)]) < 1)
    mended = server(8000, more=", environment: {WORD: mended}")
    project.deployed(body.replace("API", changed).replace("OTHER", mended))
    assert project.ids()["front.1"] == before["front.1"]
    assert eventually(lambda: get(port)[1] == "changed")
    assert len(project.ids()) == 5


def test_what_is_new_and_healthy_is_not_made_again_when_the_fault_is_mended(project: Project):
    body = "components:\n  good: {}\n  bad: {}\n".format(server(8000), "BAD")
    outcome = project.deploy(body.replace("BAD", box("raise SystemExit(1)")))
    assert not outcome.ok
    good = project.ids()["good.1"]
    project.deployed(body.replace("BAD", server(8000)))
    assert project.ids()["good.1"] == good


def test_a_failure_after_all_is_ready_never_takes_the_new_away(project: Project):
    """A bystander in a network of ours keeps it from being removed; by then the old containers are gone."""
    port = free_port()
    two = f"""components:
  api: {server(8000, more=f", publish: {{main: {port}}}")}
  db: {server(8000)}
connections:
  - {{from: api, to: db}}
"""
    one = "components:\n  api: " + server(8000, more=f", publish: {{main: {port}}}, environment: {{WORD: new}}") + "\n"
    project.deployed(two)
    bystander = project.engine.create_container(
        PYTHON,
        ["sleep", "600"],
        host_config=project.engine.create_host_config(network_mode=f"{project.name}.api.db.8000", init=True),
    )["Id"]
    project.engine.start(bystander)
    try:
        outcome = project.deploy(one)
        assert not outcome.ok
        assert "has active endpoints" in shown(outcome)
        assert get(port) == (200, "new")
    finally:
        project.engine.remove_container(bystander, force=True)
    project.deployed(one)
    assert get(port) == (200, "new")


def test_a_changed_port_reaches_clients_that_need_it_to_get_ready(project: Project):
    program = (
        "import os, time, urllib.request; urllib.request.urlopen(os.environ['API_URL'], timeout=3); time.sleep(99)"
    )
    for port in (8000, 9000):
        project.deployed(
            f"components:\n  client: {box(program)}\n  api: {server(port)}\n"
            "connections:\n  - {from: client, to: api}\n"
        )


def test_two_projects_deployed_at_once_both_come_up(new_project: Callable[[], Project]):
    from concurrent.futures import ThreadPoolExecutor

    bodies = [f"components:\n  a: {server(8000)}\n  b: {server(8000)}\nconnections: [{{from: a, to: b}}]\n"] * 3
    projects = [new_project() for _ in bodies]
    with ThreadPoolExecutor() as pool:
        outcomes = list(pool.map(lambda pair: pair[0].deploy(pair[1]), zip(projects, bodies, strict=True)))
    assert [shown(outcome) for outcome in outcomes] == ["", "", ""]


def test_a_published_port_may_move_to_another_component(project: Project):
    port = free_port()
    project.deployed(
        f"components:\n  api: {server(8000, more=f', publish: {{main: {port}}}, environment: {{WORD: api}}')}\n"
    )
    project.deployed(
        f"components:\n  api: {server(8000)}\n"
        f"  door: {server(8000, more=f', publish: {{main: {port}}}, environment: {{WORD: door}}')}\n"
    )
    assert get(port) == (200, "door")


def test_a_volume_that_is_added_later_is_its_owners_too(project: Project):
    program = "import time; open('/data/written', 'w').write('x'); time.sleep(99)"
    worker = f'kind: worker, image: "{PYTHON}", command: [python, -c, "{program}"]'
    without = worker.replace(program, "import time; time.sleep(99)")
    project.deployed(f"components:\n  box: {{{without}}}\n")
    project.deployed(f"components:\n  box: {{{worker}, volumes: {{data: /data}}}}\n")


def test_a_database_is_not_made_anew_when_somebody_else_is_drawn_to_it(project: Project):
    one = f"components:\n  a: {server(8000)}\n  db: {server(8000)}\nconnections:\n  - {{from: a, to: db}}\n"
    two = one.replace("  db:", f"  b: {server(8000)}\n  db:") + "  - {from: b, to: db}\n"
    project.deployed(one)
    before = {name for name in project.containers() if ".db." in name}
    project.deployed(two)
    assert {name for name in project.containers() if ".db." in name} == before
    project.deployed(one)
    assert {name for name in project.containers() if ".db." in name} == before


def test_a_failed_deploy_leaves_nothing_of_what_it_added(project: Project):
    one = f"components:\n  api: {server(8000, more=', replicas: 1')}\n"
    two = f"components:\n  api: {server(8000, more=', replicas: 2')}\n  mail: {server(8000)}\n"
    two += f"  bad: {box('raise SystemExit(3)')}\n"
    project.deployed(one)
    before = set(project.containers())
    assert not project.deploy(two).ok
    assert set(project.containers()) == before
