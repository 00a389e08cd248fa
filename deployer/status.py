"""How each replica is, in words: its state, the reason, where it answers."""

import re
from dataclasses import dataclass

from deployer.labels import COMPONENT, KIND, REPLICA
from deployer.model import DesiredState, ObservedContainer, ObservedState

_HEALTH = re.compile(r"\((healthy|unhealthy|health: starting)\)")


@dataclass(frozen=True)
class ReplicaStatus:
    """One replica as it is now. `since` in seconds since 1970: when its container was made."""

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


def replica_status(observed: ObservedState) -> tuple[ReplicaStatus, ...]:
    """Every replica of a project, by component and number."""
    found = [_status(container) for container in observed.containers if container.labels.get(COMPONENT)]
    return tuple(sorted(found, key=lambda each: (each.component, each.replica, each.name)))


def urls(desired: DesiredState) -> tuple[str, ...]:
    """Where what was published answers: `http://127.0.0.1:8080`, or `address:port` where it is not HTTP."""
    return tuple(
        f"{'http://' if port.number in spec.http_ports else ''}{_shown(port.address)}:{port.host_port}"
        for spec in desired.containers
        if spec.replica == 1
        for port in spec.published
    )


def _shown(address: str) -> str:
    """An address a browser can open: what stands for every address becomes this machine's own."""
    address = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(address, address)  # noqa: S104 (compared, not bound)
    return f"[{address}]" if ":" in address else address


def _status(container: ObservedContainer) -> ReplicaStatus:
    health = _HEALTH.search(container.status)
    return ReplicaStatus(
        component=container.labels[COMPONENT],
        kind=container.labels.get(KIND, ""),
        replica=int(container.labels.get(REPLICA, "0") or 0),
        name=container.name,
        state=container.state,
        reason=container.status,
        health=health.group(1).removeprefix("health: ") if health else "",
        image=container.image,
        since=container.created,
        ports=container.ports,
    )
