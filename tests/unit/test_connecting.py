"""What is said where no engine answers."""

from pathlib import Path

import pytest

from deployer.engines.docker import connect
from deployer.engines.interface import EngineError

START = "start it with `scripts/engine up`, install Docker, or set DOCKER_HOST to an engine that answers"


def said(url: str) -> str:
    with pytest.raises(EngineError) as caught:
        connect(url)
    assert caught.value.retry
    return str(caught.value)


def test_a_socket_that_is_not_there_is_named_with_a_remedy(tmp_path: Path):
    url = f"unix://{tmp_path}/docker.sock"
    assert said(url) == f"no Docker engine answers at {url}: No such file or directory ({START})"


def test_the_engine_of_the_environment_is_named_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/gone.sock")
    assert said("") == f"no Docker engine answers at unix://{tmp_path}/gone.sock: No such file or directory ({START})"


def test_a_port_that_nobody_listens_on_is_named_with_a_remedy():
    assert said("tcp://127.0.0.1:1").startswith("no Docker engine answers at tcp://127.0.0.1:1: ")
    assert said("tcp://127.0.0.1:1").endswith(f"Connection refused ({START})")


def test_an_address_that_is_none_is_named_with_a_remedy():
    assert said("nonsense") == (
        f"no Docker engine answers at nonsense: Invalid bind address format: port is required: nonsense ({START})"
    )
