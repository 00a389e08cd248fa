"""The hand that acts: each step of a plan is one engine call, made in parallel as far as the plan's order allows.

Nothing is decided here: what a step means stands in the plan. A step that fails ends the run; what is under way is
waited for, and nothing new is begun.
"""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import singledispatchmethod
from signal import Signals

from deployer import labels
from deployer.engines.interface import Engine, EngineError, SubnetTakenError
from deployer.errors import DeployerError
from deployer.events import Listener, Phase, PhaseChanged, StepDone, in_turn
from deployer.failures import Failure, masked, refused
from deployer.model import ContainerSpec, SealedText, Secret, VolumeSpec
from deployer.parallel import Task, in_order
from deployer.plan import (
    AwaitReady,
    ConnectContainer,
    CreateContainer,
    CreateNetwork,
    CreateVolume,
    DisconnectContainer,
    LimitContainer,
    Operation,
    OwnVolume,
    Plan,
    ReloadContainer,
    RemoveContainer,
    RemoveNetwork,
    RemoveVolume,
    StartContainer,
    Step,
    StopContainer,
    WriteFiles,
)
from deployer.readiness import CancelledError, NotReadyError, await_ready

LANES = {"engine": 4, "stop": 16}
"""Calls under way at once: an engine gets no faster with more, but a stop waits for a program that takes its time."""

Reveal = Callable[[Secret], str]


@dataclass
class Run:
    """How a plan was carried out: the numbers of the steps done, the failures, and the signal that broke it off.

    `subnets_taken` counts the failures that were about addresses which somebody else took first.
    """

    done: list[int] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    stopped_by: Signals | None = None
    subnets_taken: int = 0

    @property
    def interrupted(self) -> bool:
        """Whether it was broken off by Ctrl-C, SIGTERM or SIGHUP."""
        return self.stopped_by is not None

    @property
    def wants_new_subnets(self) -> bool:
        """Whether nothing went wrong but that others took the addresses of our networks since we looked."""
        return 0 < self.subnets_taken == len(self.failures) and not self.interrupted

    @property
    def ok(self) -> bool:
        """Whether every step was done."""
        return not self.failures and not self.interrupted


def execute(
    plan: Plan,
    engine: Engine,
    reveal: Reveal,
    listener: Listener,
    installation: str = "",
    is_to_stop: Callable[[], bool] = lambda: False,
) -> Run:
    """Carry out `plan`, resolving secrets with `reveal` at the last moment, telling `listener` as it goes.

    What it makes is labelled with `installation`. Once `is_to_stop` says so nothing new is begun, as after Ctrl-C.
    """
    hand = _Hand(plan, engine, reveal, listener, installation, is_to_stop)
    steps = {step.number: step for step in plan.steps}
    tasks = {number: _task(step) for number, step in steps.items()}
    stopped_by = in_order(tasks, lambda number: hand.do(steps[number]), hand.stop, LANES)
    # who lost or gave up the lease stops as for Ctrl-C
    hand.run.stopped_by = stopped_by or (Signals.SIGINT if hand.stop.was_asked else None)
    return hand.run


class _Stop(threading.Event):
    """An event that is set as well once somebody says that it is to be."""

    def __init__(self, is_to_stop: Callable[[], bool]) -> None:
        super().__init__()
        self.was_asked = False
        self._is_to_stop = is_to_stop

    def is_set(self) -> bool:
        if not super().is_set() and self._is_to_stop():
            self.was_asked = True
            self.set()
        return super().is_set()


class _Hand:
    """One carrying out of one plan."""

    def __init__(
        self,
        plan: Plan,
        engine: Engine,
        reveal: Reveal,
        listener: Listener,
        installation: str,
        is_to_stop: Callable[[], bool],
    ) -> None:
        self.project = plan.project
        self.installation = installation
        self.engine = engine
        self.reveal = reveal
        self.tell = in_turn(listener)
        self.run = Run()
        self.stop = _Stop(is_to_stop)
        self.begun = time.monotonic()
        self.started: dict[str, float] = {}
        self.one_at_a_time = threading.Lock()

    def do(self, step: Step) -> bool:
        """Do one step; False when it failed."""
        begun = time.monotonic()
        operation = step.operation
        try:
            if phase := _PHASES.get(type(operation)):
                self.tell_phase(step, phase)
            if isinstance(operation, AwaitReady):
                self.await_ready(operation)
            else:
                self.act(operation)
        except CancelledError:
            return False
        except NotReadyError as error:
            return self.failed(step, error.failure)
        except SubnetTakenError as error:
            with self.one_at_a_time:
                self.run.subnets_taken += 1
            return self.failed(step, refused(step.component, step.replica, str(error)))
        except EngineError as error:
            return self.failed(step, refused(step.component, step.replica, str(error)))
        except Exception as error:  # whatever went wrong has to end the deploy with a message, not with silence
            return self.failed(step, Failure(step.component, step.replica, f"{step}: {type(error).__name__}: {error}"))
        if isinstance(operation, AwaitReady):
            took = time.monotonic() - self.started.get(operation.name, begun)
            self.tell_phase(step, Phase.READY, took=took)
        self.tell(StepDone(step.number, str(step), time.monotonic() - begun))
        with self.one_at_a_time:
            self.run.done.append(step.number)
        return True

    def failed(self, step: Step, failure: Failure) -> bool:
        failure = masked(failure, self.secrets_of(step.operation))
        with self.one_at_a_time:
            self.run.failures.append(failure)
        self.tell_phase(step, Phase.FAILED, detail=failure.what)
        return False

    def tell_phase(self, step: Step, phase: Phase, took: float | None = None, detail: str = "") -> None:
        if step.component:
            seconds = time.monotonic() - self.begun
            self.tell(PhaseChanged(step.component, step.replica, phase, seconds, took, detail))

    def await_ready(self, operation: AwaitReady) -> None:
        await_ready(self.engine, operation.name, operation.spec, cancelled=self.stop.is_set)

    @singledispatchmethod
    def act(self, operation: Operation) -> None:
        raise TypeError(f"no engine call for {operation!r}")

    @act.register
    def _(self, operation: CreateNetwork) -> None:
        spec = operation.spec
        self.engine.create_network(spec, labels.network_labels(self.project, spec, self.installation))

    @act.register
    def _(self, operation: RemoveNetwork) -> None:
        self.engine.remove_network(operation.name)

    @act.register
    def _(self, operation: CreateVolume) -> None:
        self.engine.create_volume(operation.spec, labels.volume_labels(self.project, operation.spec, self.installation))

    @act.register
    def _(self, operation: RemoveVolume) -> None:
        self.engine.remove_volume(operation.name)

    @act.register
    def _(self, operation: OwnVolume) -> None:
        spec = operation.spec
        self.engine.own_volume(spec, operation.image, labels.helper_labels(self.project, self.installation))

    @act.register
    def _(self, operation: WriteFiles) -> None:
        spec = operation.spec
        files = {name: self.unsealed(text).encode() for name, text in spec.files}
        helper_labels = labels.helper_labels(self.project, self.installation)
        self.engine.write_files(spec, files, operation.image, helper_labels)

    @act.register
    def _(self, operation: CreateContainer) -> None:
        spec = operation.spec
        environment = {name: self.unsealed(text) for name, text in spec.environment}
        command = [self.unsealed(word) for word in spec.command]
        container_labels = labels.container_labels(self.project, spec, self.installation)
        self.engine.create_container(
            operation.name, spec, environment, command, container_labels, address=operation.address
        )

    @act.register
    def _(self, operation: ConnectContainer) -> None:
        self.engine.connect(operation.name, operation.attachment, address=operation.address)

    @act.register
    def _(self, operation: DisconnectContainer) -> None:
        self.engine.disconnect(operation.name, operation.network)

    @act.register
    def _(self, operation: StartContainer) -> None:
        self.started[operation.name] = time.monotonic()
        self.engine.start(operation.name)

    @act.register
    def _(self, operation: StopContainer) -> None:
        self.engine.stop(operation.name)

    @act.register
    def _(self, operation: RemoveContainer) -> None:
        self.engine.remove_container(operation.name)

    @act.register
    def _(self, operation: LimitContainer) -> None:
        self.engine.limit(operation.name, operation.spec)

    @act.register
    def _(self, operation: ReloadContainer) -> None:
        self.engine.signal(operation.name, operation.signal)

    def secrets_of(self, operation: Operation) -> list[str]:
        """Every secret that whoever the step is about has been told; none where the vault does not open."""
        if not isinstance(operation, CreateContainer | AwaitReady | WriteFiles):
            return []
        spec = operation.spec
        texts = [text for _, text in spec.environment] + list(spec.command) if isinstance(spec, ContainerSpec) else []
        texts += [text for _, text in spec.files] if isinstance(spec, VolumeSpec) else []
        try:
            return [self.reveal(part) for text in texts for part in text if isinstance(part, Secret)]
        except DeployerError:
            return []

    def unsealed(self, text: SealedText) -> str:
        return "".join(self.reveal(part) if isinstance(part, Secret) else part for part in text)


_PHASES: Mapping[type, Phase] = {
    StartContainer: Phase.STARTING,
    StopContainer: Phase.STOPPING,
    RemoveContainer: Phase.REMOVED,
}

_SECONDS: Mapping[type, float] = {
    AwaitReady: 1.0,
    StartContainer: 0.4,
    StopContainer: 0.3,
    RemoveNetwork: 0.2,
    RemoveVolume: 1.5,
    WriteFiles: 0.2,
    CreateNetwork: 0.1,
}
"""About how long a step takes, so that what the longest chain hangs on comes first; the others take little."""

_LANES: Mapping[type, str | None] = {AwaitReady: None, StopContainer: "stop"}


def _task(step: Step) -> Task:
    kind = type(step.operation)
    return Task(step.after, _SECONDS.get(kind, 0.05), _LANES.get(kind, "engine"))
