"""What could go better in a schema that can run: advice, which never stops anything."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from composer.catalogue import Catalogue, Kind
from composer.model import Component, Isolation, Schema

WIDE_OPEN = ("0.0.0.0", "::")  # noqa: S104 (compared)
MOVING_TAGS = ("", "latest", "stable", "edge", "main", "master", "nightly")
STORES = {"database": "database", "cache": "cache", "messaging": "message broker", "storage": "storage"}
"""The categories of what keeps something for others, as people call one of them."""
KEEPERS = ("database", "cache", "messaging")
NAMED = 3
"""How many components a sentence names, of many."""


@dataclass(frozen=True)
class Advice:
    """One thing that could go better: its id, the component (empty: the whole schema), why, and what would help."""

    id: str
    component: str
    why: str
    fix: str

    def __str__(self) -> str:
        """`unpinned-image components/web: … (fix)`."""
        where = f" components/{self.component}" if self.component else ""
        return f"{self.id}{where}: {self.why} ({self.fix})"


@dataclass(frozen=True)
class Capacity:
    """What the hosts have together: memory in bytes, and CPU cores."""

    memory: int
    cpus: float


def advise(schema: Schema, catalogue: Catalogue, capacity: Capacity | None = None) -> tuple[Advice, ...]:
    """Advice on `schema`, by component in the order of the text, then on the whole; components of no known kind have
    none. Without `capacity`, over-commitment is not judged. Whatever `parse` read, this takes at most 50 ms of CPU.
    """
    sketch = _Sketch(schema, catalogue)
    found = [
        advice
        for component in schema.components.values()
        if (kind := catalogue.get(component.kind)) is not None
        for rule in _OF_A_COMPONENT
        for advice in rule(sketch, component, kind)
    ]
    found += [advice for rule in _OF_THE_WHOLE for advice in rule(sketch)]
    return tuple(found) + (over_commitment(schema, catalogue, capacity) if capacity else ())


def over_commitment(schema: Schema, catalogue: Catalogue, capacity: Capacity) -> tuple[Advice, ...]:
    """Advice on limits that add up to more than there is.

    1. Memory counts whether a schema limits it or a kind does: what is not there when it is needed ends a process.
    2. CPU counts where a schema asks for it. The shares that kinds give are ceilings; processes seldom work all at
       once, and whoever has to wait is slower and lives.
    3. A limit of memory that is larger than all there is limits nothing; it is told by itself.
    """
    memory, cpus = 0, 0.0
    boundless = []
    for component in schema.components.values():
        kind = catalogue.get(component.kind)
        each = component.limits.memory or (kind.limits.memory if kind else 0) or 0
        memory += component.replicas.max * each
        cpus += component.replicas.max * (component.limits.cpus or 0.0)
        if each > capacity.memory:
            why = f"its limit of {_gib(each)} of memory limits nothing: there are {_gib(capacity.memory)}"
            boundless.append(Advice("over-commit", component.name, why, "write what it needs at most"))
    found = boundless
    if memory > capacity.memory and not boundless:
        why = f"limits add up to {_gib(memory)} of memory, and there are {_gib(capacity.memory)}"
        found.append(Advice("over-commit", "", why, "lower `limits: {memory: …}` or `replicas`, or add memory"))
    if cpus > capacity.cpus:
        why = f"limits ask for {cpus:g} CPUs, and there are {capacity.cpus:g}"
        found.append(Advice("over-commit", "", why, "lower `limits: {cpus: …}` or `replicas`, or add CPUs"))
    return tuple(found)


def _gib(size: int) -> str:
    return f"{size / 2**30:.1f} GiB"


class _Sketch:
    """A schema with the components at hand that are drawn to each other, from both ends, each once."""

    def __init__(self, schema: Schema, catalogue: Catalogue) -> None:
        self.schema = schema
        self.catalogue = catalogue
        self.servers: dict[str, dict[str, None]] = {name: {} for name in schema.components}
        self.clients: dict[str, dict[str, None]] = {name: {} for name in schema.components}
        for connection in schema.connections:
            if connection.client in self.servers and connection.server in self.clients:
                self.servers[connection.client][connection.server] = None
                self.clients[connection.server][connection.client] = None

    def category(self, name: str) -> str:
        """The category of a component's kind; empty when the kind is not known."""
        kind = self.catalogue.get(self.schema.components[name].kind)
        return kind.category if kind else ""


def _listed(names: Sequence[str]) -> str:
    """`a, b and c`; of many, the first few."""
    shown = list(names if len(names) <= NAMED + 1 else [*names[:NAMED], f"{len(names) - NAMED} more"])
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def _single_point_of_failure(sketch: _Sketch, component: Component, kind: Kind) -> Iterator[Advice]:
    waiting = sorted(sketch.clients[component.name])
    if component.replicas.max == 1 and len(waiting) > 1 and not kind.single and kind.run == "service":
        why = f"when it stops, {_listed(waiting)} stop with it"
        yield Advice("single-point-of-failure", component.name, why, "write `replicas: 2`")


def _data_without_volume(sketch: _Sketch, component: Component, kind: Kind) -> Iterator[Advice]:
    stores = kind.category in ("database", "storage") or (component.image or "").rpartition("/")[2].startswith(
        _DATABASES
    )
    if stores and not kind.volumes and not component.volumes:
        why = "its data goes when the container is replaced"
        yield Advice("data-without-volume", component.name, why, "write `volumes: {data: /path/of/its/data}`")


_DATABASES = (
    "postgres",
    "mysql",
    "mariadb",
    "mongo",
    "redis",
    "valkey",
    "minio",
    "elasticsearch",
    "clickhouse",
    "etcd",
)


def _no_health_check(sketch: _Sketch, component: Component, kind: Kind) -> Iterator[Advice]:
    # nobody waits for the answer of a worker, say; and a job is ready when it has ended
    is_awaited = sketch.clients[component.name] or component.publish
    if kind.run != "service" or not is_awaited:
        return
    health = component.health or kind.health
    if not (health.tcp or health.http or health.command):
        why = "a container that has started counts as ready, even if it cannot answer"
        yield Advice("no-health-check", component.name, why, "write `health: {tcp: PORT}` or `health: {command: […]}`")


def _unpinned_image(sketch: _Sketch, component: Component, kind: Kind) -> Iterator[Advice]:
    if component.image is None or "@" in component.image:
        return
    _, _, tag = component.image.rpartition("/")[2].partition(":")
    if tag in MOVING_TAGS:
        why = f"'{component.image}' is another image tomorrow"
        yield Advice("unpinned-image", component.name, why, "name a version, or a digest with @sha256:…")


def _published(sketch: _Sketch, component: Component, kind: Kind) -> Iterator[Advice]:
    for name, published in component.publish.items():
        if published.address not in WIDE_OPEN:
            continue
        if kind.category in STORES:
            why = f"'{name}' of a {STORES[kind.category]} is open to every network of its host"
            fix = f"write `{name}: {published.number}`, which binds 127.0.0.1, or remove it"
            yield Advice("database-outside", component.name, why, fix)
        elif kind.category != "proxy":
            why = f"'{name}' is open to every network of its host, with no proxy before it"
            yield Advice("published-to-the-world", component.name, why, "publish a proxy and draw it to this component")


def _relaxed(sketch: _Sketch, component: Component, kind: Kind) -> Iterator[Advice]:
    for rule, reason in component.relax.items():
        why = f"{rule} is given for this reason: {reason}"
        yield Advice("relaxed-hardening", component.name, why, "remove it when the reason is gone")


def _shared_volume(sketch: _Sketch, component: Component, kind: Kind) -> Iterator[Advice]:
    volumes = sorted({**kind.volumes, **component.volumes})
    if component.replicas.max > 1 and volumes:
        why = f"up to {component.replicas.max} replicas write to the same volume: {', '.join(volumes)}"
        yield Advice("shared-volume", component.name, why, "keep files in a storage such as minio, or run one replica")


def _layering(sketch: _Sketch, component: Component, kind: Kind) -> Iterator[Advice]:
    """Lines that skip a layer or lead back up: a proxy asks applications, these ask stores, and a store asks nobody.

    Files may be fetched straight from a storage, and some tell others of what happens to them.
    """
    for server in sketch.servers[component.name]:
        layer = sketch.category(server)
        if kind.category == "proxy" and layer in KEEPERS:
            why = f"a proxy leads straight to '{server}', past every application"
            yield Advice("layering", component.name, why, "draw it to the application that uses it")
        elif kind.category in KEEPERS and layer in STORES:
            of = "another" if layer == kind.category else "a"
            why = f"a {STORES[kind.category]} is drawn as the client of {of} {STORES[layer]}, '{server}'"
            yield Advice("layering", component.name, why, "draw both to the application that uses them")
        elif kind.category in KEEPERS and layer == "application":
            why = f"a {STORES[kind.category]} is drawn as the client of an application, '{server}'"
            fix = f"draw it the other way round: `- {{from: {server}, to: {component.name}}}`"
            yield Advice("layering", component.name, why, fix)
        elif kind.category in KEEPERS and layer == "proxy":
            why = f"a {STORES[kind.category]} is drawn as the client of a proxy, '{server}'"
            yield Advice("layering", component.name, why, "remove it")


def _start_up_cycle(sketch: _Sketch) -> Iterator[Advice]:
    for names in _circles(sketch.servers):
        why = f"{_listed(names)} wait for each other, so one of them starts before what it needs"
        yield Advice(
            "start-up-cycle", "", why, "remove a connection, or let one of them try again until it is answered"
        )


def _shared_network(sketch: _Sketch) -> Iterator[Advice]:
    if sketch.schema.network is Isolation.SHARED and len(sketch.schema.components) > 1:
        why = "every component reaches every other, whatever is drawn"
        yield Advice("shared-network", "", why, "remove `network: shared`")


def _circles(servers: dict[str, dict[str, None]]) -> list[list[str]]:
    """The components that reach themselves, in groups that reach each other (Tarjan's algorithm)."""
    number: dict[str, int] = {}
    lowest: dict[str, int] = {}
    open_names: list[str] = []
    is_open: set[str] = set()
    circles: list[list[str]] = []
    for first in servers:
        if first in number:
            continue
        walking = [(first, iter(servers[first]))]
        number[first] = lowest[first] = len(number)
        open_names.append(first)
        is_open.add(first)
        while walking:
            name, remaining = walking[-1]
            server = next(remaining, None)
            if server is None:
                walking.pop()
                if walking:
                    lowest[walking[-1][0]] = min(lowest[walking[-1][0]], lowest[name])
                if lowest[name] == number[name]:
                    start = open_names.index(name)
                    group = open_names[start:]
                    del open_names[start:]
                    is_open.difference_update(group)
                    if len(group) > 1:
                        circles.append(sorted(group))
            elif server not in number:
                number[server] = lowest[server] = len(number)
                open_names.append(server)
                is_open.add(server)
                walking.append((server, iter(servers[server])))
            elif server in is_open:
                lowest[name] = min(lowest[name], number[server])
    return sorted(circles)


_OF_A_COMPONENT = (
    _single_point_of_failure,
    _data_without_volume,
    _no_health_check,
    _unpinned_image,
    _published,
    _relaxed,
    _shared_volume,
    _layering,
)
_OF_THE_WHOLE = (_start_up_cycle, _shared_network)
