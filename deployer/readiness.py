"""Ready means really ready: the probes of a kind, polled by us, so that nobody waits for an engine's interval."""

import http.client
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import Protocol

from deployer.engines.interface import ContainerState, Engine, EngineError
from deployer.failures import LOG_LINES, STAYS_UP, Failure, ended, not_ready
from deployer.model import ContainerSpec

POLL = 0.02
"""Seconds between two looks at a port; connecting on one machine costs less than a millisecond."""
LOOK = 0.25
"""Seconds between two looks at the container itself."""
SETTLE = 0.5
"""Seconds that a service without any probe must stay up to count as ready."""
PROBE_TIMEOUT = 2.0
ANY_STATUS = 600


class NotReadyError(Exception):
    """A container that did not get ready; `failure` tells all."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(str(failure))
        self.failure = failure


class CancelledError(Exception):
    """The wait was given up because the deploy ends."""


def await_ready(
    engine: Engine,
    name: str,
    spec: ContainerSpec,
    *,
    cancelled: Callable[[], bool] = lambda: False,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Return when every probe of the container has succeeded, or when a job has ended well.

    Raises NotReadyError when the container ends or its time is over, CancelledError when `cancelled` says so.
    """
    begun = looked = clock()
    timeout = spec.health.timeout or 60.0
    state = engine.inspect(name)
    restarts = state.restarts
    expectations = [JobEnds()] if spec.run == "job" else _expectations(engine, name, spec, begun)
    while expectations:
        if _has_ended_badly(spec, state, restarts):
            expected = str(JobEnds()) if spec.run == "job" else STAYS_UP
            raise NotReadyError(ended(spec.component, spec.replica, state, engine.tail(name, LOG_LINES), expected))
        if expectations[0].holds(state, clock()):
            expectations.pop(0)
            continue
        if cancelled():
            raise CancelledError(name)
        if clock() - begun >= timeout:
            log = engine.tail(name, LOG_LINES)
            raise NotReadyError(not_ready(spec.component, spec.replica, str(expectations[0]), timeout, log))
        sleep(expectations[0].pause)
        if clock() - looked >= LOOK or not state.addresses:
            state, looked = engine.inspect(name), clock()


class Expectation(Protocol):
    """One thing that must hold; its text completes the sentence "expected: …"."""

    @property
    def pause(self) -> float:
        """Seconds until it is worth another look."""

    def holds(self, state: ContainerState, now: float) -> bool:
        """Whether it holds for a container in `state`."""


@dataclass(frozen=True)
class PortAccepts:
    """A port accepts a connection."""

    port: int
    pause: float = POLL

    def __str__(self) -> str:
        return f"that port {self.port} accepts a connection"

    def holds(self, state: ContainerState, now: float) -> bool:
        """Connect to the port on the first address of the container."""
        for address in sorted(state.addresses.values())[:1]:
            with suppress(OSError), socket.create_connection((address, self.port), timeout=PROBE_TIMEOUT):
                return True
        return False


@dataclass(frozen=True)
class PageAnswers:
    """GET on a path answers with a status below `below`."""

    port: int
    path: str
    below: int = 400
    pause: float = POLL

    def __str__(self) -> str:
        if self.below == ANY_STATUS:
            return f"that port {self.port} answers GET {self.path}"
        return f"that GET {self.path} on port {self.port} answers with a status below {self.below}"

    def holds(self, state: ContainerState, now: float) -> bool:
        """Ask for the page on the first address of the container."""
        for address in sorted(state.addresses.values())[:1]:
            connection = http.client.HTTPConnection(address, self.port, timeout=PROBE_TIMEOUT)
            with suppress(OSError, http.client.HTTPException), closing(connection):
                connection.request("GET", self.path)
                return connection.getresponse().status < self.below
        return False


@dataclass
class CommandSucceeds:
    """A program run in the container ends with exit code 0. Beside one that hangs no second one is begun."""

    engine: Engine
    name: str
    argv: tuple[str, ...]
    pause: float = 0.1
    under_way: Future[bool] | None = None

    def __str__(self) -> str:
        return f"that `{' '.join(self.argv)}` ends with exit code 0"

    def holds(self, state: ContainerState, now: float) -> bool:
        """Run it once, or look whether the one that is under way has ended."""
        if self.under_way is None:
            self.under_way = Future()
            threading.Thread(target=self.run, args=(self.under_way,), daemon=True).start()
        try:
            succeeds = self.under_way.result(PROBE_TIMEOUT)
        except TimeoutError:
            return False
        self.under_way = None
        return succeeds

    def run(self, answer: Future[bool]) -> None:
        """Run it once, and answer."""
        try:
            answer.set_result(self.engine.execute(self.name, self.argv)[0] == 0)
        except EngineError:
            # the container may be ending this moment; the next look at it tells
            answer.set_result(False)
        except BaseException as error:
            answer.set_exception(error)


@dataclass(frozen=True)
class StaysUp:
    """A service without a probe has stayed up for a moment."""

    until: float
    pause: float = 0.1

    def __str__(self) -> str:
        return STAYS_UP

    def holds(self, state: ContainerState, now: float) -> bool:
        """Whether the moment is over."""
        return now >= self.until


@dataclass(frozen=True)
class JobEnds:
    """A job has ended with exit code 0."""

    pause: float = 0.1

    def __str__(self) -> str:
        return "that the job ends with exit code 0"

    def holds(self, state: ContainerState, now: float) -> bool:
        """Whether it has."""
        return state.state == "exited" and state.exit_code == 0


def _expectations(engine: Engine, name: str, spec: ContainerSpec, begun: float) -> list[Expectation]:
    health, numbers = spec.health, dict(spec.ports)
    expected: list[Expectation] = []
    if health.tcp:
        expected.append(PortAccepts(numbers[health.tcp]))
    if health.http:
        expected.append(PageAnswers(numbers[health.http.port], health.http.path, health.http.below))
    if health.command:
        expected.append(CommandSucceeds(engine, name, health.command))
    return expected or [StaysUp(begun + SETTLE)]


def _has_ended_badly(spec: ContainerSpec, state: ContainerState, restarts: int) -> bool:
    if spec.run == "job" and state.state == "exited":
        return state.exit_code != 0
    return state.state != "running" or state.restarts > restarts
