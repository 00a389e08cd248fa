"""An engine that goes and comes back, under the eyes of the keeper: a second one, in a network of its own."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import docker
import pytest

from composer.catalogue import standard
from composer.document import parse
from deployer.builds import base_image
from deployer.deployments import Deployer
from deployer.engines.docker import connect
from deployer.engines.reaching import Reached
from deployer.status import ReplicaStatus
from deployer.store import Store
from deployer.vault import Vault
from tests.integration.keeping import Kept, kept
from tests.integration.projects import eventually
from tests.integration.test_engine_script import engine as script
from tests.integration.test_engine_script import wait_until_gone

pytestmark = pytest.mark.engine

IMAGE = "backdraft.local/base:trixie"
TEXT = f"""\
backdraft: 1
name: alone
network: shared
components:
  one: {{kind: container, image: "{IMAGE}", command: [sleep, "1000"]}}
  two: {{kind: container, image: "{IMAGE}", command: [sleep, "1000"]}}
"""
WELL = {"one.1": "running", "two.1": "running"}


@pytest.fixture
def second() -> Iterator[dict[str, str]]:
    """The settings of an engine that runs, in a short path, as sockets need one."""
    folder = Path(tempfile.mkdtemp(prefix="bd-", dir="/tmp"))
    settings = {
        "BACKDRAFT_HOME": str(folder / "home"),
        "BACKDRAFT_ENGINE_SOCKET": str(folder / "docker.sock"),
        "BACKDRAFT_ENGINE_DATA": str(folder / "data"),
        "BACKDRAFT_ENGINE_FLAGS": "--bridge=none --iptables=false --ip6tables=false --ip-forward=false",
    }
    started = script("up", **settings)
    assert started.returncode == 0, started.stderr
    yield settings
    script("down", **settings)
    shutil.rmtree(folder, ignore_errors=True)


def test_an_engine_that_goes_is_unknown_within_seconds_and_right_again_within_ten_of_its_return(
    second: dict[str, str],
    engine: docker.APIClient,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    tell: Callable[[str], None],
):
    monkeypatch.setenv("BACKDRAFT_IMAGES", "local")
    url = f"unix://{second['BACKDRAFT_ENGINE_SOCKET']}"
    base_image(engine, "trixie", print)
    there = connect(url)
    there.client.load_image(engine.get_image(IMAGE))  # type: ignore[no-untyped-call]
    home = tmp_path / "home"
    store = Store(home)
    outcome = Deployer(there, store, Vault(home, store), standard(), home).deploy(
        parse(TEXT), TEXT, tmp_path, lambda event: None
    )
    assert outcome.ok, "\n".join(map(str, outcome.failures))

    with kept(home, Reached(lambda: connect(url))) as running:
        eventually(lambda: running.states("alone") == WELL)
        pid = int((Path(second["BACKDRAFT_HOME"]) / "engine/engine.pid").read_text())
        os.kill(pid, signal.SIGKILL)
        begun = time.monotonic()
        eventually(lambda: running.states("alone") == dict.fromkeys(WELL, "unknown"), 5)
        tell(f"unknown after {time.monotonic() - begun:.1f} s")
        wait_until_gone(pid)
        assert running.entries("status.changed", state="unknown")[0].content["reason"].startswith("could not")

        assert script("up", **second).returncode == 0
        begun = time.monotonic()
        eventually(lambda: running.states("alone") == {f"{each.component}.1": each.state for each in now(running)}, 10)
        tell(f"right again after {time.monotonic() - begun:.1f} s")
        eventually(lambda: running.states("alone") == WELL, 30)

    started = connect(url)
    for container in started.client.containers(all=True):
        started.client.remove_container(container["Id"], force=True)


def now(running: Kept) -> tuple[ReplicaStatus, ...]:
    """What is true at this moment."""
    return running.lookout.look("alone").statuses
