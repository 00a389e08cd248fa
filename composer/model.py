"""The schema as values: what a drawing says, before anybody asks whether it can run."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

SCHEMA_VERSION = 1
NAME_PATTERN = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
NAME_LENGTH = 40

Value = str | int | float | bool | None | list["Value"] | dict[str, "Value"]


@dataclass(frozen=True)
class Place:
    """Where in the text something stands; lines and columns count from 1."""

    line: int
    column: int


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: its path, where it stands, the fault and how to mend it."""

    path: str
    fault: str
    remedy: str = ""
    place: Place | None = None

    @property
    def component(self) -> str:
        """The component that it is about, as its path says; empty where it is about none."""
        kind, _, rest = self.path.partition("/")
        return rest.partition("/")[0] if kind == "components" else ""

    def __str__(self) -> str:
        """`4:18 components/db/settings/version: '12' is not one of 15, 16, 17 (remedy)`."""
        where = f"{self.place.line}:{self.place.column} " if self.place else ""
        path = f"{self.path}: " if self.path else ""
        remedy = f" ({self.remedy})" if self.remedy else ""
        return f"{where}{path}{self.fault}{remedy}"


def position(problem: Problem) -> tuple[int, int]:
    """Line and column of a problem, to sort by; what has no place comes first."""
    return (problem.place.line, problem.place.column) if problem.place else (0, 0)


class Isolation(StrEnum):
    """How far the drawing is enforced.

    `isolated`: a client reaches the drawn port of its server, and nothing else reaches anything. `pairs`: the same by
    networks alone, without a packet filter: the two ends of a connection reach each other, on any port. `shared`: one
    network for the whole project.
    """

    ISOLATED = "isolated"
    PAIRS = "pairs"
    SHARED = "shared"


@dataclass(frozen=True)
class Source:
    """Code to build an image from: a directory beside the schema, or one inside a git repository."""

    directory: str = "."
    git: str | None = None
    branch: str | None = None


@dataclass(frozen=True)
class Replicas:
    """How many containers: `min` of them, up to `max` when the mean CPU share passes `cpu` percent."""

    min: int = 1
    max: int = 1
    cpu: int | None = None


@dataclass(frozen=True)
class Publication:
    """A port opened on the host. The address is 127.0.0.1 unless the schema says otherwise."""

    number: int
    address: str = "127.0.0.1"


@dataclass(frozen=True)
class Port:
    """A typed end of a component."""

    protocol: str
    number: int


@dataclass(frozen=True)
class Placement:
    """Where a component may stand: a zone, a host, or anywhere."""

    zone: str | None = None
    host: str | None = None


@dataclass(frozen=True)
class Limits:
    """What one replica may use: memory in bytes, CPUs as a share of cores, number of processes. None: the kind's."""

    memory: int | None = None
    cpus: float | None = None
    pids: int | None = None


@dataclass(frozen=True)
class HttpProbe:
    """Healthy when GET `path` on `port` answers with a status below `below`."""

    port: str
    path: str = "/"
    below: int = 400


@dataclass(frozen=True)
class Health:
    """When a replica is ready: every probe named here succeeds, within `timeout` seconds of its start."""

    tcp: str | None = None
    http: HttpProbe | None = None
    command: tuple[str, ...] = ()
    timeout: float | None = None


@dataclass(frozen=True)
class Component:
    """A box in the schema, of one kind. What is empty or None is left to the kind."""

    name: str
    kind: str
    settings: Mapping[str, Value] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    image: str | None = None
    command: tuple[str, ...] = ()
    source: Source | None = None
    replicas: Replicas = Replicas()
    publish: Mapping[str, Publication] = field(default_factory=dict)
    ports: Mapping[str, Port] = field(default_factory=dict)
    volumes: Mapping[str, str] = field(default_factory=dict)
    place: Placement = Placement()
    limits: Limits = Limits()
    health: Health | None = None
    egress: bool | None = None
    schedule: str | None = None
    relax: Mapping[str, str] = field(default_factory=dict)
    note: str = ""
    group: str | None = None


@dataclass(frozen=True)
class Connection:
    """A directed line from a client component to a server's port.

    `port` None means the server's only port, or the only one that the client can speak to. `prefix` is what `as:` says:
    the first word of the environment names the client is given. `path`, `host`, `weight` and `algorithm` are routes of
    a proxy and empty elsewhere.
    """

    client: str
    server: str
    port: str | None = None
    prefix: str | None = None
    path: str | None = None
    host: str | None = None
    weight: int | None = None
    algorithm: str | None = None


@dataclass(frozen=True)
class Note:
    """A word to the readers of the drawing, and where its corner stands."""

    text: str
    at: tuple[float, float]


@dataclass(frozen=True)
class Schema:
    """What was drawn: the only truth about what should run.

    `places` tells where each path of the text stands (`components/db/kind` -> line and column); it takes no part in
    equality, so two texts that say the same are the same schema.
    """

    name: str
    components: Mapping[str, Component] = field(default_factory=dict)
    connections: tuple[Connection, ...] = ()
    layout: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    network: Isolation = Isolation.ISOLATED
    notes: Mapping[str, Note] = field(default_factory=dict)
    places: Mapping[str, Place] = field(default_factory=dict, compare=False, repr=False)

    def place(self, path: str) -> Place | None:
        """Where `path` stands in the text, or what is around it when it was left out."""
        while path:
            if place := self.places.get(path):
                return place
            path = path.rpartition("/")[0]
        return None
