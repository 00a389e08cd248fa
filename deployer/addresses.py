"""Addresses for our networks: subnets of a pool of ours, since the engine's own pools end after about thirty.

In each network of a connection the lower half is for servers, the upper half for clients: who may connect to whom is
then known before anything runs, and stays known whatever is restarted.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from ipaddress import IPv4Network, ip_network
from zlib import crc32

from deployer.errors import DeployerError
from deployer.model import NetworkSpec, ObservedState

POOL = IPv4Network("10.208.0.0/12")
PREFIX = 24


class PoolExhaustedError(DeployerError):
    """No address is free."""


def assigned(networks: Iterable[NetworkSpec], observed: ObservedState, project: str) -> tuple[NetworkSpec, ...]:
    """`networks` of `project` with a subnet each: the one it has on the engine, else the next that is free."""
    existing = {network.name: network.subnet for network in observed.networks}
    free = free_subnets(observed.subnets, project)
    return tuple(replace(spec, subnet=existing.get(spec.name) or next(free)) for spec in networks)


def free_subnets(taken: Iterable[str], project: str = "", pool: IPv4Network = POOL) -> Iterator[str]:
    """Subnets of the pool that overlap none of `taken`, in turn from a place that the project's name decides.

    Two projects that are deployed at the same moment so hardly ever want the same. Raises PoolExhaustedError after
    the last.
    """
    used = [network for network in (ip_network(text) for text in taken if text) if isinstance(network, IPv4Network)]
    occupied = [network for network in used if network.overlaps(pool)]
    count = 2 ** (PREFIX - pool.prefixlen)
    first = crc32(project.encode()) % count
    for index in range(count):
        subnet = IPv4Network((int(pool[0]) + (first + index) % count * 2 ** (32 - PREFIX), PREFIX))
        if not any(subnet.overlaps(network) for network in occupied):
            yield str(subnet)
    raise PoolExhaustedError(f"all {count} subnets of {pool} are taken (remove projects no longer used)")


def servers_half(subnet: str) -> str:
    """The addresses that servers of a network have."""
    return str(next(IPv4Network(subnet).subnets()))


def clients_half(subnet: str) -> str:
    """The addresses that clients of a network are given."""
    return str(list(IPv4Network(subnet).subnets())[1])


def gateway(subnet: str) -> str:
    """The address of the host in a network: its first."""
    return str(IPv4Network(subnet)[1])


def free_server(subnet: str, taken: Iterable[str]) -> str:
    """The lowest address for a server that is not in `taken`. Raises PoolExhaustedError when all are."""
    used = {*taken, gateway(subnet)}
    half = servers_half(subnet)
    for address in IPv4Network(half).hosts():
        if str(address) not in used:
            return str(address)
    raise PoolExhaustedError(f"{half}: no address is free for another server (fewer replicas, or remove stopped ones)")
