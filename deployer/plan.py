"""A plan: what would be done, in order, each step one engine call with its cause."""

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from deployer.model import Attachment, ContainerSpec, NetworkSpec, VolumeSpec


@dataclass(frozen=True)
class CreateNetwork:
    """Make a network."""

    spec: NetworkSpec
    sign = "+"
    noun = "network"

    @property
    def name(self) -> str:
        """The name of the network."""
        return self.spec.name


@dataclass(frozen=True)
class RemoveNetwork:
    """Remove a network of ours that nothing needs any more."""

    name: str
    sign = "-"
    noun = "network"


@dataclass(frozen=True)
class CreateVolume:
    """Make a volume."""

    spec: VolumeSpec
    sign = "+"
    noun = "volume"

    @property
    def name(self) -> str:
        """The name of the volume."""
        return self.spec.name


@dataclass(frozen=True)
class RemoveVolume:
    """Remove a volume and what lies in it."""

    name: str
    sign = "-"
    noun = "volume"


@dataclass(frozen=True)
class OwnVolume:
    """Give a volume's folder to its owner, through a container of `image` that is never started."""

    spec: VolumeSpec
    image: str
    sign = "~"
    noun = "owner of volume"

    @property
    def name(self) -> str:
        """The name of the volume."""
        return self.spec.name


@dataclass(frozen=True)
class WriteFiles:
    """Put rendered files into a volume, through a container of `image` that is never started."""

    spec: VolumeSpec
    image: str
    sign = "~"
    noun = "files"

    @property
    def name(self) -> str:
        """The name of the volume."""
        return self.spec.name


@dataclass(frozen=True)
class CreateContainer:
    """Make a container, not yet started, in the first of its networks, with `address` there if it is given one."""

    name: str
    spec: ContainerSpec
    address: str = ""
    sign = "+"
    noun = "container"


@dataclass(frozen=True)
class ConnectContainer:
    """Let a container stand in one more network, with `address` there if it is given one."""

    name: str
    attachment: Attachment
    address: str = ""
    sign = "+"
    noun = "attachment"


@dataclass(frozen=True)
class DisconnectContainer:
    """Take a container out of a network."""

    name: str
    network: str
    sign = "-"
    noun = "attachment"


@dataclass(frozen=True)
class StartContainer:
    """Start a container."""

    name: str
    sign = "+"
    noun = "start"


@dataclass(frozen=True)
class AwaitReady:
    """Wait until every probe of a container succeeds, or its time is over."""

    name: str
    spec: ContainerSpec
    sign = "?"
    noun = "readiness"


@dataclass(frozen=True)
class StopContainer:
    """Ask a container to end, in the way and within the grace it was made with."""

    name: str
    sign = "-"
    noun = "stop"


@dataclass(frozen=True)
class RemoveContainer:
    """Remove a container, running or not; its data volumes stay."""

    name: str
    sign = "-"
    noun = "container"


@dataclass(frozen=True)
class LimitContainer:
    """Give a container its limits again, while it runs."""

    name: str
    spec: ContainerSpec
    sign = "~"
    noun = "limits"


@dataclass(frozen=True)
class ReloadContainer:
    """Have a container read its configuration and look up its servers again."""

    name: str
    signal: str
    sign = "~"
    noun = "reload"


Operation = (
    CreateNetwork
    | RemoveNetwork
    | CreateVolume
    | RemoveVolume
    | OwnVolume
    | WriteFiles
    | CreateContainer
    | ConnectContainer
    | DisconnectContainer
    | StartContainer
    | AwaitReady
    | StopContainer
    | RemoveContainer
    | LimitContainer
    | ReloadContainer
)


@dataclass(frozen=True)
class Step:
    """One engine call with its cause. It may begin once every step whose number is in `after` is done.

    `component` and `replica` say whose step it is (empty and 0 for what belongs to the whole project).
    """

    number: int
    operation: Operation
    cause: str
    after: tuple[int, ...] = ()
    component: str = ""
    replica: int = 0

    def __str__(self) -> str:
        """`#2 + container shop.api.1.3f2a9c (no such container) after #1`."""
        after = f" after {', '.join(f'#{number}' for number in self.after)}" if self.after else ""
        return f"#{self.number} {self.operation.sign} {_title(self.operation)} ({self.cause}){after}"


@dataclass(frozen=True)
class Plan:
    """What would be done to a project, in an order in which it could be done one by one.

    `notes` are sentences on what it leaves as it is and people should know.
    """

    project: str
    steps: tuple[Step, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is to be done."""
        return not self.steps

    def __str__(self) -> str:
        """Every step, a line each."""
        return "\n".join(map(str, self.steps))


def summary(plan: Plan) -> str:
    """What the plan comes to, a line for each thing created, changed or removed, `+ ~ -` first, with its cause.

    A container that another one replaces is changed; where nobody answers from the one's end to the other's start, the
    line says so. Steps that serve another (attach, start, wait) are left out: they follow from it.
    """
    return "\n".join(_headlines(plan.steps))


def digest(plan: Plan) -> str:
    """What two plans share that come to the same: a word over what is made, changed and removed, each with its cause.

    The end of a container's name does not count: it is that of its image, which may be built only by the deploy.
    """
    lines = [re.sub(r"\.[0-9a-f]{8}(?=:)", "", line) for line in summary(plan).splitlines()]
    return hashlib.sha256("\n".join([plan.project, *sorted(lines)]).encode()).hexdigest()[:24]


def stops_first(steps: Sequence[Step]) -> dict[tuple[str, int], str]:
    """For each replica (component, number) that has to stop before something new can start, why: nobody answers from
    the one's end to the other's start.
    """
    awaited = {number for step in steps if isinstance(step.operation, StartContainer) for number in step.after}
    stops = [step for step in steps if isinstance(step.operation, StopContainer) and step.number in awaited]
    return {_place(step): step.cause for step in stops}


def as_json(plan: Plan) -> str:
    """The plan as JSON: project, notes, and steps: number, verb, noun, name, component, replica, cause, after, text."""
    return json.dumps(
        {
            "project": plan.project,
            "notes": list(plan.notes),
            "steps": [
                {
                    "number": step.number,
                    "verb": type(step.operation).__name__,
                    "sign": step.operation.sign,
                    "noun": step.operation.noun,
                    "name": step.operation.name,
                    "component": step.component,
                    "replica": step.replica,
                    "cause": step.cause,
                    "after": list(step.after),
                    "text": str(step),
                }
                for step in plan.steps
            ],
        },
        indent=2,
    )


def _title(operation: Operation) -> str:
    if isinstance(operation, ConnectContainer):
        return f"{operation.noun} {operation.name} to {operation.attachment.network}"
    if isinstance(operation, DisconnectContainer):
        return f"{operation.noun} {operation.name} from {operation.network}"
    return f"{operation.noun} {operation.name}"


def _headlines(steps: Sequence[Step]) -> Iterator[str]:
    serving = (StartContainer, AwaitReady, OwnVolume, WriteFiles, StopContainer)
    new = [step for step in steps if isinstance(step.operation, CreateContainer)]
    made, made_at = {step.operation.name for step in new}, {_place(step) for step in new}
    gone_from = {_place(step) for step in steps if isinstance(step.operation, RemoveContainer)}
    gaps = {place: f" (stops first: {why})" for place, why in stops_first(steps).items()}
    told = set(made)
    for step in steps:
        operation, sign, cause = step.operation, step.operation.sign, step.cause
        match operation:
            case CreateContainer() if _place(step) in gone_from:
                sign, cause = "~", cause + gaps.get(_place(step), "")
            case RemoveContainer() if _place(step) not in made_at:
                cause += gaps.get(_place(step), "")
            case ReloadContainer(name) if name not in told:
                told.add(name)
            case RemoveContainer() | ReloadContainer():
                continue
            case ConnectContainer(name) if name in made:
                continue
        if not isinstance(operation, serving):
            yield f"{sign} {_title(operation)}: {cause}"


def _place(step: Step) -> tuple[str, int]:
    return step.component, step.replica
