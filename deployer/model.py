"""What should run and what does run, as values: nothing here knows how an engine is spoken to."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from composer.model import Health


@dataclass(frozen=True)
class Host:
    """A machine with a Docker engine; `url` is empty for the engine the environment names."""

    name: str = "local"
    zone: str | None = None
    url: str = ""


@dataclass(frozen=True)
class Secret:
    """A secret that stays a reference until the executor resolves it.

    `owner` is a component, or empty for the project's own.
    `version` changes when the secret is replaced, so that what depends on it is seen to have changed.
    """

    owner: str
    name: str
    version: int = 1

    def __str__(self) -> str:
        return "${secret." + (f"{self.owner}." if self.owner else "") + self.name + "}"


SealedText = tuple[str | Secret, ...]
"""Text in which secrets are still references: safe to print, to hash and to keep."""


def sealed(text: str) -> SealedText:
    """Plain text as sealed text."""
    return (text,) if text else ()


@dataclass(frozen=True)
class NetworkSpec:
    """A network to exist.

    `internal`: no way out. `peers`: its members reach each other. `masquerade`: its members reach the world. `ports`:
    the numbers that clients may connect to. `subnet` is empty until it is assigned.
    """

    name: str
    purpose: str
    internal: bool = True
    peers: bool = True
    masquerade: bool = False
    ports: tuple[int, ...] = ()
    subnet: str = ""


@dataclass(frozen=True)
class VolumeSpec:
    """A volume to exist. Data is kept until someone asks for its end by name; files are ours and made anew at will.

    `owner` is `UID:GID` where its folder has to be given to somebody; an image that has the folder says so itself.
    """

    name: str
    component: str
    purpose: str
    files: tuple[tuple[str, SealedText], ...] = ()
    owner: str = ""

    @property
    def is_data(self) -> bool:
        """Whether people's data lies in it, rather than files rendered by us."""
        return not self.purpose.startswith("files:")


@dataclass(frozen=True)
class Mount:
    """A volume at a path inside a container."""

    volume: str
    path: str
    read_only: bool = False


@dataclass(frozen=True)
class Attachment:
    """A network a container stands in, and the names it answers to there.

    `serves`: it is the server there, and so its address is in the servers' half of the network.
    """

    network: str
    aliases: tuple[str, ...] = ()
    serves: bool = False


@dataclass(frozen=True)
class PublishedPort:
    """A container's port opened on the host at `address`:`host_port`."""

    number: int
    address: str
    host_port: int


@dataclass(frozen=True)
class ContainerSpec:
    """Everything about one replica that, when changed, makes it another container.

    `memory` in bytes, `cpus` in cores, `grace` in seconds. `environment` is sorted by name.
    """

    component: str
    replica: int
    kind: str
    image: str
    image_id: str
    run: str = "service"
    schedule: str | None = None
    entrypoint: tuple[str, ...] = ()
    command: tuple[SealedText, ...] = ()
    environment: tuple[tuple[str, SealedText], ...] = ()
    user: str | None = None
    read_only: bool = True
    new_privileges: bool = False
    capabilities: tuple[str, ...] = ()
    memory: int = 512 * 2**20
    cpus: float = 1.0
    pids: int = 256
    tmpfs: tuple[str, ...] = ()
    mounts: tuple[Mount, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    filters_packets: bool = False
    published: tuple[PublishedPort, ...] = ()
    health: Health = Health()
    ports: tuple[tuple[str, int], ...] = ()
    http_ports: tuple[int, ...] = ()
    stop_signal: str = "SIGTERM"
    grace: float = 10.0
    reload: str | None = None

    @property
    def restart_policy(self) -> str:
        """What the engine does when it ends: a service is wanted until somebody ends it, a job is not."""
        return "unless-stopped" if self.run == "service" else "no"


@dataclass(frozen=True)
class DesiredState:
    """What the schema wants to run: complete, resolved but for secrets, in a fixed order.

    `after` says for each component which components must be ready before it starts: its `servers`, those to which it
    is drawn as a client, less what would close a circle.
    """

    project: str
    networks: tuple[NetworkSpec, ...] = ()
    volumes: tuple[VolumeSpec, ...] = ()
    containers: tuple[ContainerSpec, ...] = ()
    after: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    servers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Inspection:
    """What the engine tells only of one container at a time.

    `memory` in bytes, `cpus` in cores; a limit of 0 is none. `started` and `ended` in seconds since 1970, 0 if never.
    `restarts` counts those of the engine since the container was last started by somebody. `error` is the engine's own
    word on its end.
    """

    memory: int = 0
    cpus: float = 0.0
    pids: int = 0
    restart_policy: str = ""
    restarts: int = 0
    out_of_memory: bool = False
    started: float = 0.0
    ended: float = 0.0
    exit_code: int = 0
    error: str = ""
    health: str = ""


@dataclass(frozen=True)
class ObservedContainer:
    """A container as the engine tells it; `inspected` is None unless somebody looked closely.

    `addresses` maps network name -> IP address while it runs; `ports` are what it publishes, `127.0.0.1:8080->80`;
    `exit_code` is how it ended last, None while it runs and before it ever did.
    """

    id: str
    name: str
    labels: Mapping[str, str]
    state: str
    image_id: str = ""
    addresses: Mapping[str, str] = field(default_factory=dict)
    status: str = ""
    created: float = 0.0
    exit_code: int | None = None
    image: str = ""
    ports: tuple[str, ...] = ()
    inspected: Inspection | None = None

    @property
    def is_running(self) -> bool:
        """Whether its process runs (restarting counts as not running)."""
        return self.state == "running"


@dataclass(frozen=True)
class ObservedNetwork:
    """A network as the engine tells it."""

    id: str
    name: str
    labels: Mapping[str, str]
    subnet: str = ""


@dataclass(frozen=True)
class ObservedVolume:
    """A volume as the engine tells it."""

    name: str
    labels: Mapping[str, str]


@dataclass(frozen=True)
class PortHolder:
    """A container of others that publishes ports, `127.0.0.1:8080->80`; `project` is empty if it is none of ours."""

    name: str
    project: str
    ports: tuple[str, ...]


@dataclass(frozen=True)
class ObservedState:
    """What stands on an engine: everything of ours of one project, and the names and ports that others took."""

    containers: tuple[ObservedContainer, ...] = ()
    networks: tuple[ObservedNetwork, ...] = ()
    volumes: tuple[ObservedVolume, ...] = ()
    foreign_containers: frozenset[str] = frozenset()
    foreign_networks: frozenset[str] = frozenset()
    foreign_volumes: frozenset[str] = frozenset()
    port_holders: tuple[PortHolder, ...] = ()
    subnets: tuple[str, ...] = ()
