"""Addresses for our networks."""

from ipaddress import IPv4Network
from itertools import islice

import pytest

from deployer.addresses import (
    POOL,
    PoolExhaustedError,
    assigned,
    clients_half,
    free_server,
    free_subnets,
    gateway,
    servers_half,
)
from deployer.model import NetworkSpec, ObservedNetwork, ObservedState

SMALL = IPv4Network("10.208.0.0/22")


def test_subnets_overlap_nothing_that_is_taken_and_not_each_other():
    taken = ("10.208.0.0/16", "172.17.0.0/16", "fd00::/64", "")
    found = [IPv4Network(each) for each in islice(free_subnets(taken, "shop"), 50)]
    assert all(each.subnet_of(POOL) and not each.overlaps(IPv4Network("10.208.0.0/16")) for each in found)
    assert len(set(found)) == 50


def test_every_subnet_is_given_once_and_then_there_is_a_clear_end():
    subnets = free_subnets((), "shop", SMALL)
    assert sorted(islice(subnets, 4)) == ["10.208.0.0/24", "10.208.1.0/24", "10.208.2.0/24", "10.208.3.0/24"]
    with pytest.raises(PoolExhaustedError, match=r"all 4 subnets of 10.208.0.0/22 are taken \(remove projects"):
        next(subnets)


def test_the_same_project_begins_at_the_same_place_and_another_one_elsewhere():
    assert next(free_subnets((), "shop")) == next(free_subnets((), "shop"))
    assert len({next(free_subnets((), f"project-{number}")) for number in range(20)}) > 15


def test_a_network_that_exists_keeps_its_subnet():
    seen = ObservedState(networks=(ObservedNetwork("1", "shop.a.b", {}, "10.1.2.0/24"),), subnets=("10.1.2.0/24",))
    specs = assigned([NetworkSpec("shop.a.b", "x"), NetworkSpec("shop.b.c", "x")], seen, "shop")
    assert specs[0].subnet == "10.1.2.0/24"
    assert specs[1].subnet not in ("", "10.1.2.0/24")


def test_servers_and_clients_have_a_half_each_and_the_host_an_address_of_its_own():
    assert (gateway("10.0.0.0/24"), servers_half("10.0.0.0/24"), clients_half("10.0.0.0/24")) == (
        "10.0.0.1",
        "10.0.0.0/25",
        "10.0.0.128/25",
    )
    assert free_server("10.0.0.0/24", ()) == "10.0.0.2"
    assert free_server("10.0.0.0/24", ("10.0.0.2", "10.0.0.4")) == "10.0.0.3"
    with pytest.raises(PoolExhaustedError, match="no address is free for another server"):
        free_server("10.0.0.0/29", ("10.0.0.2",))
