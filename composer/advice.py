"""What could go better in a schema that can run: advice, which never stops anything."""

from collections.abc import Iterator
from dataclasses import dataclass

from composer.catalogue import Catalogue, Kind
from composer.model import Component, Isolation, Limits, Schema

WIDE_OPEN = ("0.0.0.0", "::")  # noqa: S104 (compared)
MOVING_TAGS = ("", "latest", "stable", "edge", "main", "master", "nightly")
STORES = ("database", "cache", "messaging", "storage")


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
    drawing = _Drawing(schema, catalogue)
    found = [
        advice
        for component in schema.components.values()
        if (kind := catalogue.get(component.kind)) is not None
        for rule in _OF_A_COMPONENT
        for advice in rule(drawing, component, kind)
    ]
    found += [advice for rule in _OF_THE_WHOLE for advice in rule(drawing)]
    if capacity is not None:
        found += _over_commit(drawing, capacity)
    return tuple(found)


class _Drawing:
    """A schema with its lines at hand from both ends."""

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


def _single_point_of_failure(drawing: _Drawing, component: Component, kind: Kind) -> Iterator[Advice]:
    waiting = sorted(drawing.clients[component.name])
    if component.replicas.max == 1 and len(waiting) > 1 and not kind.single and kind.run == "service":
        why = f"when it stops, {', '.join(waiting)} stop with it"
        yield Advice("single-point-of-failure", component.name, why, "write `replicas: 2`")


def _data_without_volume(drawing: _Drawing, component: Component, kind: Kind) -> Iterator[Advice]:
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


def _no_health_check(drawing: _Drawing, component: Component, kind: Kind) -> Iterator[Advice]:
    # nobody waits for the answer of a worker, say; and a job is ready when it has ended
    is_awaited = drawing.clients[component.name] or component.publish
    if kind.run != "service" or not is_awaited:
        return
    health = component.health or kind.health
    if not (health.tcp or health.http or health.command):
        why = "a container that has started counts as ready, even if it cannot answer"
        yield Advice("no-health-check", component.name, why, "write `health: {tcp: PORT}` or `health: {command: […]}`")


def _unpinned_image(drawing: _Drawing, component: Component, kind: Kind) -> Iterator[Advice]:
    if component.image is None or "@" in component.image:
        return
    _, _, tag = component.image.rpartition("/")[2].partition(":")
    if tag in MOVING_TAGS:
        why = f"'{component.image}' is another image tomorrow"
        yield Advice("unpinned-image", component.name, why, "name a version, or a digest with @sha256:…")


def _published(drawing: _Drawing, component: Component, kind: Kind) -> Iterator[Advice]:
    for name, published in component.publish.items():
        if published.address not in WIDE_OPEN:
            continue
        if kind.category in STORES:
            why = f"'{name}' of a {kind.category} is open to every network of its host"
            fix = f"write `{name}: {published.number}`, which binds 127.0.0.1, or remove it"
            yield Advice("database-outside", component.name, why, fix)
        elif kind.category != "proxy":
            why = f"'{name}' is open to every network of its host, with no proxy before it"
            yield Advice("published-to-the-world", component.name, why, "publish a proxy and draw it to this component")


def _relaxed(drawing: _Drawing, component: Component, kind: Kind) -> Iterator[Advice]:
    for rule, reason in component.relax.items():
        why = f"{rule} is given for this reason: {reason}"
        yield Advice("relaxed-hardening", component.name, why, "remove it when the reason is gone")


def _shared_volume(drawing: _Drawing, component: Component, kind: Kind) -> Iterator[Advice]:
    volumes = sorted({**kind.volumes, **component.volumes})
    if component.replicas.max > 1 and volumes:
        why = f"up to {component.replicas.max} replicas write to the same volume: {', '.join(volumes)}"
        yield Advice("shared-volume", component.name, why, "keep files in a storage such as minio, or run one replica")


def _layering(drawing: _Drawing, component: Component, kind: Kind) -> Iterator[Advice]:
    if kind.category != "proxy":
        return
    for server in drawing.servers[component.name]:
        if drawing.category(server) in ("database", "cache", "messaging"):
            why = f"a proxy leads straight to '{server}', past every application"
            yield Advice("layering", component.name, why, "draw it to the application that uses it")


def _start_up_cycle(drawing: _Drawing) -> Iterator[Advice]:
    for names in _circles(drawing.servers):
        why = f"{', '.join(names)} wait for each other, so one of them starts before what it needs"
        yield Advice(
            "start-up-cycle", "", why, "remove a connection, or let one of them try again until it is answered"
        )


def _shared_network(drawing: _Drawing) -> Iterator[Advice]:
    if drawing.schema.network is Isolation.SHARED and len(drawing.schema.components) > 1:
        why = "every component reaches every other, whatever is drawn"
        yield Advice("shared-network", "", why, "remove `network: shared`")


def _over_commit(drawing: _Drawing, capacity: Capacity) -> Iterator[Advice]:
    memory, cpus = 0, 0.0
    for component in drawing.schema.components.values():
        kind = drawing.catalogue.get(component.kind)
        given = kind.limits if kind else Limits()
        memory += component.replicas.max * (component.limits.memory or given.memory or 0)
        cpus += component.replicas.max * (component.limits.cpus or given.cpus or 0.0)
    if memory > capacity.memory:
        why = f"limits add up to {memory / 2**30:.1f} GiB of memory, the hosts have {capacity.memory / 2**30:.1f} GiB"
        yield Advice("over-commit", "", why, "lower `limits: {memory: …}` or `replicas`, or add a host")
    if cpus > capacity.cpus:
        why = f"limits add up to {cpus:g} CPUs, the hosts have {capacity.cpus:g}"
        yield Advice("over-commit", "", why, "lower `limits: {cpus: …}` or `replicas`, or add a host")


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
