"""Both buses ring as the contract says: every listener of a topic, soon, and nobody waits for anybody."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import docker
import pytest

from composer import bus_redis
from composer.bus import Bus, LocalBus
from composer.bus_redis import RedisBus
from tests.databases import RunningServer, redis_server

Pair = Callable[[], tuple[Bus, Bus]]


@pytest.fixture(scope="module")
def redis(engine: docker.APIClient) -> Iterator[RunningServer]:
    with redis_server(engine) as server:
        yield server


@pytest.fixture(params=["local", "redis"])
def pair(request: pytest.FixtureRequest) -> Iterator[tuple[Bus, Bus]]:
    """Two ends of one bus: the same object within a process, two of them across Redis."""
    if request.param == "local":
        one: Bus = LocalBus()
        yield one, one
        one.close()
        return
    address = request.getfixturevalue("redis").address
    two = RedisBus(address), RedisBus(address)
    until(lambda: not (two[0].fault() or two[1].fault()))
    yield two
    for each in two:
        each.close()


class Ear:
    """Counts what it hears."""

    def __init__(self) -> None:
        self.count = 0
        self.rung = threading.Event()

    def __call__(self) -> None:
        self.count += 1
        self.rung.set()


def until(question: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not question():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.02)


def test_a_ring_is_heard_at_both_ends_and_only_by_those_of_its_topic(pair: tuple[Bus, Bus]):
    here, there, other = Ear(), Ear(), Ear()
    pair[0].listen("news", here)
    pair[1].listen("news", there)
    pair[1].listen("deploys", other)
    pair[0].ring("news")
    until(lambda: here.count == 1 and there.count == 1)
    time.sleep(0.2)
    assert (here.count, there.count, other.count) == (1, 1, 0)


def test_who_has_ended_listening_hears_nothing(pair: tuple[Bus, Bus]):
    gone, stays = Ear(), Ear()
    pair[1].listen("news", gone)()
    pair[1].listen("news", stays)
    pair[0].ring("news")
    until(stays.rung.is_set)
    assert gone.count == 0


def test_many_rings_are_one_or_more_but_never_none(pair: tuple[Bus, Bus]):
    ear = Ear()
    pair[1].listen("news", ear)
    for _ in range(1000):
        pair[0].ring("news")
    until(ear.rung.is_set)


def test_a_closed_bus_rings_nobody(pair: tuple[Bus, Bus]):
    ear = Ear()
    pair[1].listen("news", ear)
    for each in pair:
        each.close()
    pair[0].ring("news")
    assert ear.count == 0


def test_while_redis_is_gone_nobody_waits_and_after_it_everybody_looks(
    redis: RunningServer, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(bus_redis, "LONGEST_PAUSE", 0.5)
    one, two = RedisBus(redis.address), RedisBus(redis.address)
    here, there = Ear(), Ear()
    one.listen("news", here)
    two.listen("news", there)
    until(lambda: not (one.fault() or two.fault()))
    redis.stop()
    until(lambda: bool(one.fault() and two.fault()))
    here.rung.clear()
    there.rung.clear()
    begun = time.monotonic()
    one.ring("news")
    assert here.rung.is_set()
    assert time.monotonic() - begun < 0.1
    redis.start()
    until(there.rung.is_set)
    until(lambda: not (one.fault() or two.fault()))
    one.close()
    two.close()


def test_a_redis_that_was_never_there_keeps_nobody_from_working():
    bus = RedisBus("redis://127.0.0.1:9/0")
    ear = Ear()
    bus.listen("news", ear)
    bus.ring("news")
    assert ear.count == 1
    until(lambda: "Redis does not answer" in bus.fault())
    begun = time.monotonic()
    bus.close()
    assert time.monotonic() - begun < 5
