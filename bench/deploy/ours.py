"""Backdraft's side: its command line as a process, and its deployer in a process that is warm."""

import json
import os
import sys
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from bench.deploy.side import HERE, MeasurementError, seconds_of
from composer.catalogue import standard
from composer.document import parse
from composer.model import Isolation, Schema
from composer.validation import validate
from deployer.deployments import Deployer

PROJECT = "bench-deploy"
POSTGRESQL = """\
    kind: postgres
    settings: {version: "17"}
"""
LIGHT = """\
    kind: container
    image: backdraft.local/python:3.13
    command: [python, -m, http.server, "5432", --directory, /tmp]
    ports: {main: {protocol: tcp, number: 5432}}
    health: {tcp: main}
"""
PROGRAM = str(Path(sys.executable).with_name("backdraft"))


class Backdraft:
    """Runs backdraft.yml with a network for each connection, or with one for all."""

    def __init__(
        self,
        home: Path,
        network: Isolation,
        environment: dict[str, str],
        *,
        is_light: bool = False,
        options: Sequence[str] = (),
    ) -> None:
        self._environment = environment
        self._options = options
        self._texts = {release: _text(network, release, is_light) for release in ("1", "2")}
        self._files = {release: home / f"{PROJECT}-{network.value}-{release}.yml" for release in self._texts}
        for release, path in self._files.items():
            path.write_text(self._texts[release])

    def turn(self) -> AbstractContextManager[None]:
        """Nothing has to run beside it."""
        return nullcontext()

    def up(self) -> float:
        """`backdraft deploy`."""
        return self._run("deploy", str(self._files["1"]))

    def change(self) -> float:
        """`backdraft deploy` of another release."""
        return self._run("deploy", str(self._files["2"]))

    def nothing(self) -> float:
        """`backdraft deploy` of what runs already."""
        return self._run("deploy", str(self._files["1"]))

    def down(self) -> float:
        """`backdraft destroy --volumes`."""
        return self._run("destroy", PROJECT, "--volumes", "--confirm", PROJECT)

    def nothing_when_warm(self, deployer: Deployer) -> float:
        """Deploy what runs already, inside this process: parse, validate, deploy."""
        begun = time.perf_counter()
        outcome = deployer.deploy(judged(self._texts["1"]), self._texts["1"], HERE, lambda _event: None)
        took = time.perf_counter() - begun
        if not outcome.plan.is_empty:
            raise MeasurementError(f"a deploy of what runs already had something to do:\n{outcome.plan}")
        return took

    def _run(self, *arguments: str) -> float:
        return seconds_of([PROGRAM, *self._options, *arguments, "--json"], self._environment)


def environment(home: Path) -> dict[str, str]:
    """This process's environment, with images built here and the state kept in `home`.

    Python may keep what it has compiled, as it does wherever nobody forbids it.
    """
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "BACKDRAFT_HOME": str(home), "BACKDRAFT_IMAGES": "local"}


def judged(text: str) -> Schema:
    """The schema of a text that has no problem. Raises MeasurementError for one that has."""
    schema = parse(text)
    if problems := validate(schema, standard()):
        raise MeasurementError("\n".join(map(str, problems[:10])))
    return schema


def _text(network: Isolation, release: str, is_light: bool) -> str:
    text = (HERE / "backdraft.yml").read_text().replace('RELEASE: "1"', f'RELEASE: "{release}"')
    # a server has an environment of its own, so the program stands in the schema
    text = text.replace('"${env.BENCH_API}"', json.dumps((HERE / "api.py").read_text()))
    if is_light:
        text = text.replace(POSTGRESQL, LIGHT).replace("to: db}", "to: db, as: DATABASE}")
    return text.replace("components:", f"network: {network.value}\ncomponents:", 1)
