"""An engine that changes nothing any more once the lease is lost."""

from typing import cast

import pytest

from deployer.engines.docker import DockerEngine
from deployer.engines.interface import Engine
from deployer.fencing import READING, fenced
from deployer.model import NetworkSpec
from deployer.queue import LeaseLostError
from tests.fake_engine import FakeEngine

CHANGING = {
    "connect",
    "create_container",
    "create_network",
    "create_volume",
    "disconnect",
    "limit",
    "name_image",
    "own_volume",
    "pull",
    "remove_container",
    "remove_network",
    "remove_volume",
    "signal",
    "start",
    "stop",
    "unname_image",
    "write_files",
}


def test_every_call_to_an_engine_is_known_as_a_look_or_as_a_change():
    calls = {name for name in (*dir(Engine), *dir(DockerEngine)) if not name.startswith("_")}
    assert sorted(calls - READING) == sorted(CHANGING)


def test_a_change_asks_first_and_a_look_does_not():
    engine, may = FakeEngine(), [True]

    def require() -> None:
        if not may[0]:
            raise LeaseLostError("no longer ours")

    guarded = fenced(cast(DockerEngine, engine), require)
    guarded.create_network(NetworkSpec("a.b", "connection", subnet="10.1.2.0/24"), {})
    may[0] = False
    with pytest.raises(LeaseLostError, match="no longer ours"):
        guarded.remove_network("a.b")
    guarded.observe("a")
    assert engine.calls == ["create network a.b"]
