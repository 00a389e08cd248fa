"""When a container counts as ready, by a clock of the test."""

import socket
from dataclasses import replace

import pytest

from composer.model import Health
from deployer.engines.interface import ContainerState
from deployer.model import ContainerSpec
from deployer.readiness import CancelledError, NotReadyError, await_ready

SPEC = ContainerSpec("api", 1, "container", "image", "", ports=(("main", 8000),), health=Health(timeout=5.0))


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


class Scripted:
    """An engine whose one container is, at each second, as the script says; the last line holds for ever."""

    def __init__(self, clock: Clock, *script: ContainerState, codes: tuple[int, ...] = ()) -> None:
        self.clock, self.script, self.codes = clock, script, list(codes)
        self.commands = 0

    def inspect(self, name: str) -> ContainerState:
        return self.script[min(int(self.clock.now), len(self.script) - 1)]

    def execute(self, name: str, argv: tuple[str, ...]) -> tuple[int, str]:
        self.commands += 1
        return (self.codes.pop(0) if self.codes else 0), ""

    def tail(self, name: str, lines: int) -> tuple[str, ...]:
        return ("last words",)


UP = ContainerState("running", addresses={"net": "127.0.0.1"})


def wait(spec: ContainerSpec, *script: ContainerState, codes: tuple[int, ...] = (), cancelled=lambda: False) -> float:
    """Seconds until it was ready."""
    clock = Clock()
    engine = Scripted(clock, *script, codes=codes)
    await_ready(engine, "shop.api.1", spec, cancelled=cancelled, clock=clock, sleep=clock.sleep)  # type: ignore[arg-type]
    return clock.now


def fault(spec: ContainerSpec, *script: ContainerState, codes: tuple[int, ...] = ()) -> str:
    with pytest.raises(NotReadyError) as caught:
        wait(spec, *script, codes=codes)
    return str(caught.value).split("\n")[0]


def test_a_service_without_a_probe_has_to_stay_up_for_a_moment():
    assert 0.5 <= wait(SPEC, UP) < 0.8


def test_one_that_ends_is_not_ready():
    assert fault(SPEC, ContainerState("exited", 3)) == "api 1: it ended with exit code 3"


def test_one_that_is_started_again_by_the_engine_is_not_ready():
    spec = replace(SPEC, health=Health(command=("check",), timeout=5.0))
    text = fault(spec, UP, replace(UP, restarts=1), codes=(1,) * 100)
    assert text == "api 1: it ended soon after its start, and the engine started it again (1 times)"


def test_a_port_has_to_accept():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        number = listener.getsockname()[1]
        spec = replace(SPEC, ports=(("main", number),), health=Health(tcp="main", timeout=5.0))
        assert wait(spec, UP) == 0.0
    assert fault(spec, UP) == "api 1: it was not ready after 5 s"


def test_a_port_is_looked_for_once_the_container_has_an_address():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        spec = replace(SPEC, ports=(("main", listener.getsockname()[1]),), health=Health(tcp="main", timeout=5.0))
        assert 1.0 <= wait(spec, ContainerState("running"), UP) < 1.3


def test_a_command_is_run_until_it_succeeds():
    spec = replace(SPEC, health=Health(command=("check",), timeout=5.0))
    assert 0.2 <= wait(spec, UP, codes=(1, 1, 0)) < 0.4
    assert fault(spec, UP, codes=(1,) * 200) == "api 1: it was not ready after 5 s"


def test_a_job_is_ready_when_it_has_ended_well():
    job = replace(SPEC, run="job")
    assert 2.0 <= wait(job, UP, UP, ContainerState("exited", 0)) < 2.5
    assert fault(job, UP, ContainerState("exited", 4)) == "api 1: it ended with exit code 4"
    assert fault(job, UP) == "api 1: it was not ready after 5 s"


def test_a_wait_that_is_given_up_ends_at_once():
    with pytest.raises(CancelledError):
        wait(SPEC, UP, cancelled=lambda: True)
