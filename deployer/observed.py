"""What the labels and the states of observed containers and volumes say."""

from collections.abc import Iterable
from dataclasses import replace

from deployer.gate import COMPONENT as GATE
from deployer.labels import COMPONENT, PURPOSE, REPLICA
from deployer.model import ObservedContainer, ObservedState, ObservedVolume

AT_WORK = ("running", "restarting", "paused")
"""States in which a container may have a process, now or in a moment."""
EVERY_ADDRESS = {"0.0.0.0", "::", ""}  # noqa: S104 (compared, not bound)


def in_order_of_name(observed: ObservedState) -> ObservedState:
    """The same state, each of its lists sorted, so that a plan does not depend on how the engine lists."""
    return replace(
        observed,
        containers=tuple(sorted(observed.containers, key=lambda each: each.name)),
        networks=tuple(sorted(observed.networks, key=lambda each: each.name)),
        volumes=tuple(sorted(observed.volumes, key=lambda each: each.name)),
    )


def holds_port(ports: Iterable[str], address: str, number: int) -> bool:
    """Whether one of `ports`, as `127.0.0.1:8080->80`, is published so that nobody else can have `address`:`number`."""
    for text in ports:
        host, _, port = text.partition("->")[0].rpartition(":")
        if int(port) == number and (host == address or {host, address} & EVERY_ADDRESS):
            return True
    return False


def is_gate(container: ObservedContainer) -> bool:
    """Whether it is the packet filter of its project."""
    return component_of(container) == GATE


def place_of(container: ObservedContainer) -> tuple[str, int]:
    """Its component and the number of its replica."""
    return component_of(container), replica_of(container)


def component_of(container: ObservedContainer) -> str:
    """Its component; empty where its labels name none."""
    return container.labels.get(COMPONENT, "")


def replica_of(container: ObservedContainer) -> int:
    """The number of its replica, from 1; 0 where its labels name none."""
    text = container.labels.get(REPLICA, "")
    return int(text) if text.isascii() and text.isdigit() else 0


def is_data(volume: ObservedVolume) -> bool:
    """Whether people's data lies in it, rather than files rendered by us."""
    return not volume.labels.get(PURPOSE, "").startswith("files:")


def data_volumes(observed: ObservedState) -> tuple[str, ...]:
    """The names of the volumes that hold people's data, sorted."""
    return tuple(sorted(volume.name for volume in observed.volumes if is_data(volume)))
