"""Every example on the page of the API, run as it stands against a server."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.unit.api.serving import served
from ui.installation import Installation

PAGE = (Path(__file__).parent.parent.parent.parent / "docs" / "api.md").read_text()
SHELL = re.findall(r"^```sh\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
PYTHON = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture
def surroundings(app: Flask, installation: Installation, tmp_path: Path) -> Iterator[dict[str, str]]:
    made, secret = installation.keys.make("ada", "page")
    stop = threading.Event()
    feed = threading.Thread(target=installation.feed.run, args=(stop,))
    feed.start()
    with served(app) as url:
        yield {
            "BACKDRAFT_SERVER": url,
            "BACKDRAFT_KEY": f"{made.id}:{secret}",
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
        }
        stop.set()
    feed.join(20)


@pytest.mark.skipif(not (shutil.which("curl") and shutil.which("openssl")), reason="needs curl and openssl")
def test_the_examples_for_a_shell_do_what_the_page_says(surroundings: dict[str, str], tmp_path: Path):
    separated = "\necho\necho ------\n".join(SHELL)
    done = subprocess.run(
        ["sh", "-eu", "-c", separated], cwd=tmp_path, env=surroundings, capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    _, listed, made, saved, lost, pages, deploys, events = done.stdout.split("\n------\n")
    assert json.loads((tmp_path / "openapi.json").read_text())["openapi"].startswith("3.1")
    assert json.loads(listed) == {"projects": []}
    assert '"name": "shop"' in made.replace('"name":"shop"', '"name": "shop"')
    assert made.splitlines()[-1].strip().lower() == 'etag: "v1"'
    assert json.loads(saved)["version"] == 2
    problem = json.loads(lost)
    assert (problem["type"], problem["newest"]["version"], problem["base"]["version"]) == (
        "/problems/lost-update",
        2,
        1,
    )
    assert re.findall(r'"next": ?("2"|null)', pages) == ['"2"', "null"]
    assert re.findall(r'"id": ?([0-9]+)', deploys) == ["1", "1"]
    assert re.findall(r'"kind": "([a-z.]+)"', events) == ["project.made", "draft.saved", "deploy.queued"]


def test_the_example_for_python_is_short_and_right(surroundings: dict[str, str], tmp_path: Path):
    (example,) = PYTHON
    body = example.partition('def ask(method, path, body=b""):\n')[2].partition("\n\n")[0].splitlines()
    assert len(body) <= 12
    done = subprocess.run(
        [sys.executable, "-c", example], cwd=tmp_path, env=surroundings, capture_output=True, text=True, timeout=60
    )
    assert (done.stdout, done.stderr) == ("{'projects': []}\n", "")


def test_the_page_tells_each_permission_that_a_key_may_have():
    from composer.access import Permission

    (row,) = re.findall(r"^\| `scope` \|(.*)$", PAGE, re.MULTILINE)
    assert re.findall(r"`([a-z-]+)`", row) == [each.value for each in Permission]
