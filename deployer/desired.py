"""What should run: the schema, wired and placed, as networks, volumes and containers."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import PurePosixPath

from composer.catalogue import Catalogue, Kind
from composer.drawing import Drawing, settings
from composer.model import Component, Health, Isolation, Schema
from composer.rendering import render
from composer.routes import Route, routes
from deployer.gate import COMPONENT, gate
from deployer.model import (
    ContainerSpec,
    DesiredState,
    Mount,
    NetworkSpec,
    PublishedPort,
    SealedText,
    VolumeSpec,
    sealed,
)
from deployer.networks import attachments
from deployer.wiring import Scope, Surroundings, environment, kind_scope, plain, resolve


@dataclass(frozen=True)
class ResolvedImage:
    """An image by the name it has on the engine, and its id there (empty while it is not there yet).

    `users_own` says that it was not made for the kind, so that the kind cannot know who its process should be.
    """

    reference: str
    id: str = ""
    users_own: bool = False


def desired_state(
    schema: Schema,
    catalogue: Catalogue,
    images: Mapping[str, ResolvedImage],
    networks: tuple[NetworkSpec, ...],
    surroundings: Surroundings,
) -> DesiredState:
    """What `schema` wants to run, given the image of each component and its networks with their subnets.

    `images` also has that of the gate, by its component's name. The schema has been validated.

    Raises WiringError where a reference to the deploying environment is not answered.
    """
    drawing = Drawing(schema, catalogue)
    servers = _servers(schema)
    files = {name: _file_volumes(drawing, name, surroundings) for name in schema.components}
    return DesiredState(
        project=schema.name,
        networks=networks,
        volumes=tuple(_volumes(schema, catalogue, files)),
        containers=(
            *(
                spec
                for name in schema.components
                for spec in _containers(drawing, name, images[name], files[name], surroundings)
            ),
            *_gates(schema, images, networks),
        ),
        after=_acyclic(servers),
        servers=servers,
    )


def _gates(
    schema: Schema, images: Mapping[str, ResolvedImage], networks: tuple[NetworkSpec, ...]
) -> Iterator[ContainerSpec]:
    if schema.network is Isolation.ISOLATED and schema.components:
        yield gate(schema.name, networks, images[COMPONENT].id)


def _servers(schema: Schema) -> dict[str, tuple[str, ...]]:
    drawn: dict[str, dict[str, None]] = {name: {} for name in schema.components}
    for connection in schema.connections:
        drawn[connection.client][connection.server] = None
    return {name: tuple(servers) for name, servers in drawn.items()}


def _acyclic(servers: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """`servers` without the connections that close a circle: somebody in a circle has to start first.

    A walk in depth from each component in the order of the schema; a line back to one that is being walked is left out.
    """
    kept: dict[str, tuple[str, ...]] = {}
    for first in servers:
        walking: list[tuple[str, Iterator[str]]] = [] if first in kept else [(first, iter(servers[first]))]
        open_names = {first: list[str]()} if walking else {}
        while walking:
            name, remaining = walking[-1]
            server = next(remaining, None)
            if server is None:
                kept[name] = tuple(open_names.pop(name))
                walking.pop()
            elif server not in open_names:
                open_names[name].append(server)
                if server not in kept:
                    open_names[server] = []
                    walking.append((server, iter(servers[server])))
    return {name: kept[name] for name in servers}


def _data_volumes(schema: Schema, catalogue: Catalogue, name: str) -> dict[str, str]:
    component = schema.components[name]
    return {**catalogue[component.kind].volumes, **component.volumes}


def _volumes(schema: Schema, catalogue: Catalogue, files: Mapping[str, tuple[VolumeSpec, ...]]) -> Iterator[VolumeSpec]:
    for name in schema.components:
        for volume in _data_volumes(schema, catalogue, name):
            owner = _owner(schema.components[name], catalogue[schema.components[name].kind])
            yield VolumeSpec(f"{schema.name}.{name}.{volume}", name, f"data:{volume}", owner=owner)
        yield from files[name]


def _owner(component: Component, kind: Kind) -> str:
    """Who a new volume is for: an engine makes its folder root's, unless the image has it and says otherwise."""
    is_number = kind.user is not None and kind.user.replace(":", "", 1).isdigit()
    return kind.user or "" if is_number and "root_user" not in component.relax else ""


def _file_volumes(drawing: Drawing, name: str, surroundings: Surroundings) -> tuple[VolumeSpec, ...]:
    schema = drawing.schema
    component = schema.components[name]
    kind = drawing.catalogue[component.kind]
    if not kind.files:
        return ()
    rendered = render(
        kind,
        settings=settings(component, kind),
        ports={port: int(found.number) for port, found in drawing.ports(name).items()},
        routes=_routes(drawing, name) if kind.routes else (),
        component=name,
        project=schema.name,
    )
    scope = kind_scope(schema, component, kind, surroundings)
    folders: dict[str, list[tuple[str, SealedText]]] = {}
    for path, text in sorted(rendered.items()):
        at = PurePosixPath(path)
        folders.setdefault(str(at.parent), []).append((at.name, resolve(text, scope)))
    return tuple(_files(schema.name, name, folder, tuple(content)) for folder, content in folders.items())


def _files(project: str, component: str, folder: str, content: tuple[tuple[str, SealedText], ...]) -> VolumeSpec:
    digest = sha256(repr((folder, content)).encode()).hexdigest()[:8]
    return VolumeSpec(f"{project}.{component}.files.{digest}", component, f"files:{folder}", content)


def _routes(drawing: Drawing, name: str) -> tuple[Route, ...]:
    drawn = drawing.lines_from(name)
    numbers = {(line.server, line.port): int(drawing.port(line).number) for line in drawn}
    return routes(drawn, numbers, {line.server: drawing.schema.components[line.server].replicas.min for line in drawn})


def _containers(
    drawing: Drawing,
    name: str,
    image: ResolvedImage,
    files: Iterable[VolumeSpec],
    surroundings: Surroundings,
) -> Iterator[ContainerSpec]:
    schema, catalogue = drawing.schema, drawing.catalogue
    component = schema.components[name]
    kind = catalogue[component.kind]
    scope = kind_scope(schema, component, kind, surroundings)
    found_ports = drawing.ports(name)
    numbers = {port: int(found.number) for port, found in found_ports.items()}
    mounts = [
        Mount(f"{schema.name}.{name}.{volume}", path) for volume, path in _data_volumes(schema, catalogue, name).items()
    ] + [Mount(volume.name, volume.purpose.removeprefix("files:"), read_only=True) for volume in files]
    limits = component.limits
    command = tuple(sealed(word) for word in component.command) or tuple(resolve(word, scope) for word in kind.command)
    environ = environment(drawing, component, surroundings)
    attached = attachments(drawing, name)
    published = tuple(
        PublishedPort(numbers[port], publication.address, publication.number)
        for port, publication in sorted(component.publish.items())
    )
    health = _health(component, kind, scope)
    for replica in range(1, component.replicas.min + 1):
        yield ContainerSpec(
            component=name,
            replica=replica,
            kind=kind.name,
            image=image.reference,
            image_id=image.id,
            run=kind.run,
            schedule=component.schedule,
            entrypoint=tuple(plain(word, scope) for word in kind.entrypoint),
            command=command,
            environment=environ,
            user="0:0" if "root_user" in component.relax else None if image.users_own else kind.user,
            read_only=kind.read_only and "writable_root" not in component.relax,
            new_privileges="new_privileges" in component.relax,
            capabilities=tuple(sorted({*kind.capabilities, *(rule for rule in component.relax if rule.isupper())})),
            memory=limits.memory or kind.limits.memory or 512 * 2**20,
            cpus=limits.cpus or min(kind.limits.cpus or 1.0, surroundings.cpus),
            pids=limits.pids or kind.limits.pids or 256,
            tmpfs=kind.tmpfs,
            mounts=tuple(mounts),
            attachments=attached,
            published=published,
            health=health,
            ports=tuple(sorted(numbers.items())),
            http_ports=tuple(sorted(int(port.number) for port in found_ports.values() if port.protocol == "http")),
            stop_signal=kind.stop.signal,
            grace=kind.stop.grace,
            reload=kind.reload,
        )


def _health(component: Component, kind: Kind, scope: Scope) -> Health:
    own = component.health
    if own is None:
        return Health(
            kind.health.tcp,
            kind.health.http,
            tuple(plain(word, scope) for word in kind.health.command),
            kind.health.timeout,
        )
    return Health(own.tcp, own.http, own.command, own.timeout or kind.health.timeout)
