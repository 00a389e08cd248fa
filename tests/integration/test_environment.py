"""What a schema's text says reaches the container byte for byte."""

from __future__ import annotations

from dataclasses import replace

import pytest

from composer.document import dump, parse
from composer.model import Component, Schema
from composer.references import escape
from tests.integration.naughty import NAUGHTY
from tests.integration.projects import PYTHON, Project

pytestmark = pytest.mark.engine

SLEEP = ("python", "-c", "import time; time.sleep(600)")


def environment(project: Project, component: str, process: str = "1") -> dict[str, str]:
    """What the first process of the container was told, as the kernel keeps it."""
    code, output = project.run(component, "python", "-c", f"print(open('/proc/{process}/environ', 'rb').read().hex())")
    assert code == 0, output
    entries = bytes.fromhex(output).decode().split("\0")
    return dict(entry.split("=", 1) for entry in entries if entry)


def body(component: Component) -> str:
    """The text that follows the name."""
    return dump(Schema("any", {component.name: component})).split("\n", 2)[2]


def test_every_value_arrives_byte_for_byte(project: Project):
    # the kernel takes at most a third of the stack for all of it, so the two long ones come alone below
    drawn = {name: escape(value) for name, value in NAUGHTY.items()}
    component = Component("box", "container", image=PYTHON, command=SLEEP, environment=drawn)
    assert parse(project.text(body(component))).components["box"].environment == drawn
    project.deployed(body(component))
    told = environment(project, "box")
    assert {name: told.get(name) for name in NAUGHTY} == NAUGHTY


def test_a_reference_is_replaced_and_its_neighbours_are_left_alone(project: Project, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("OUTER", "$outer ${db.url} \\ 'é'")
    project.deployer()._vault.put(project.name, "TOKEN", "t$k\n${env.OUTER}\"'")
    drawn = {"A": "<${env.OUTER}>", "B": "$${env.OUTER}", "C": "$${secret.TOKEN}=${secret.TOKEN}$", "D": "$OUTER"}
    box = Component("box", "container", image=PYTHON, command=SLEEP, environment=drawn)
    project.deployed(body(box))
    told = environment(project, "box")
    assert {name: told[name] for name in drawn} == {
        "A": "<$outer ${db.url} \\ 'é'>",
        "B": "${env.OUTER}",
        "C": "${secret.TOKEN}=t$k\n${env.OUTER}\"'$",
        "D": "$OUTER",
    }


def test_the_words_of_a_command_arrive_as_they_are(project: Project):
    words = [value for name, value in NAUGHTY.items() if "REFERENCE" not in name and len(value) < 1000 and value]
    box = Component("box", "container", image=PYTHON, command=(*SLEEP, *words))
    project.deployed(body(box))
    code, output = project.run(
        "box",
        "python",
        "-c",
        "import glob\n"
        "for path in glob.glob('/proc/[0-9]*/cmdline'):\n"
        "    line = open(path, 'rb').read()\n"
        "    if line.startswith(b'python\\0-c\\0import time'): print(line.hex()); break\n",
    )
    assert code == 0, output
    assert bytes.fromhex(output).decode().split("\0")[3:-1] == words


def test_a_changed_value_makes_the_container_anew_and_the_same_value_does_not(project: Project):
    box = Component("box", "container", image=PYTHON, command=SLEEP, environment={"A": " x "})
    project.deployed(body(box))
    first = project.ids()
    project.deployed(body(box))
    assert project.ids() == first
    project.deployed(body(replace(box, environment={"A": " x"})))
    assert project.ids()["box.1"] != first["box.1"]
