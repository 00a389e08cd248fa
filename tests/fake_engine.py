"""An engine in memory: what the deployer asks of one, without containers. It passes the contract of the real one."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from ipaddress import ip_network
from itertools import count

from composer.advice import Capacity
from deployer.addresses import clients_half
from deployer.engines.interface import ContainerState, EngineError, LogLine, SubnetTakenError
from deployer.labels import PROJECT
from deployer.model import (
    Attachment,
    ContainerSpec,
    Inspection,
    NetworkSpec,
    ObservedContainer,
    ObservedNetwork,
    ObservedState,
    ObservedVolume,
    PortHolder,
    VolumeSpec,
)


@dataclass
class _Container:
    id: str
    name: str
    spec: ContainerSpec
    labels: Mapping[str, str]
    environment: Mapping[str, str]
    command: tuple[str, ...]
    state: str = "created"
    exit_code: int = 0
    networks: dict[str, tuple[str, ...]] = field(default_factory=dict)
    addresses: dict[str, str] = field(default_factory=dict)
    limits: Inspection = field(default_factory=Inspection)


@dataclass
class FakeEngine:
    """Networks, volumes and containers by name. `images` are the names it has; `calls` is every changing call made."""

    images: dict[str, str] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    networks: dict[str, ObservedNetwork] = field(default_factory=dict)
    volumes: dict[str, ObservedVolume] = field(default_factory=dict)
    files: dict[str, dict[str, bytes]] = field(default_factory=dict)
    containers: dict[str, _Container] = field(default_factory=dict)
    has: Capacity = field(default_factory=lambda: Capacity(memory=8 * 2**30, cpus=4))
    ids: Iterator[int] = field(default_factory=lambda: count(1))

    def observe(self, project: str) -> ObservedState:
        seen = [self._seen(container) for container in self.containers.values()]
        return ObservedState(
            containers=_ours(project, seen),
            networks=_ours(project, self.networks.values()),
            volumes=_ours(project, self.volumes.values()),
            foreign_containers=_foreign(project, seen),
            foreign_networks=_foreign(project, self.networks.values()),
            foreign_volumes=_foreign(project, self.volumes.values()),
            port_holders=_port_holders(project, self.containers.values()),
            subnets=tuple(network.subnet for network in self.networks.values()),
        )

    def observe_closely(self, project: str) -> ObservedState:
        seen = self.observe(project)
        found = [replace(each, inspected=self._inspected(self.containers[each.name])) for each in seen.containers]
        return replace(seen, containers=tuple(found))

    def capacity(self) -> Capacity:
        return self.has

    def projects(self) -> tuple[str, ...]:
        everything = [*self.containers.values(), *self.networks.values(), *self.volumes.values()]
        return tuple(sorted({each.labels[PROJECT] for each in everything if PROJECT in each.labels}))

    def create_network(self, spec: NetworkSpec, labels: Mapping[str, str]) -> None:
        self._call("create network", spec.name)
        made = ObservedNetwork(self._id(), spec.name, dict(labels), spec.subnet)
        if spec.name in self.networks:
            if replace(made, id=self.networks[spec.name].id) == self.networks[spec.name]:
                return
            raise EngineError(f"could not create network {spec.name}: it exists")
        if any(ip_network(spec.subnet).overlaps(ip_network(each.subnet)) for each in self.networks.values()):
            raise SubnetTakenError(f"could not create network {spec.name}: {spec.subnet} was taken meanwhile")
        self.networks[spec.name] = made

    def remove_network(self, name: str) -> None:
        self._call("remove network", name)
        if any(name in each.networks and each.state == "running" for each in self.containers.values()):
            raise EngineError(f"could not remove network {name}: it has active endpoints")
        self.networks.pop(name, None)

    def create_volume(self, spec: VolumeSpec, labels: Mapping[str, str]) -> None:
        self._call("create volume", spec.name)
        self.volumes.setdefault(spec.name, ObservedVolume(spec.name, dict(labels)))
        self.files.setdefault(spec.name, {})

    def remove_volume(self, name: str) -> None:
        self._call("remove volume", name)
        if any(mount.volume == name for each in self.containers.values() for mount in each.spec.mounts):
            raise EngineError(f"could not remove volume {name}: it is in use")
        self.volumes.pop(name, None)
        self.files.pop(name, None)

    def own_volume(self, spec: VolumeSpec, image: str, labels: Mapping[str, str]) -> None:
        self._call("own volume", spec.name)
        self._require_image(image)
        self.create_volume(spec, labels)

    def write_files(self, spec: VolumeSpec, files: Mapping[str, bytes], image: str, labels: Mapping[str, str]) -> None:
        self._call("write files", spec.name)
        self._require_image(image)
        self.create_volume(spec, labels)
        self.files[spec.name] |= files

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
        self._call("create container", name)
        self._require_image(spec.image)
        if spec.image_id not in ("", self.images[spec.image]):
            raise EngineError(f"could not create {name}: {spec.image} is another image by now (deploy again)")
        if spec.cpus > self.has.cpus:
            raise EngineError(f"could not create {name}: there are only {self.has.cpus:g} CPUs available")
        known = self.containers.get(name)
        if known and (known.state != "created" or known.labels != labels):
            raise EngineError(f"could not create container {name}: the name is in use")
        made = _Container(self._id(), name, spec, dict(labels), dict(environment), tuple(command))
        made.limits = _limits(spec)
        made.networks = {each.network: each.aliases for each in spec.attachments[:1]}
        made.addresses = {each.network: address for each in spec.attachments[:1] if address}
        self.containers[name] = made

    def connect(self, name: str, attachment: Attachment, *, address: str = "") -> None:
        self._call("connect", f"{name} to {attachment.network}")
        if attachment.network not in self.networks:
            raise EngineError(f"could not connect {name} to {attachment.network}: no such network")
        container = self._find(name)
        if attachment.network not in container.networks:
            container.networks[attachment.network] = attachment.aliases
            container.addresses |= {attachment.network: address} if address else {}

    def disconnect(self, name: str, network: str) -> None:
        self._call("disconnect", f"{name} from {network}")
        if name in self.containers:
            self.containers[name].networks.pop(network, None)
            self.containers[name].addresses.pop(network, None)

    def limit(self, name: str, spec: ContainerSpec) -> None:
        self._call("limit", name)
        self._find(name).limits = _limits(spec)

    def start(self, name: str) -> None:
        self._call("start", name)
        container = self._find(name)
        missing = container.networks.keys() - self.networks.keys()
        if missing:
            raise EngineError(f"could not start {name}: network {min(missing)} not found")
        container.state = "running"
        if container.command in (("true",), ("false",)):
            container.state, container.exit_code = "exited", int(container.command == ("false",))

    def stop(self, name: str) -> None:
        self._call("stop", name)
        if name in self.containers and self.containers[name].state == "running":
            self.containers[name].state, self.containers[name].exit_code = "exited", 143

    def remove_container(self, name: str) -> None:
        self._call("remove container", name)
        self.containers.pop(name, None)

    def signal(self, name: str, signal: str) -> None:
        self._call(f"signal {signal}", name)
        if self._find(name).state != "running":
            raise EngineError(f"could not send {signal} to {name}: it does not run")

    def inspect(self, name: str) -> ContainerState:
        container = self._find(name)
        addresses = self._seen(container).addresses if container.state == "running" else {}
        return ContainerState(container.state, container.exit_code, addresses=addresses)

    def execute(self, name: str, argv: Sequence[str]) -> tuple[int, str]:
        container = self._find(name)
        if container.state != "running":
            raise EngineError(f"could not run {argv[0]} in {name}: it does not run")
        program, *arguments = argv
        if program == "cat":
            for mount in container.spec.mounts:
                folder, _, file = arguments[0].rpartition("/")
                if folder == mount.path and file in self.files[mount.volume]:
                    return 0, self.files[mount.volume][file].decode()
        return int(program != "true"), ""

    def tail(self, name: str, lines: int) -> tuple[str, ...]:
        self._find(name)
        return ()

    def logs(
        self, project: str, component: str | None, *, follow: bool, tail: int | None, since: float | None
    ) -> Iterator[LogLine]:
        return iter(())

    def image_ids(self, names: Iterable[str]) -> Mapping[str, str]:
        known = self.images | {image: image for image in self.images.values()}
        return {name: known[name] for name in names if name in known}

    def named_images(self, repository: str) -> Mapping[str, str]:
        return {name: image for name, image in self.images.items() if name.rpartition(":")[0] == repository}

    def name_image(self, id: str, name: str) -> None:  # noqa: A002
        if id not in self.images.values():
            raise EngineError(f"no such image: {id}")
        self.images[name] = id

    def unname_image(self, name: str) -> None:
        self.images.pop(name, None)

    def close(self) -> None:
        pass

    @property
    def is_local(self) -> bool:
        return False

    def _call(self, what: str, name: str) -> None:
        self.calls.append(f"{what} {name}")

    def _id(self) -> str:
        return f"{next(self.ids):064x}"

    def _find(self, name: str) -> _Container:
        if name not in self.containers:
            raise EngineError(f"no such container: {name}")
        return self.containers[name]

    def _require_image(self, name: str) -> None:
        if name not in self.images:
            raise EngineError(f"no such image: {name}")

    def _seen(self, container: _Container) -> ObservedContainer:
        is_up = container.state == "running"
        return ObservedContainer(
            id=container.id,
            name=container.name,
            labels=container.labels,
            state=container.state,
            addresses={name: self._address(name, container) if is_up else "" for name in container.networks},
            exit_code=container.exit_code if container.state == "exited" else None,
            ports=_ports(container),
        )

    def _inspected(self, container: _Container) -> Inspection:
        return replace(container.limits, exit_code=container.exit_code)

    def _address(self, network: str, container: _Container) -> str:
        if network in container.addresses:
            return container.addresses[network]
        hosts = list(ip_network(clients_half(self.networks[network].subnet)).hosts())
        members = [each.id for each in self.containers.values() if network in each.networks]
        return str(hosts[members.index(container.id)])


def _limits(spec):
    return Inspection(memory=spec.memory, cpus=spec.cpus, pids=spec.pids, restart_policy=spec.restart_policy)


def _ours(project, things):
    return tuple(sorted((each for each in things if each.labels.get(PROJECT) == project), key=lambda each: each.name))


def _ports(container):
    if container.state != "running":
        return ()
    return tuple(f"{each.address}:{each.host_port}->{each.number}" for each in container.spec.published)


def _port_holders(project, containers):
    others = [each for each in containers if each.labels.get(PROJECT) != project and _ports(each)]
    return tuple(PortHolder(each.name, each.labels.get(PROJECT, ""), _ports(each)) for each in others)


def _foreign(project, things):
    return frozenset(each.name for each in things if each.labels.get(PROJECT) != project)
