"""The keeper on the real engine: what is changed by hand is seen within a second and healed within seconds."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator

import docker
import pytest

from deployer import labels
from tests.integration.keeping import Kept, kept
from tests.integration.projects import Project, eventually, server

pytestmark = pytest.mark.engine

BODY = f"""\
components:
  front: {server(8000)}
  api: {server(8000, more=", replicas: 2")}
connections:
  - {{from: front, to: api}}
"""
WELL = {"_gate.1": "running", "api.1": "running", "api.2": "running", "front.1": "running"}


@pytest.fixture
def running(project: Project) -> Iterator[Kept]:
    project.deployed(BODY)
    with kept(project.home) as found:
        eventually(lambda: found.states(project.name) == WELL)
        yield found


def is_well(project: Project, running: Kept) -> bool:
    return running.states(project.name) == WELL and len(project.ids()) == len(WELL)


def test_a_container_that_was_removed_is_healed_within_seconds_and_all_of_it_is_told(
    project: Project, running: Kept, tell: Callable[[str], None]
):
    begun = time.monotonic()
    before = project.container("api", 2)["Id"]
    project.engine.remove_container(before, force=True)
    eventually(lambda: running.entries("drift.healed"))
    took = time.monotonic() - begun
    tell(f"healed after {took:.1f} s")
    assert took < 10
    assert is_well(project, running)
    assert project.container("api", 2)["Id"] != before
    (found,) = running.entries("drift.found")
    [cause] = found.content["causes"]
    assert cause.startswith(f"+ container {project.name}.api.2.")
    assert cause.endswith(": it is gone")
    told = [each.content["state"] for each in running.entries("status.changed", component="api", replica=2)]
    assert (told[0], told[-1]) == ("running", "running")
    assert "missing" in told
    assert project.plan(BODY).is_empty


def test_what_ends_is_in_the_journal_within_a_second(project: Project, running: Kept, tell: Callable[[str], None]):
    running.projects.make(project.name, project.text(BODY), "ada")
    running.projects.pause(project.name, True)
    name = project.container("api", 1)["Name"].removeprefix("/")

    def delay() -> float:
        since = running.journal.bounds()[1]
        project.engine.kill(name)
        entry = eventually(lambda: running.entries("status.changed", since, component="api", state="exited"))[0]
        assert entry.content["reason"] == "it ended with exit code 137, it was killed (SIGKILL)"
        project.engine.start(name)
        eventually(lambda: running.entries("status.changed", since, component="api", state="running"))
        return entry.at - died_at(project, name, entry.at)

    delays = [delay() for _ in range(7)]
    tell(f"engine's event to journal: median {statistics.median(delays):.3f} s, most {max(delays):.3f} s")
    assert statistics.median(delays) < 1.0


def died_at(project: Project, name: str, before: float) -> float:
    """The time of the engine's last event on the end of a container."""
    filters = {"container": name, "event": "die"}
    events = project.engine.events(since=int(before) - 60, until=int(before) + 1, filters=filters, decode=True)
    return float(max(each["timeNano"] for each in events) / 1e9)


def test_limits_and_networks_that_were_changed_by_hand_are_found_and_given_back(project: Project, running: Kept):
    name = project.container("api", 1)["Name"].removeprefix("/")
    began = project.container("api", 1)["State"]["StartedAt"]
    project.engine.update_container(name, mem_limit="64m", memswap_limit="64m")
    eventually(lambda: running.entries("drift.healed"))
    assert running.entries("status.changed", state="drifted")[0].content["reason"] == (
        "its limit of memory is 64 MiB instead of 512 MiB"
    )
    assert project.container("api", 1)["HostConfig"]["Memory"] == 512 * 2**20

    since = running.journal.bounds()[1]
    network = min(project.container("api", 1)["NetworkSettings"]["Networks"])
    project.engine.disconnect_container_from_network(name, network)
    eventually(lambda: running.entries("drift.healed", since))
    assert running.entries("status.changed", since, state="drifted")[0].content["reason"] == (
        f"it was taken out of network {network}"
    )
    assert network in project.container("api", 1)["NetworkSettings"]["Networks"]
    assert project.container("api", 1)["State"]["StartedAt"] == began
    eventually(lambda: is_well(project, running))


def test_a_paused_project_is_reported_and_left_alone_until_it_is_not_paused(project: Project, running: Kept):
    running.projects.make(project.name, project.text(BODY), "ada")
    running.projects.pause(project.name, True)
    project.engine.remove_container(project.container("api", 2)["Id"], force=True)
    eventually(lambda: running.entries("drift.found"))
    time.sleep(3)
    assert running.states(project.name)["api.2"] == "missing"
    assert running.queue.intents(project.name) == ()
    running.projects.pause(project.name, False)
    running.keeper.look_at(project.name)
    eventually(lambda: is_well(project, running))
    eventually(lambda: running.entries("drift.healed"))


def test_what_is_stopped_stays_stopped_and_starts_when_it_is_told_to(project: Project, running: Kept):
    running.done(project.name, "stop", "api")
    eventually(lambda: running.states(project.name)["api.1"] == "stopped")
    [api, _] = [each for each in running.watchbook.statuses(project.name) if each.component == "api"]
    assert api.reason == "by ada"
    time.sleep(5)
    assert set(project.ids()) == {"_gate.1", "front.1"}
    assert running.entries("drift.found") == []
    running.done(project.name, "start", "api")
    assert set(project.ids()) == set(WELL)
    eventually(lambda: running.states(project.name) == WELL)
    assert running.entries("drift.found") == []


def test_a_restart_takes_one_replica_after_another(project: Project, running: Kept):
    before = {each.name: each.started for each in running.lookout.look(project.name).statuses}
    since = running.journal.bounds()[1]
    running.done(project.name, "restart", "api")
    after = {each.name: each.started for each in running.lookout.look(project.name).statuses}
    assert {labels_of(name) for name in before if after[name] > before[name]} == {("api", "1"), ("api", "2")}
    phases = [
        (each.content["replica"], each.content["phase"])
        for each in running.entries("deploy.phase", since, component="api")
    ]
    assert phases == [(n, phase) for n in (1, 2) for phase in ("stopping", "starting", "ready")]


def labels_of(name: str) -> tuple[str, str]:
    _, component, replica, _ = name.rsplit(".", 3)
    return component, replica


def test_what_was_destroyed_is_not_brought_back(project: Project, running: Kept):
    project.destroy(volumes=True)
    time.sleep(4)
    assert project.things() == ""
    assert running.queue.intents(project.name) == ()
    assert running.states(project.name) == {}


def test_what_is_deployed_meanwhile_is_no_drift(project: Project, running: Kept):
    project.deployed(BODY.replace("replicas: 2", "replicas: 3"))
    eventually(lambda: running.states(project.name) == WELL | {"api.3": "running"})
    time.sleep(3)
    assert running.queue.intents(project.name) == ()


def test_what_is_not_ours_is_never_looked_at(project: Project, running: Kept, engine: docker.APIClient):
    others = engine.create_container(
        "backdraft.local/python:3.13", ["sleep", "60"], labels={labels.PROJECT: f"{project.name}-of-others"}
    )
    try:
        engine.start(others)
        time.sleep(1)
        assert running.watchbook.projects() == (project.name,)
    finally:
        engine.remove_container(others, force=True)
