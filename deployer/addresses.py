"""Addresses for our networks: small subnets of a pool of ours, since the engine's own pools end after about thirty."""

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Network, ip_network

from deployer.errors import DeployerError

POOL = IPv4Network("10.212.0.0/14")
PREFIX = 26
"""Sixty-two addresses a network: room for the replicas of two components, twice while one is being replaced."""


class PoolExhaustedError(DeployerError):
    """No subnet of the pool is free."""


def free_subnets(taken: Iterable[str], pool: IPv4Network = POOL) -> Iterator[str]:
    """Subnets of the pool, lowest first, that overlap none of `taken`. Raises PoolExhaustedError after the last."""
    used = [network for network in (ip_network(text) for text in taken if text) if isinstance(network, IPv4Network)]
    occupied = [network for network in used if network.overlaps(pool)]
    for subnet in pool.subnets(new_prefix=PREFIX):
        if not any(subnet.overlaps(network) for network in occupied):
            yield str(subnet)
    raise PoolExhaustedError(
        f"all {2 ** (PREFIX - pool.prefixlen)} subnets of {pool} are taken; remove projects no longer used"
    )
