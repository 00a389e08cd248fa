"""Every example on the page of the client, run as it stands; and every method is on it."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from deployer.engines.docker import DockerEngine
from deployer.performing import Performing
from tests.fake_engine import FakeEngine
from tests.unit.api.conftest import PEOPLE
from tests.unit.api.serving import served
from ui.app import create_app
from ui.client import Client
from ui.http.signatures import BySignature
from ui.installation import Installation

ROOT = Path(__file__).parent.parent.parent.parent
PAGE = (ROOT / "docs" / "client.md").read_text()


@pytest.fixture
def server(installation: Installation) -> Iterator[dict[str, str]]:
    engine = cast(DockerEngine, FakeEngine(images={"web:1": "sha256:1", "worker:1": "sha256:2", "mail:1": "sha256:3"}))
    installation.store.put_setting("images", "registry")
    opened = replace(
        installation,
        performing=Performing(
            installation.home,
            installation.catalogue,
            installation.projects,
            installation.store,
            installation.vault,
            installation.queue,
            installation.journal,
            installation.uploads,
            connect=lambda: engine,
            patience=0.0,
        ),
    )
    made, secret = opened.keys.make("ada", "page")
    app = create_app(opened, [BySignature(opened.keys, lambda person: PEOPLE.get(person))])
    stop = threading.Event()
    services = [threading.Thread(target=each.run, args=(stop,)) for each in (opened.worker(), opened.feed)]
    for service in services:
        service.start()
    with served(app) as url:
        yield {"BACKDRAFT_SERVER": url, "BACKDRAFT_KEY": f"{made.id}:{secret}", "PYTHONPATH": str(ROOT)}
        stop.set()
    for service in services:
        service.join(20)


def test_the_examples_do_what_the_page_says(server: dict[str, str], tmp_path: Path):
    examples = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    # but for the packet filter, which takes a real engine to build
    separated = "\nprint('------')\n".join(examples).replace("name: shop\\n", "name: shop\\nnetwork: shared\\n")
    done = subprocess.run(
        [sys.executable, "-c", separated], cwd=tmp_path, env=server, capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    listed, drawn, merged, deployed, wrong = done.stdout.split("------\n")
    assert (listed, drawn) == ("[]\n", "2\n")
    assert merged.endswith("3\n")
    assert "deploy.ended {" in deployed
    assert deployed.splitlines()[-2:] == ["done", "1 done a worker"]
    assert wrong == "project 'shpo' - check its name and your rights\n"


def test_every_method_of_every_group_is_on_the_page():
    rows = dict(re.findall(r"^\| `client\.(\w+)` \| (.*) \|$", PAGE, re.MULTILINE))
    told = {name: set(re.findall(r"`(\w+)`", methods)) for name, methods in rows.items()}
    client = Client("http://127.0.0.1:9", None)
    groups = {name: value for name, value in vars(client).items() if not name.startswith("_")}
    assert told == {
        name: {method for method in dir(group) if not method.startswith("_")} for name, group in groups.items()
    }
