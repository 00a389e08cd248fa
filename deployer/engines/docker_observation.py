"""What the Docker Engine API lists, as values."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from deployer.labels import PROJECT
from deployer.model import ObservedContainer, ObservedNetwork, ObservedState, ObservedVolume, PortHolder

Raw = Mapping[str, Any]

_EXITED = re.compile(r"^(?:Exited|Restarting) \((-?\d+)\)")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def observed_state(
    project: str, containers: Iterable[Raw], networks: Iterable[Raw], volumes: Iterable[Raw]
) -> ObservedState:
    """What of `project` stands there, sorted by name, and the names and ports that others took.

    The arguments are what GET /containers/json?all=1, /networks and /volumes answer.
    """
    every_network = list(networks)
    our_containers, other_containers = _parted(project, containers)
    our_networks, other_networks = _parted(project, every_network)
    our_volumes, other_volumes = _parted(project, volumes)
    return ObservedState(
        containers=tuple(sorted(map(_container, our_containers), key=lambda each: each.name)),
        networks=tuple(sorted(map(_network, our_networks), key=lambda each: each.name)),
        volumes=tuple(sorted(map(_volume, our_volumes), key=lambda each: each.name)),
        foreign_containers=frozenset(map(_name, other_containers)),
        foreign_networks=frozenset(raw["Name"] for raw in other_networks),
        foreign_volumes=frozenset(raw["Name"] for raw in other_volumes),
        port_holders=tuple(sorted(_port_holders(other_containers), key=lambda each: each.name)),
        subnets=tuple(subnet for raw in every_network for subnet in _subnets(raw)),
    )


def readable(text: str) -> str:
    """`text` with control characters made visible, so that what a container prints cannot command a terminal."""
    return _CONTROL.sub(lambda found: f"\\x{ord(found.group()):02x}", text)


def _parted(project: str, listed: Iterable[Raw]) -> tuple[list[Raw], list[Raw]]:
    ours: list[Raw] = []
    others: list[Raw] = []
    for raw in listed:
        (ours if (raw.get("Labels") or {}).get(PROJECT) == project else others).append(raw)
    return ours, others


def _container(raw: Raw) -> ObservedContainer:
    exited = _EXITED.match(raw.get("Status", ""))
    return ObservedContainer(
        id=raw["Id"],
        name=_name(raw),
        labels=raw.get("Labels") or {},
        state=raw["State"],
        image_id=raw.get("ImageID", ""),
        addresses={name: _address(each) for name, each in raw["NetworkSettings"]["Networks"].items()},
        status=raw.get("Status", ""),
        created=float(raw.get("Created", 0)),
        exit_code=int(exited.group(1)) if exited else None,
        image=raw.get("Image", ""),
        ports=_ports(raw),
    )


def _port_holders(listed: Iterable[Raw]) -> Iterator[PortHolder]:
    for raw in listed:
        if ports := _ports(raw):
            yield PortHolder(_name(raw), (raw.get("Labels") or {}).get(PROJECT, ""), ports)


def _name(raw: Raw) -> str:
    names = raw.get("Names") or [raw["Id"]]
    return str(names[0]).removeprefix("/")


def _address(endpoint: Raw) -> str:
    """The address it has, or the one it has had and will have again, being a server."""
    fixed = (endpoint.get("IPAMConfig") or {}).get("IPv4Address", "")
    return str(endpoint.get("IPAddress") or fixed)


def _ports(raw: Raw) -> tuple[str, ...]:
    return tuple(sorted(map(_port, (each for each in raw.get("Ports") or () if each.get("PublicPort")))))


def _port(raw: Raw) -> str:
    return f"{raw.get('IP', '')}:{raw['PublicPort']}->{raw['PrivatePort']}"


def _network(raw: Raw) -> ObservedNetwork:
    return ObservedNetwork(raw["Id"], raw["Name"], raw.get("Labels") or {}, next(iter(_subnets(raw)), ""))


def _volume(raw: Raw) -> ObservedVolume:
    return ObservedVolume(raw["Name"], raw.get("Labels") or {})


def _subnets(raw: Raw) -> list[str]:
    configured = (raw.get("IPAM") or {}).get("Config") or []
    return [each["Subnet"] for each in configured if each.get("Subnet")]
