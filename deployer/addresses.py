"""Addresses for our networks: subnets of a pool of ours, since the engine's own pools end after about thirty.

In each network of a connection the lower half is for servers, the upper half for clients: who may connect to whom is
then known before anything runs, and stays known whatever is restarted.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, ip_network
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
    size = 2 ** (32 - PREFIX)
    begin, count = int(pool.network_address), pool.num_addresses // size
    used = [network for network in (ip_network(text) for text in taken if text) if isinstance(network, IPv4Network)]
    occupied = {
        number
        for network in used
        if network.overlaps(pool)
        for number in range(
            (int(network.network_address) - begin) // size, (int(network.broadcast_address) - begin) // size + 1
        )
    }
    first = crc32(project.encode()) % count
    for index in range(count):
        number = (first + index) % count
        if number not in occupied:
            yield f"{IPv4Address(begin + number * size)}/{PREFIX}"
    raise PoolExhaustedError(f"all {count} subnets of {pool} are taken (remove projects no longer used)")


def servers_half(subnet: str) -> str:
    """The addresses that servers of a network have."""
    network = _network(subnet)
    return f"{network.network_address}/{network.prefixlen + 1}"


def clients_half(subnet: str) -> str:
    """The addresses that clients of a network are given."""
    network = _network(subnet)
    return f"{network[network.num_addresses // 2]}/{network.prefixlen + 1}"


def gateway(subnet: str) -> str:
    """The address of the host in a network: its first."""
    return str(_network(subnet)[1])


def free_server(subnet: str, taken: Iterable[str]) -> str:
    """The lowest address for a server that is not in `taken`. Raises PoolExhaustedError when all are."""
    used = {*taken, gateway(subnet)}
    network = _network(subnet)
    for number in range(1, network.num_addresses // 2 - 1):
        address = str(network[number])
        if address not in used:
            return address
    raise PoolExhaustedError(
        f"{servers_half(subnet)}: no address is free for another server (fewer replicas, or remove stopped ones)"
    )


@lru_cache(maxsize=4096)
def _network(subnet: str) -> IPv4Network:
    """Read once: a plan asks for the halves of each of its networks again and again."""
    return IPv4Network(subnet)
