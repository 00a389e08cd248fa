"""What the deployer asks of an engine; each method is one call that can be repeated without harm."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from composer.advice import Capacity
from deployer.errors import DeployerError
from deployer.model import Attachment, ContainerSpec, NetworkSpec, ObservedState, VolumeSpec


class EngineError(DeployerError):
    """The engine did not do what it was asked; the message says what and why, `retry` whether again helps."""

    def __init__(self, message: str, *, retry: bool = False) -> None:
        super().__init__(message)
        self.retry = retry


class SubnetTakenError(EngineError):
    """The addresses of a network to be made were taken since somebody looked; others have to be chosen."""


@dataclass(frozen=True)
class ContainerState:
    """A container at this moment. `addresses`: network -> IP address. `error` is the engine's own word on its end."""

    state: str
    exit_code: int = 0
    restarts: int = 0
    out_of_memory: bool = False
    error: str = ""
    health: str = ""
    addresses: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Happening:
    """Something that happened to a container of ours, in the engine's own word; `time` in seconds since 1970."""

    project: str
    component: str
    what: str
    time: float


@dataclass(frozen=True)
class Chunk:
    """Something a program wrote; `stream` is stdout or stderr."""

    stream: str
    data: bytes


class Happenings(Protocol):
    """What happens on an engine from now on. Iterating waits for the next; it raises, or ends, when the engine goes."""

    def __iter__(self) -> Iterator[Happening]:
        """Each as it comes."""

    def close(self) -> None:
        """End the iteration, from any thread."""


@dataclass(frozen=True)
class LogLine:
    """A line a replica wrote; `time` in seconds since 1970, `stream` is stdout or stderr."""

    component: str
    replica: int
    stream: str
    time: float
    text: str


class Engine(Protocol):
    """An engine that runs containers. Every method raises EngineError when the engine refuses or cannot be reached.

    What is to be removed and is already gone, what is to be started and runs, what is to stop and has ended: all well.
    """

    def observe(self, project: str) -> ObservedState:
        """Everything of `project`, and the names and ports that others took."""

    def observe_closely(self, project: str) -> ObservedState:
        """The same, with each container's inspection: a call more for each."""

    def capacity(self) -> Capacity:
        """The memory and the CPU cores of the machine it runs on."""

    def projects(self) -> tuple[str, ...]:
        """The projects that have something on this engine; sorted."""

    def happenings(self) -> Happenings:
        """What happens to containers of ours from now on; what happened before has to be looked up."""

    def create_network(self, spec: NetworkSpec, labels: Mapping[str, str]) -> None:
        """Make a network with the subnet in `spec`; one that is there and the same stays.

        Raises SubnetTakenError where another network has that subnet.
        """

    def remove_network(self, name: str) -> None:
        """Remove a network."""

    def create_volume(self, spec: VolumeSpec, labels: Mapping[str, str]) -> None:
        """Make a volume; one of that name that exists stays as it is."""

    def remove_volume(self, name: str) -> None:
        """Remove a volume and what lies in it."""

    def own_volume(self, spec: VolumeSpec, image: str, labels: Mapping[str, str]) -> None:
        """Give a volume's folder to the owner in `spec`; what lies in it stays as it is."""

    def write_files(self, spec: VolumeSpec, files: Mapping[str, bytes], image: str, labels: Mapping[str, str]) -> None:
        """Put files into a volume, over what is there, readable for everyone who mounts it."""

    def create_container(
        self,
        name: str,
        spec: ContainerSpec,
        environment: Mapping[str, str],
        command: Sequence[str],
        labels: Mapping[str, str],
        *,
        address: str = "",
    ) -> None:
        """Make a container in the first of its networks, with secrets resolved in `environment` and `command`.

        One of that name and those labels that was never started is made anew. One that may use more CPU cores than
        there are is refused.

        `address` is the one it has in that network; the engine chooses where it is empty.
        """

    def connect(self, name: str, attachment: Attachment, *, address: str = "") -> None:
        """Let a container stand in one more network; `address` as in `create_container`."""

    def disconnect(self, name: str, network: str) -> None:
        """Take a container out of a network; well, too, if it is not in it."""

    def limit(self, name: str, spec: ContainerSpec) -> None:
        """Give a container the limits and the restart policy of `spec`, while it runs."""

    def start(self, name: str) -> None:
        """Start a container."""

    def stop(self, name: str) -> None:
        """Stop a container with its own signal and within its own grace."""

    def remove_container(self, name: str) -> None:
        """Remove a container, running or not, and the anonymous volumes that were its alone."""

    def signal(self, name: str, signal: str) -> None:
        """Send a signal to a container's process."""

    def inspect(self, name: str) -> ContainerState:
        """How a container is. Raises EngineError when there is none."""

    def execute(self, name: str, argv: Sequence[str]) -> tuple[int, str]:
        """Run a program in a container: its exit code and what it printed."""

    def tail(self, name: str, lines: int) -> tuple[str, ...]:
        """The last lines a container wrote, oldest first, control characters made visible."""

    def logs(
        self, project: str, component: str | None, *, follow: bool, tail: int | None, since: float | None
    ) -> Iterator[LogLine]:
        """The lines of a project's containers in the order of their time; with `follow`, those to come as well."""

    def image_ids(self, names: Iterable[str]) -> Mapping[str, str]:
        """Those of `names` that stand for an image on the engine, each with its id; an id stands for itself."""

    def named_images(self, repository: str) -> Mapping[str, str]:
        """Every name in `repository`, such as `backdraft.local/kept/shop`, with the id of its image."""

    def name_image(self, id: str, name: str) -> None:  # noqa: A002 (the word for it)
        """Give an image one more name."""

    def unname_image(self, name: str) -> None:
        """Take a name from an image, which ends with its last one unless a container uses it."""
