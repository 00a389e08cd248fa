"""How each replica is, next to what the last release wants of it."""

from dataclasses import replace

import pytest

from deployer.labels import container_labels, container_name
from deployer.live_status import Wanted, live_status, unknown
from deployer.model import Attachment, ContainerSpec, DesiredState, Inspection, ObservedContainer, ObservedState

API = ContainerSpec("api", 1, "python", "python:3", "sha256:1", attachments=(Attachment("shop.api.db"),))
JOB = replace(API, component="job", run="job", attachments=())
NIGHTLY = replace(JOB, component="nightly", schedule="15 3 * * *")
AS_MADE = Inspection(memory=API.memory, cpus=1.0, pids=256, restart_policy="unless-stopped", started=50.0)


def seen(spec: ContainerSpec, state: str, **inspected: object) -> ObservedContainer:
    inspection = replace(AS_MADE, restart_policy=spec.restart_policy, **inspected)  # type: ignore[arg-type]
    networks = {each.network: "" for each in spec.attachments}
    return ObservedContainer(
        "1", container_name("shop", spec), container_labels("shop", spec), state, "sha256:1", networks,
        inspected=inspection, image=spec.image,
    )  # fmt: skip


def told(spec: ContainerSpec, *containers: ObservedContainer, ready: float = 100.0, **stopped: str) -> str:
    wanted = Wanted(DesiredState("shop", containers=(spec,)), ready, stopped)
    return "\n".join(
        f"{each.component} {each.replica} {each.state}: {each.reason}".removesuffix(": ")
        for each in live_status(wanted, ObservedState(containers=containers))
    )


@pytest.mark.parametrize(
    ("container", "expected"),
    [
        (seen(API, "running"), "api 1 running"),
        (seen(API, "running", health="healthy"), "api 1 running"),
        (seen(API, "running", health="starting"), "api 1 running"),
        (
            seen(API, "running", health="starting", started=101.0),
            "api 1 starting: its health check has not succeeded yet",
        ),
        (seen(API, "running", health="unhealthy"), "api 1 unhealthy: its health check fails"),
        (
            seen(API, "running", memory=2**20),
            "api 1 drifted: its limit of memory is 1 MiB instead of 512 MiB",
        ),
        (
            replace(seen(API, "running"), addresses={}),
            "api 1 drifted: it was taken out of network shop.api.db",
        ),
        (seen(API, "paused"), "api 1 drifted: somebody paused it by hand"),
        (
            seen(API, "restarting", restarts=3, exit_code=127),
            "api 1 restarting: it ended with exit code 127, the command was not found in the image; "
            "the engine started it again 3 times",
        ),
        (
            seen(API, "exited", exit_code=137),
            "api 1 exited: it ended with exit code 137, it was killed (SIGKILL)",
        ),
        (
            seen(API, "exited", exit_code=137, out_of_memory=True),
            "api 1 exited: it ran out of memory (exit code 137)",
        ),
        (
            seen(API, "exited", exit_code=1, error="no such network"),
            "api 1 exited: it ended with exit code 1: no such network",
        ),
        (seen(API, "created"), "api 1 starting: it was made and is not started yet"),
    ],
)
def test_a_replica_is_told_with_its_reason(container: ObservedContainer, expected: str):
    assert told(API, container) == expected


def test_a_job_that_ended_well_and_one_that_waits_for_its_schedule_are_as_they_should_be():
    assert told(JOB, seen(JOB, "exited")) == "job 1 exited: it ended well"
    assert told(NIGHTLY, seen(NIGHTLY, "created")) == "nightly 1 waiting: for its schedule, 15 3 * * * (UTC)"


def test_what_somebody_stopped_is_stopped_by_them_whether_its_container_is_there_or_not():
    assert told(API, seen(API, "exited", exit_code=143), api="ada") == "api 1 stopped: by ada"
    assert told(API, api="ada") == "api 1 stopped: by ada"


def test_what_runs_though_it_was_stopped_runs():
    assert told(API, seen(API, "running"), api="ada") == "api 1 running"


def test_what_is_wanted_and_not_there_is_missing():
    assert told(API) == "api 1 missing: there is no container for it"


def test_what_is_there_and_not_of_the_last_release_is_told_as_that():
    older = replace(seen(replace(API, memory=2**20), "running"), created=200.0)
    assert told(API, older) == "api 1 running: it is not of the last release"


def test_the_image_and_the_times_are_told():
    (found,) = live_status(Wanted(DesiredState("shop")), ObservedState(containers=(seen(API, "running"),)))
    assert (found.image, found.image_id, found.started, found.exit_code) == ("python:3", "sha256:1", 50.0, None)


def test_of_an_engine_that_does_not_answer_nothing_is_known():
    wanted = Wanted(DesiredState("shop", containers=(API,)))
    (found,) = unknown(live_status(wanted, ObservedState()), "the engine does not answer")
    assert (found.component, found.state, found.reason) == ("api", "unknown", "the engine does not answer")
