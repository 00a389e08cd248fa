"""What is wanted against what is seen: the plan that turns one into the other.

The order of a plan keeps a promise: until every new container is ready, no old one is removed, so a deploy that fails
can always go back. The rules for containers, for each replica that is wanted:

1. A container of that very specification runs: keep it. (Where the last deploy did not finish: see that it is ready.)
2. It exists and does not run: make it anew. A job that ended well, or that waits for its schedule, is left alone.
3. Only others of its place exist: make the new one beside them; they are removed when all is ready. What cannot run
   beside it (the same published port, the same data volume) is stopped first, and kept until then.
4. Nothing exists: make it.

Connections change without making anything anew: a container is connected to a new network while it runs, and taken out
of one that is no longer drawn when all is ready. Limits that somebody changed by hand are given back while it runs;
they are seen only where the containers were looked at closely.
"""

from collections.abc import Iterable, Iterator, Mapping

from deployer.addresses import free_server
from deployer.drift import NO_NETWORK, changed_limits
from deployer.gate import COMPONENT as GATE
from deployer.labels import COMPONENT, changed_parts, container_name
from deployer.model import (
    Attachment,
    ContainerSpec,
    DesiredState,
    ObservedContainer,
    ObservedState,
    ObservedVolume,
    VolumeSpec,
)
from deployer.observed import (
    AT_WORK,
    component_of,
    holds_port,
    in_order_of_name,
    is_data,
    is_gate,
    place_of,
    replica_of,
)
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


def reconcile(desired: DesiredState, observed: ObservedState, *, unfinished: bool = False) -> Plan:
    """The plan from `observed` to `desired`; the same arguments always give the same plan.

    `unfinished` says that the last deploy of the project did not end well, so what runs may not be ready.
    """
    return _Planning(desired, observed, unfinished).plan()


def destruction(project: str, observed: ObservedState, *, volumes: bool = False) -> Plan:
    """The plan that removes everything of `project`; its data only if `volumes` says so."""
    planning = _Planning(DesiredState(project), observed, unfinished=False)
    planning.why_gone = "the project ends"
    planning.plan()
    if volumes:
        data = [volume for volume in planning.observed.volumes if is_data(volume)]
        planning.remove_volumes(data, "its end was confirmed")
    return Plan(project, tuple(planning.steps))


class _Planning:
    """The plan as it grows: numbers given in order, and which step others have to wait for."""

    def __init__(self, desired: DesiredState, observed: ObservedState, unfinished: bool) -> None:
        self.desired = desired
        self.observed = in_order_of_name(observed)
        self.unfinished = unfinished
        self.steps: list[Step] = []
        self.made: dict[str, int] = {}
        self.ready: dict[str, list[int]] = {}
        self.removals: dict[str, list[int]] = {}
        self.subnets = {spec.name: spec.subnet for spec in desired.networks}
        self.addresses: dict[str, set[str]] = {}
        self.names = {container_name(desired.project, spec): spec for spec in desired.containers}
        self.name_of = {(spec.component, spec.replica): name for name, spec in self.names.items()}
        self.volumes_of: dict[str, list[VolumeSpec]] = {}
        for volume in desired.volumes:
            self.volumes_of.setdefault(volume.component, []).append(volume)
        self.places: dict[tuple[str, int], list[ObservedContainer]] = {}
        for container in self.observed.containers:
            self.places.setdefault(place_of(container), []).append(container)
        self.seen = {component for component, _ in self.places}
        self.at_work = {component_of(each) for each in self.observed.containers if each.state != "created"}
        self.stops: dict[str, int] = {}
        self.left: dict[str, list[int]] = {}
        self.why_gone = "no longer drawn"

    def plan(self) -> Plan:
        self.networks()
        self.volumes()
        for spec in _in_start_order(self.desired):
            self.container(spec)
        self.reload_after(self.ready, "has new replicas")
        self.old_containers()
        self.reload_after(self.removals, "has fewer replicas")
        self.leftovers()
        return Plan(self.desired.project, tuple(self.steps), tuple(self.notes()))

    def add(
        self, operation: Operation, cause: str, after: Iterable[int] = (), component: str = "", replica: int = 0
    ) -> int:
        number = len(self.steps) + 1
        self.steps.append(Step(number, operation, cause, tuple(sorted(set(after))), component, replica))
        return number

    def networks(self) -> None:
        existing = {network.name for network in self.observed.networks}
        for spec in self.desired.networks:
            if spec.name not in existing:
                self.made[spec.name] = self.add(CreateNetwork(spec), "no such network")

    def volumes(self) -> None:
        existing = {volume.name for volume in self.observed.volumes}
        for spec in self.desired.volumes:
            if spec.name not in existing:
                self.made[spec.name] = self.add(CreateVolume(spec), "no such volume", component=spec.component)

    def container(self, spec: ContainerSpec) -> None:
        name = self.name_of[spec.component, spec.replica]
        here = self.places.get((spec.component, spec.replica), [])
        found = next((each for each in here if each.name == name), None)
        others = [each for each in here if each.name != name]
        if found is None:
            self.create(name, spec, self.cause_of_creation(spec, others))
        elif _is_settled(found, spec):
            self.keep(found, spec)
        else:
            cause = _why_unusable(found)
            removed = self.add(RemoveContainer(name), cause, (), spec.component, spec.replica)
            self.create(name, spec, cause, [removed])

    def keep(self, found: ObservedContainer, spec: ContainerSpec) -> None:
        missing = [each for each in spec.attachments if each.network not in found.addresses]
        connects = [
            self.add(
                ConnectContainer(found.name, each, self.address(each)),
                "drawn",
                [*self.needs([each.network]), *self.ready.get(GATE, [])],
                spec.component,
                spec.replica,
            )
            for each in missing
        ]
        if changed := changed_limits(found, spec):
            self.add(LimitContainer(found.name, spec), ", ".join(changed), (), spec.component, spec.replica)
        may_be_at_work = found.is_running and not spec.schedule
        if (connects and spec.run == "service") or (self.unfinished and may_be_at_work):
            cause = "it was connected" if connects else "the last deploy did not finish"
            ready = self.add(AwaitReady(found.name, spec), cause, connects, spec.component, spec.replica)
            self.ready.setdefault(spec.component, []).append(ready)

    def create(self, name: str, spec: ContainerSpec, cause: str, removed: Iterable[int] = ()) -> None:
        component, replica = spec.component, spec.replica
        first = spec.attachments[:1]
        files = self.write_files(spec)
        needs = self.needs([*(each.network for each in first), *(mount.volume for mount in spec.mounts)])
        needs += self.own_volumes(spec)
        address = self.address(first[0]) if first else ""
        created = self.add(CreateContainer(name, spec, address), cause, [*needs, *removed], component, replica)
        prepared = [created, *files]
        for each in spec.attachments[1:]:
            operation = ConnectContainer(name, each, self.address(each))
            prepared.append(self.add(operation, "drawn", [created, *self.needs([each.network])], component, replica))
        if spec.schedule:
            self.ready.setdefault(component, []).extend(prepared)
            return
        servers = (*self.desired.after.get(component, ()), *([] if spec.filters_packets else [GATE]))
        before = [number for server in servers for number in self.ready.get(server, [])]
        prepared += [self.stop(each, why, [*prepared, *before]) for each, why in self.rivals(spec)]
        started = self.add(StartContainer(name), cause, [*prepared, *before], component, replica)
        ready = self.add(AwaitReady(name, spec), cause, [started], component, replica)
        self.ready.setdefault(component, []).append(ready)

    def rivals(self, spec: ContainerSpec) -> list[tuple[ObservedContainer, str]]:
        """Old containers that cannot run beside a new one of `spec`, and why: they have its port or its data."""
        ports = [(port.address, port.host_port) for port in spec.published]
        volumes = {mount.volume for mount in spec.mounts if not mount.read_only}
        found = []
        for each in self.observed.containers:
            if each.name in self.names or each.state not in AT_WORK:
                continue
            held = [number for address, number in ports if holds_port(each.ports, address, number)]
            if held or (ports and place_of(each) == (spec.component, spec.replica)):
                numbers = ", ".join(map(str, held or sorted({number for _, number in ports})))
                who = "the new one" if component_of(each) == spec.component else f"'{spec.component}'"
                found.append((each, f"{who} needs its port {numbers}"))
            elif volumes and component_of(each) == spec.component:
                found.append((each, "the new one needs its data"))
        return found

    def stop(self, container: ObservedContainer, cause: str, after: Iterable[int]) -> int:
        if container.name not in self.stops:
            place = component_of(container), replica_of(container)
            self.stops[container.name] = self.add(StopContainer(container.name), cause, after, *place)
        return self.stops[container.name]

    def address(self, attachment: Attachment) -> str:
        """Servers are told apart from clients by their addresses; a client takes what the engine gives it."""
        if not attachment.serves:
            return ""
        taken = self.addresses.setdefault(attachment.network, self.addresses_in_use(attachment.network))
        address = free_server(self.subnets[attachment.network], taken)
        taken.add(address)
        return address

    def addresses_in_use(self, network: str) -> set[str]:
        return {each.addresses[network] for each in self.observed.containers if network in each.addresses}

    def own_volumes(self, spec: ContainerSpec) -> list[int]:
        """A volume is given to its owner when it is made, or when a deploy may have been killed before it was given."""
        may_be_half_made = self.unfinished and spec.component not in self.at_work
        numbers = []
        for volume in self.volumes_of.get(spec.component, ()):
            is_new = volume.name in self.made or may_be_half_made
            if is_new and volume.owner and volume.name in {mount.volume for mount in spec.mounts}:
                key = f"owner of {volume.name}"
                if key not in self.made:
                    cause = f"{volume.component} runs as {volume.owner}"
                    operation = OwnVolume(volume, spec.image)
                    self.made[key] = self.add(operation, cause, self.needs([volume.name]), spec.component)
                numbers.append(self.made[key])
        return numbers

    def write_files(self, spec: ContainerSpec) -> list[int]:
        """Rendered files are written again whenever a container is made: a kill may have left them half written."""
        volumes = {volume.name: volume for volume in self.volumes_of.get(spec.component, ())}
        numbers = []
        for mount in spec.mounts:
            volume = volumes.get(mount.volume)
            if volume is None or volume.is_data:
                continue
            key = f"files of {volume.name}"
            if key not in self.made:
                operation = WriteFiles(volume, spec.image)
                self.made[key] = self.add(
                    operation, "rendered from the schema", self.needs([volume.name]), spec.component
                )
            numbers.append(self.made[key])
        return numbers

    def reload_after(self, changed: Mapping[str, list[int]], what: str) -> None:
        made = {step.operation.name for step in self.steps if isinstance(step.operation, CreateContainer)}
        for name, spec in self.names.items():
            if spec.reload is None or (changed is self.ready and name in made):
                continue
            servers = [server for server in self.desired.servers.get(spec.component, ()) if server in changed]
            if servers:
                own = self.ready.get(spec.component, [])
                after = [*own, *(number for server in servers for number in changed[server])]
                cause = f"{', '.join(servers)} {what}"
                number = self.add(ReloadContainer(name, spec.reload), cause, after, spec.component, spec.replica)
                self.made[f"reload of {name}"] = number

    def old_containers(self) -> None:
        commit = [number for numbers in self.ready.values() for number in numbers]
        commit += [number for key, number in self.made.items() if key.startswith("reload of ")]
        for found in self.observed.containers:
            if found.name in self.names:
                self.disconnect(found, self.names[found.name], commit)
        old = [each for each in self.observed.containers if each.name not in self.names]
        # none goes before all have stopped: where one is gone, nothing old runs any more, whoever died meanwhile
        stops = {each.name: self.stop_of(each, commit) for each in old if not is_gate(each)}
        together = [number for numbers in stops.values() for number in numbers] if self.desired.containers else []
        others = [self.remove(each, [*commit, *(together or stops[each.name])]) for each in old if not is_gate(each)]
        for each in filter(is_gate, old):  # what it knows of must not run without it
            after = [*commit, *others]
            self.remove(each, [*after, *self.stop_of(each, after)])

    def stop_of(self, container: ObservedContainer, after: Iterable[int]) -> list[int]:
        """The step that stops a container, if it has to be stopped."""
        if container.name in self.stops:
            return [self.stops[container.name]]
        if container.state not in AT_WORK:
            return []
        place = component_of(container), replica_of(container)
        return [self.add(StopContainer(container.name), self.cause_of_removal(container), after, *place)]

    def remove(self, container: ObservedContainer, after: Iterable[int]) -> int:
        component, replica = component_of(container), replica_of(container)
        removed = self.add(RemoveContainer(container.name), self.cause_of_removal(container), after, component, replica)
        self.removals.setdefault(component, []).append(removed)
        return removed

    def disconnect(self, found: ObservedContainer, spec: ContainerSpec, commit: Iterable[int]) -> None:
        drawn = {each.network for each in spec.attachments}
        known = {network.name for network in self.observed.networks}
        for network in sorted(found.addresses.keys() - drawn - NO_NETWORK):
            operation = DisconnectContainer(found.name, network)
            cause = "no longer drawn" if network in known else "nobody has drawn that"
            number = self.add(operation, cause, commit, spec.component, spec.replica)
            self.left.setdefault(network, []).append(number)

    def leftovers(self) -> None:
        """A network goes once its members have gone: removing one takes long, and the engine does one at a time."""
        gone = {step.operation.name: step.number for step in self.steps if isinstance(step.operation, RemoveContainer)}
        members = {name: list(numbers) for name, numbers in self.left.items()}
        for container in self.observed.containers:
            for name in container.addresses if container.name in gone else ():
                members.setdefault(name, []).append(gone[container.name])
        wanted = {spec.name for spec in self.desired.networks}
        for network in self.observed.networks:
            if network.name not in wanted:
                self.add(RemoveNetwork(network.name), self.why_gone, members.get(network.name, gone.values()))
        kept = {spec.name for spec in self.desired.volumes}
        files = [each for each in self.observed.volumes if not is_data(each) and each.name not in kept]
        self.remove_volumes(files, "no longer rendered" if self.desired.containers else self.why_gone)

    def remove_volumes(self, volumes: Iterable[ObservedVolume], cause: str) -> None:
        gone: dict[str, list[int]] = {}
        for step in self.steps:
            if isinstance(step.operation, RemoveContainer):
                gone.setdefault(step.component, []).append(step.number)
        for volume in volumes:
            component = volume.labels.get(COMPONENT, "")
            self.add(RemoveVolume(volume.name), cause, gone.get(component, ()), component)

    def notes(self) -> Iterator[str]:
        """A word on data that nothing uses any more: whoever renamed its component would miss it."""
        wanted = {spec.name for spec in self.desired.volumes}
        fresh = sorted({spec.component for spec in self.desired.volumes if spec.is_data and spec.name in self.made})
        for volume in self.observed.volumes:
            if is_data(volume) and volume.name not in wanted:
                component = volume.labels.get(COMPONENT, "")
                yield (
                    f"volume {volume.name} is kept with the data of '{component}', which no longer uses it"
                    + (f"; {', '.join(map(repr, fresh))} begins empty" if fresh else "")
                    + f" (draw '{component}' again to use it, or end it: docker volume rm {volume.name})"
                )

    def needs(self, names: Iterable[str]) -> list[int]:
        return [self.made[name] for name in names if name in self.made]

    def cause_of_creation(self, spec: ContainerSpec, others: list[ObservedContainer]) -> str:
        if others:
            return _what_changed(others[-1], spec)
        return "one more replica is wanted" if spec.component in self.seen else "no such container"

    def cause_of_removal(self, container: ObservedContainer) -> str:
        component = component_of(container)
        specs = [spec for spec in self.names.values() if spec.component == component]
        if not specs:
            return self.why_gone
        if replica_of(container) > len(specs):
            return f"{len(specs)} replica{'s' if len(specs) != 1 else ''} wanted"
        return "replaced"


def _in_start_order(desired: DesiredState) -> Iterator[ContainerSpec]:
    specs: dict[str, list[ContainerSpec]] = {}
    for spec in desired.containers:
        specs.setdefault(spec.component, []).append(spec)
    done: set[str] = set()
    pending = sorted(specs, key=lambda name: name != GATE)
    while pending:
        free = [name for name in pending if done.issuperset(set(desired.after.get(name, ())) & specs.keys())]
        done.update(free)
        pending = [name for name in pending if name not in done]
        for name in free:
            yield from specs[name]


def _is_settled(found: ObservedContainer, spec: ContainerSpec) -> bool:
    if spec.schedule:
        return found.state in ("created", "running", "exited")
    if spec.run == "job":
        return found.is_running or (found.state == "exited" and found.exit_code == 0)
    return found.is_running


def _why_unusable(found: ObservedContainer) -> str:
    match found.state:
        case "exited":
            return f"it ended with exit code {found.exit_code}"
        case "created":
            return "it was made and never started"
        case "restarting":
            return "it does not stay up"
    return f"it is {found.state}"


def _what_changed(before: ObservedContainer, spec: ContainerSpec) -> str:
    if spec.filters_packets:
        return "the connections changed"
    names = {"image_id": "image", "mounts": "files or volumes", "attachments": "connections", "published": "publish"}
    parts = dict.fromkeys(names.get(part, part.replace("_", " ")) for part in changed_parts(before.labels, spec))
    return f"{', '.join(parts)} changed" if parts else "its specification changed"
