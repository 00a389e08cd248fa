"""Starting, stopping and restarting a component, as plans."""

from dataclasses import replace

from deployer.labels import container_labels, container_name
from deployer.model import ContainerSpec, DesiredState, ObservedContainer, ObservedState
from deployer.operations import Planner, restarting, starting, stopping

API = ContainerSpec("api", 1, "python", "python:3", "")
API2, DB = replace(API, replica=2), replace(API, component="db")
JOB = replace(API, component="job", run="job")
WANTED = DesiredState("shop", containers=(API, API2, DB, JOB))


def seen(spec: ContainerSpec, state: str = "running") -> ObservedContainer:
    return ObservedContainer("1", container_name("shop", spec), container_labels("shop", spec), state)


def planned(planner: Planner, component: str, *containers: ObservedContainer) -> str:
    text = str(planner(WANTED, ObservedState(containers=containers), component))
    for spec in WANTED.containers:
        text = text.replace(container_name("shop", spec), f"{spec.component}.{spec.replica}")
    return text.replace(" (somebody asked for it)", "")


def test_a_stop_ends_every_replica_at_once_and_no_other_component():
    assert planned(stopping, "api", seen(DB), seen(API2), seen(API)) == "#1 - stop api.1\n#2 - stop api.2"
    assert planned(stopping, "api", seen(API, "exited"), seen(API2, "restarting")) == "#1 - stop api.2"


def test_a_start_begins_what_does_not_run_and_waits_for_it():
    assert planned(starting, "api", seen(API), seen(API2, "exited")) == (
        "#1 + start api.2\n#2 ? readiness api.2 after #1"
    )
    assert planned(starting, "api", seen(API), seen(API2)) == ""


def test_a_job_is_started_and_not_waited_for():
    assert planned(starting, "job", seen(JOB, "created")) == "#1 + start job.1"


def test_a_restart_takes_one_replica_after_another():
    assert planned(restarting, "api", seen(API), seen(API2, "exited")) == (
        "#1 - stop api.1\n"
        "#2 + start api.1 after #1\n"
        "#3 ? readiness api.1 after #2\n"
        "#4 + start api.2 after #3\n"
        "#5 ? readiness api.2 after #4"
    )
