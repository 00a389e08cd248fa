"""The gate: a packet filter beside a project's networks, for what networks alone cannot say.

A bridge joins its members in both directions and on every port. The drawing says more: a client reaches the drawn port
of its server. The gate only ever denies, in tables of its own, so it goes together with whatever rules the engine or
the host's owner have; and a container's traffic has to please them all. Its rules, for each network:

1. Of a connection: new TCP connections go from the clients' half to the servers' half, to the drawn ports.
   (By the flags of the packet: what follows a handshake belongs to it.)
2. Of a connection, or of a component that is alone: nothing reaches the host itself.
3. Ingress: what is published is reached from outside; nothing goes out, nothing reaches the host.
4. Egress: the world outside is reached; that is what it is for.

It runs as a container of the project in the host's network namespace with NET_ADMIN and nothing else. When it is
killed its rules stay; when the host restarts the engine starts it again, and until then the networks alone hold.
"""

from collections.abc import Iterable
from hashlib import sha256

from composer.model import Health
from deployer.addresses import clients_half, servers_half
from deployer.model import ContainerSpec, NetworkSpec, sealed
from deployer.networks import INGRESS

COMPONENT = "_gate"
"""No component of a schema can have this name."""
IMAGE = "backdraft.local/gate:1"


def gate(project: str, networks: Iterable[NetworkSpec], image_id: str) -> ContainerSpec:
    """The container that keeps the rules for `networks`, whose subnets are assigned."""
    closed = [spec for spec in networks if spec.internal or spec.purpose == INGRESS]
    name = f"backdraft_{sha256(repr((project, closed)).encode()).hexdigest()[:16]}"
    return ContainerSpec(
        component=COMPONENT,
        replica=1,
        kind=COMPONENT,
        image=IMAGE,
        image_id=image_id,
        environment=(("GATE_RULES", sealed(rules(name, closed))), ("GATE_TABLE", sealed(name))),
        capabilities=("NET_ADMIN",),
        memory=64 * 2**20,
        cpus=0.5,
        pids=16,
        tmpfs=("/tmp", "/run"),  # noqa: S108 (inside the container)
        filters_packets=True,
        user="0:0",
        health=Health(command=("nft", "list", "table", "inet", name), timeout=30),
        grace=5.0,
    )


def rules(name: str, networks: Iterable[NetworkSpec]) -> str:
    """The nftables ruleset, one table for bridged and one for routed packets; loading it again changes nothing."""
    bridged, routed = [], []
    for spec in networks:
        if spec.ports:
            clients, servers = clients_half(spec.subnet), servers_half(spec.subnet)
            ports = ", ".join(map(str, spec.ports))
            bridged += [
                f"ip saddr {clients} ip daddr {servers} tcp dport {{ {ports} }} accept",
                f"ip saddr {servers} ip daddr {clients} tcp flags & (syn | ack) != syn accept",
                f"ip saddr {spec.subnet} ip daddr {spec.subnet} drop",
            ]
        if not spec.internal:
            routed.append(f"ip saddr {spec.subnet} ct state new drop")
    host = [f"ip saddr {spec.subnet} ct state new drop" for spec in networks]
    return "\n".join(
        [
            *_table("bridge", name, {"forward": bridged}),
            *_table("inet", name, {"forward": routed, "input": host}),
            "",
        ]
    )


def _table(family: str, name: str, chains: dict[str, list[str]]) -> list[str]:
    lines = [f"table {family} {name}", f"delete table {family} {name}", f"table {family} {name} {{"]
    for hook, content in chains.items():
        lines.append(f"  chain {hook} {{")
        lines.append(f"    type filter hook {hook} priority -10; policy accept;")
        lines += [f"    {rule}" for rule in content]
        lines.append("  }")
    return [*lines, "}"]
