"""How each replica is, in words: its state, the reason, where it answers; and which should be there and are not."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from composer.catalogue import Catalogue
from composer.model import Isolation, Schema
from deployer.engines.interface import ContainerState
from deployer.failures import ENDINGS
from deployer.gate import COMPONENT as GATE
from deployer.labels import COMPONENT, KIND, RUN
from deployer.model import DesiredState, ObservedContainer, ObservedState
from deployer.observed import place_of, replica_of

MISSING = "missing"
"""The state of a replica that has no container."""

KILLED = 137
_HEALTH = re.compile(r"\((healthy|unhealthy|health: starting)\)")
_YOUNG = re.compile(r"Up (Less than a second|[0-9]+ seconds?)\b")


@dataclass(frozen=True)
class ReplicaStatus:
    """One replica as it is now. `since` in seconds since 1970: when its container was made.

    `run` is `service` or `job`, as its kind says. `restarts`: how often the engine started it again, where that was
    just now. One that is missing has neither name, image nor age. `started` is when it was last started, 0 unless it
    runs and somebody looked closely, as is what else a list does not tell: `image_id` and `exit_code`.
    """

    component: str
    kind: str
    replica: int
    name: str
    state: str
    reason: str
    health: str
    image: str
    since: float
    ports: tuple[str, ...]
    host: str = "local"
    run: str = "service"
    restarts: int = 0
    image_id: str = ""
    started: float = 0.0
    exit_code: int | None = None


def replica_status(
    observed: ObservedState, looked_at: Mapping[str, ContainerState] | None = None
) -> tuple[ReplicaStatus, ...]:
    """Every replica of a project that has a container, by component and number.

    `looked_at` is how those containers are in detail, by name, that `needs_a_look` picks.
    """
    states = looked_at or {}
    found = [status_of(each, states.get(each.name)) for each in observed.containers if each.labels.get(COMPONENT)]
    return tuple(sorted(found, key=position))


def position(status: ReplicaStatus) -> tuple[str, int, str]:
    """Component and number of a replica, to sort by."""
    return status.component, status.replica, status.name


def needs_a_look(container: ObservedContainer) -> bool:
    """Whether a list does not tell enough of it: one that was killed, or that may be started again and again."""
    is_young = container.is_running and _YOUNG.match(container.status) is not None
    return is_young or container.state == "restarting" or container.exit_code == KILLED


def missing_replicas(
    schema: Schema, catalogue: Catalogue, observed: ObservedState, release: int
) -> tuple[ReplicaStatus, ...]:
    """The replicas that `schema`, of the release of that number, wants and that have no container at all."""
    there = set(map(place_of, observed.containers))
    wanted = [
        (name, component.kind, replica)
        for name, component in schema.components.items()
        for replica in range(1, component.replicas.min + 1)
    ]
    if schema.network is Isolation.ISOLATED and schema.components:
        wanted.append((GATE, GATE, 1))
    return tuple(
        _missing(name, kind, replica, catalogue, f"release {release} wants it")
        for name, kind, replica in sorted(wanted)
        if (name, replica) not in there
    )


def urls(desired: DesiredState) -> tuple[str, ...]:
    """Where what was published answers: `http://127.0.0.1:8080`, or `address:port` where it is not HTTP."""
    return tuple(
        f"{'http://' if port.number in spec.http_ports else ''}{shown_address(port.address)}:{port.host_port}"
        for spec in desired.containers
        if spec.replica == 1
        for port in spec.published
    )


def shown_address(address: str, host: str = "") -> str:
    """An address a browser can open: what stands for every address becomes `host`, or this machine's own."""
    every = {"0.0.0.0": host or "127.0.0.1", "::": host or "::1"}  # noqa: S104 (compared, not bound)
    address = every.get(address, address)
    return f"[{address}]" if ":" in address else address


def _missing(name: str, kind: str, replica: int, catalogue: Catalogue, reason: str) -> ReplicaStatus:
    known = catalogue.get(kind)
    run = known.run if known else "service"
    return ReplicaStatus(name, kind, replica, "", MISSING, reason, "", "", 0.0, (), run=run)


def status_of(container: ObservedContainer, looked_at: ContainerState | None = None) -> ReplicaStatus:
    """How one container is, in the engine's words."""
    health = _HEALTH.search(container.status)
    return ReplicaStatus(
        component=container.labels[COMPONENT],
        kind=container.labels.get(KIND, ""),
        replica=replica_of(container),
        name=container.name,
        state=container.state,
        reason=_reason(container, looked_at),
        health=health.group(1).removeprefix("health: ") if health else "",
        image=container.image,
        since=container.created,
        ports=container.ports,
        run=container.labels.get(RUN, "service"),
        restarts=looked_at.restarts if looked_at else 0,
    )


def _reason(container: ObservedContainer, looked_at: ContainerState | None) -> str:
    """The engine's own words, and what the exit code in them means: `Exited (137) 1 hour ago: it ran out of memory`."""
    if container.exit_code is None:
        return container.status
    ending = ENDINGS.get(container.exit_code)
    meaning = "it ran out of memory" if looked_at and looked_at.out_of_memory else ending.meaning if ending else ""
    return f"{container.status}: {meaning}" if meaning else container.status
