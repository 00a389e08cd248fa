"""The gate: a packet filter beside a project's networks, for what networks alone cannot say.

A bridge joins its members in both directions and on every port. The drawing says more: a client reaches the drawn port
of its server. The gate only ever denies, in tables of its own, so it goes together with whatever rules the engine or
the host's owner have; and a container's traffic has to please them all. Its rules, for each network:

1. Of a connection: new TCP connections go from the clients' half to the servers' half, to the drawn ports.
   (By the flags of the packet: what follows a handshake belongs to it.)
2. Of a connection, or of a component that is alone: nothing is routed in or out, nothing reaches the host itself.
3. Ingress: what is published is reached from outside by its published port; nothing goes out, nothing reaches the host.
4. Egress: the world outside is reached, that is what it is for; what comes in comes by a published port.

The engine keeps its networks apart as well, but not always: whenever it makes a network it takes its rules for that out
and puts them in again (`EnsureJumpRule` of its libnetwork), and for some milliseconds the host routes between all.

It runs as a container of the project in the host's network namespace with NET_ADMIN and nothing else. Its tables
belong to its process, and the kernel removes them with it, however it ends: none can stay behind and deny what is drawn
one day on the same addresses. The engine starts it again; until then the networks alone hold.

What may pass through a network never changes, so two gates agree on every network both know. A deploy that changes the
drawing so runs the new gate beside the old one, and removes the old one at its end, like any other container.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from composer.model import Health
from deployer.addresses import clients_half, servers_half
from deployer.labels import spec_hash
from deployer.model import ContainerSpec, NetworkSpec, sealed
from deployer.networks import INGRESS

COMPONENT = "_gate"
"""No component of a schema can have this name."""
IMAGE = "backdraft.local/gate:1"
IN_FORCE = "/tmp/in-force"  # noqa: S108 (inside the container)


def gate(project: str, networks: Iterable[NetworkSpec], image_id: str) -> ContainerSpec:
    """The container that keeps the rules for `networks`, whose subnets are assigned."""
    text = rules(networks)
    spec = ContainerSpec(
        component=COMPONENT,
        replica=1,
        kind=COMPONENT,
        image=IMAGE,
        image_id=image_id,
        environment=(("GATE_PROJECT", sealed(project)), ("GATE_RULES", sealed(text))),
        capabilities=("NET_ADMIN",),
        memory=64 * 2**20,
        cpus=0.5,
        pids=16,
        tmpfs=("/tmp", "/run"),  # noqa: S108 (inside the container)
        filters_packets=True,
        user="0:0",
        health=Health(command=("test", "-f", IN_FORCE), timeout=30),
        grace=5.0,
    )
    # two gates may stand side by side, so each has tables of its own name
    table = f"backdraft_{spec_hash(spec)[:16]}"
    return replace(spec, environment=(*spec.environment, ("GATE_TABLE", sealed(table))))


def rules(networks: Iterable[NetworkSpec]) -> str:
    """nftables commands, one a line, in which `@` stands for the name of the tables.

    One table is for bridged and one for routed packets. The order of `networks` does not matter.
    """
    known = sorted(networks, key=lambda spec: spec.name)
    chains = (("bridge", "forward"), ("inet", "forward"), ("inet", "input"))
    return "\n".join(
        [
            "add table bridge @ { flags owner; }",
            "add table inet @ { flags owner; }",
            *(f"add chain {family} @ {hook} {{ {_BASE.format(hook=hook)} }}" for family, hook in chains),
            *(f"add rule bridge @ forward {rule}" for spec in known if spec.ports for rule in _between(spec)),
            *(f"add rule inet @ forward {rule} drop" for spec in known for rule in _routed(spec)),
            *(f"add rule inet @ input ip saddr {spec.subnet} ct state new drop" for spec in known if _is_closed(spec)),
        ]
    )


_BASE = "type filter hook {hook} priority -10; policy accept;"


def _between(spec: NetworkSpec) -> Iterator[str]:
    clients, servers = clients_half(spec.subnet), servers_half(spec.subnet)
    ports = ", ".join(map(str, spec.ports))
    yield f"ip saddr {clients} ip daddr {servers} tcp dport {{ {ports} }} accept"
    yield f"ip saddr {servers} ip daddr {clients} tcp flags & (syn | ack) != syn accept"
    yield f"ip saddr {spec.subnet} ip daddr {spec.subnet} drop"


def _routed(spec: NetworkSpec) -> Iterator[str]:
    """What the host must not route; what stays within a network may pass here as well, where the engine wants it to."""
    if spec.internal:
        yield f"ip saddr != {spec.subnet} ip daddr {spec.subnet} ct state new"
        yield f"ip saddr {spec.subnet} ip daddr != {spec.subnet} ct state new"
    else:
        yield f"ip saddr != {spec.subnet} ip daddr {spec.subnet} ct state new ct status & dnat == 0"
        if _is_closed(spec):
            yield f"ip saddr {spec.subnet} ct state new"


def _is_closed(spec: NetworkSpec) -> bool:
    """Whether its members reach nothing outside of it."""
    return spec.internal or spec.purpose == INGRESS
