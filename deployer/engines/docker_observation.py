"""What the Docker Engine API lists, as values."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from deployer.labels import PROJECT
from deployer.model import Inspection, ObservedContainer, ObservedNetwork, ObservedState, ObservedVolume, PortHolder

Raw = Mapping[str, Any]

NANO = 10**9
CPU_PERIOD = 100_000
"""Microseconds, the engine's default, in which a container may use as many of its quota."""
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


def inspection(raw: Raw) -> Inspection:
    """What GET /containers/…/json tells of one."""
    state, host = raw["State"], raw["HostConfig"]
    cpus = (host.get("NanoCpus") or 0) / NANO
    if not cpus and host.get("CpuQuota", 0) > 0:
        cpus = host["CpuQuota"] / (host.get("CpuPeriod") or CPU_PERIOD)
    return Inspection(
        memory=host.get("Memory") or 0,
        cpus=cpus,
        pids=max(0, host.get("PidsLimit") or 0),
        restart_policy=(host.get("RestartPolicy") or {}).get("Name") or "no",
        restarts=raw.get("RestartCount", 0),
        out_of_memory=bool(state.get("OOMKilled")),
        started=_moment(state.get("StartedAt", "")),
        ended=_moment(state.get("FinishedAt", "")),
        exit_code=state.get("ExitCode", 0),
        error=readable(state.get("Error", "")),
        health=(state.get("Health") or {}).get("Status", ""),
    )


def _moment(text: str) -> float:
    """`2026-01-01T08:00:00.123456789Z` in seconds since 1970; 0 for the year 1, in which nothing has happened yet."""
    whole, _, rest = text.partition(".")
    if not whole or whole.startswith("0001"):
        return 0.0
    moment = datetime.strptime(whole.removesuffix("Z"), "%Y-%m-%dT%H:%M:%S").replace(tzinfo=UTC).timestamp()
    fraction = rest.removesuffix("Z")
    return moment + (float(f"0.{fraction}") if fraction.isdigit() else 0.0)


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
