"""Specifications as the payloads of the Docker Engine API (v1.41), and the policy that every payload keeps.

Hardened by default, after the CIS Docker Benchmark 1.6: 5.3 capabilities, 5.10 memory, 5.11 CPU, 5.12 read-only root,
5.14 bind address, 5.25 no new privileges, 5.28 process limit; and 5.4, 5.9, 5.15, 5.16, 5.17, 5.20, 5.31 by leaving out
what they warn of: privileged mode, the host's namespaces, its devices and its engine's socket.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from docker.types import IPAMConfig, IPAMPool

from composer.syntax import CAPABILITIES
from deployer.addresses import clients_half, gateway
from deployer.gate import IMAGE as GATE_IMAGE
from deployer.model import ContainerSpec, NetworkSpec

NANO = 10**9
TMPFS_OPTIONS = "rw,noexec,nosuid,nodev,mode=1777,size=67108864"
LOG_OPTIONS = {"Type": "json-file", "Config": {"max-size": "10m", "max-file": "3"}}
HELPER_MEMORY = 16 * 2**20
HEALTH_INTERVAL = 30
HEALTH_TIMEOUT = 10

Payload = dict[str, Any]


class PolicyError(Exception):
    """A payload that would give a container more than a drawing can ask for."""


def container(
    spec: ContainerSpec,
    environment: Mapping[str, str],
    command: Sequence[str],
    labels: Mapping[str, str],
    address: str = "",
) -> Payload:
    """The body of POST /containers/create. Raises PolicyError rather than return one that breaks the policy."""
    payload: Payload = {
        "Image": spec.image,
        "Env": [f"{name}={value}" for name, value in environment.items()],
        "Labels": dict(labels),
        "ExposedPorts": {f"{port.number}/tcp": {} for port in spec.published},
        "StopSignal": spec.stop_signal,
        "StopTimeout": round(spec.grace),
        "HostConfig": _host_config(spec),
        "NetworkingConfig": _networking(spec, address),
    }
    if command:
        payload["Cmd"] = list(command)
    if spec.entrypoint:
        payload["Entrypoint"] = list(spec.entrypoint)
    if spec.user:
        payload["User"] = spec.user
    if spec.health.command:
        payload["Healthcheck"] = _health_check(spec)
    check(payload)
    return payload


def limits(spec: ContainerSpec) -> Payload:
    """The body of POST /containers/…/update that gives a container the limits of `spec` again."""
    host = _host_config(spec)
    return {name: host[name] for name in ("Memory", "MemorySwap", "NanoCpus", "PidsLimit", "RestartPolicy")}


def helper(image: str, volume: str, at: str, labels: Mapping[str, str]) -> Payload:
    """The body of POST /containers/create for a container that is never started: `volume` at `at`, to unpack into."""
    payload: Payload = {
        "Image": image,
        "Entrypoint": ["/never-started"],
        "Labels": dict(labels),
        "NetworkDisabled": True,
        "HostConfig": {
            "NetworkMode": "none",
            "Mounts": [{"Type": "volume", "Source": volume, "Target": at}],
            "CapDrop": ["ALL"],
            "CapAdd": [],
            "SecurityOpt": ["no-new-privileges:true"],
            "Memory": HELPER_MEMORY,
            "NanoCpus": NANO,
            "PidsLimit": 1,
        },
    }
    check(payload)
    return payload


def network(spec: NetworkSpec, labels: Mapping[str, str]) -> Payload:
    """The arguments of the SDK's `create_network` for a bridge that does what `spec` says and no more."""
    return {
        "name": spec.name,
        "driver": "bridge",
        "internal": spec.internal,
        "check_duplicate": True,
        "ipam": IPAMConfig(pool_configs=[_addresses(spec)]),
        "options": {
            "com.docker.network.bridge.enable_icc": _word(spec.peers),
            "com.docker.network.bridge.enable_ip_masquerade": _word(spec.masquerade),
        },
        "labels": dict(labels),
    }


def check(payload: Payload) -> None:
    """Raise PolicyError if a container made from `payload` could reach the host. Denies what it does not know."""
    host = payload["HostConfig"]
    unknown = host.keys() - _ALLOWED
    if unknown:
        raise PolicyError(f"HostConfig/{min(unknown)}: not something a drawing can ask for")
    for mount in host["Mounts"]:
        if (
            mount["Type"] != "volume"
            or "/" in mount["Source"]
            or mount.keys() - _ALLOWED_OF_MOUNTS
            or mount.get("VolumeOptions", {}).keys() - {"NoCopy"}
        ):
            raise PolicyError(f"HostConfig/Mounts: {mount['Target']}: only named volumes may be mounted")
    for name in ("Memory", "NanoCpus", "PidsLimit"):
        if host[name] <= 0:
            raise PolicyError(f"HostConfig/{name}: everything has a limit")
    if host["CapDrop"] != ["ALL"] or not set(host["CapAdd"]) <= {*CAPABILITIES, "NET_ADMIN"}:
        raise PolicyError("HostConfig/CapAdd, CapDrop: all are dropped, and only a known few are given back")
    if set(host["SecurityOpt"]) - {"no-new-privileges:true"}:
        raise PolicyError("HostConfig/SecurityOpt: not something a drawing can ask for")
    if host["NetworkMode"] in ("", "host", "bridge", "default") or ":" in host["NetworkMode"]:
        if not _is_gate(payload):
            raise PolicyError(f"HostConfig/NetworkMode: {host['NetworkMode']} is shared with others")
    elif "NET_ADMIN" in host["CapAdd"]:
        raise PolicyError("HostConfig/CapAdd: NET_ADMIN is the gate's alone")


_ALLOWED = {
    "NetworkMode",
    "Mounts",
    "Tmpfs",
    "ReadonlyRootfs",
    "CapDrop",
    "CapAdd",
    "SecurityOpt",
    "Memory",
    "MemorySwap",
    "NanoCpus",
    "PidsLimit",
    "RestartPolicy",
    "PortBindings",
    "Init",
    "LogConfig",
}

_ALLOWED_OF_MOUNTS = {"Type", "Source", "Target", "ReadOnly", "VolumeOptions"}


def _is_gate(payload: Payload) -> bool:
    """Whether this is our own packet filter, with nothing but what it needs."""
    host = payload["HostConfig"]
    return (
        payload["Image"] == GATE_IMAGE
        and not payload.keys() & {"Cmd", "Entrypoint"}
        and host["NetworkMode"] == "host"
        and host["CapAdd"] == ["NET_ADMIN"]
        and not host["Mounts"]
        and host["ReadonlyRootfs"]
    )


def _host_config(spec: ContainerSpec) -> Payload:
    return {
        "NetworkMode": _network_mode(spec),
        "Mounts": [
            {
                "Type": "volume",
                "Source": mount.volume,
                "Target": mount.path,
                "ReadOnly": mount.read_only,
                "VolumeOptions": {"NoCopy": mount.read_only},
            }
            for mount in spec.mounts
        ],
        "Tmpfs": dict.fromkeys(spec.tmpfs, TMPFS_OPTIONS),
        "ReadonlyRootfs": spec.read_only,
        "CapDrop": ["ALL"],
        "CapAdd": list(spec.capabilities),
        "SecurityOpt": [] if spec.new_privileges else ["no-new-privileges:true"],
        "Memory": spec.memory,
        "MemorySwap": spec.memory,
        "NanoCpus": round(spec.cpus * NANO),
        "PidsLimit": spec.pids,
        "RestartPolicy": {"Name": spec.restart_policy},
        "PortBindings": _port_bindings(spec),
        "Init": True,
        "LogConfig": LOG_OPTIONS,
    }


def _network_mode(spec: ContainerSpec) -> str:
    if spec.filters_packets:
        return "host"
    return spec.attachments[0].network if spec.attachments else "none"


def _port_bindings(spec: ContainerSpec) -> Payload:
    bindings: dict[str, list[dict[str, str]]] = {}
    for port in spec.published:
        bindings.setdefault(f"{port.number}/tcp", []).append({"HostIp": port.address, "HostPort": str(port.host_port)})
    return bindings


def _networking(spec: ContainerSpec, address: str) -> Payload:
    """Only the first network: before API 1.44 a container is made in one, and connected to the others."""
    fixed = {"IPAMConfig": {"IPv4Address": address}} if address else {}
    first = spec.attachments[:1]
    return {"EndpointsConfig": {each.network: {"Aliases": list(each.aliases), **fixed} for each in first}}


def _addresses(spec: NetworkSpec) -> IPAMPool:
    """The engine gives out the clients' half only; servers are given theirs by us."""
    return IPAMPool(subnet=spec.subnet, iprange=clients_half(spec.subnet), gateway=gateway(spec.subnet))


def _health_check(spec: ContainerSpec) -> Payload:
    return {
        "Test": ["CMD", *spec.health.command],
        "Interval": HEALTH_INTERVAL * NANO,
        "Timeout": HEALTH_TIMEOUT * NANO,
        "StartPeriod": round((spec.health.timeout or 60) * NANO),
        "Retries": 3,
    }


def _word(claim: bool) -> str:
    return "true" if claim else "false"
