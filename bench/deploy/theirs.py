"""Docker Compose's side of the comparison."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from bench.deploy.side import HERE, seconds_of


class Compose:
    """Runs compose.yml, with `files` laid over it.

    `interval` is what lies between two health checks; with `wait`, up ends when all are healthy.
    """

    def __init__(
        self, program: Sequence[str], files: Sequence[str] = (), interval: str = "1s", *, wait: bool = True
    ) -> None:
        self._argv = [*program, *(word for name in ("compose.yml", *files) for word in ("--file", str(HERE / name)))]
        self._environment = {**os.environ, "HEALTH_INTERVAL": interval}
        self._wait = ["--wait"] if wait else []

    def turn(self) -> AbstractContextManager[None]:
        """Nothing has to run beside it."""
        return nullcontext()

    def up(self) -> float:
        """`docker compose up -d`."""
        return self._run("up", "--detach", *self._wait)

    def change(self) -> float:
        """`docker compose up -d` of another release."""
        return self._run("up", "--detach", *self._wait, RELEASE="2")

    def nothing(self) -> float:
        """`docker compose up -d` of what runs already, without waiting for anything."""
        return self._run("up", "--detach")

    def down(self) -> float:
        """`docker compose down --volumes`."""
        return self._run("down", "--volumes")

    def _run(self, *arguments: str, **variables: str) -> float:
        return seconds_of([*self._argv, *arguments], {**self._environment, **variables})


def compose_program(home: Path) -> tuple[str, ...] | None:
    """How Compose v2 is called here: as bench/get_compose left it, else as it is installed; None where it is not."""
    fetched = home / "bench" / "docker-compose"
    for program in ((str(fetched),), ("docker", "compose"), ("docker-compose",)):
        if shutil.which(program[0]) and version(program).startswith("2"):
            return program
    return None


def version(program: Sequence[str]) -> str:
    """The version of Compose; empty if that is not what `program` is."""
    done = subprocess.run([*program, "version", "--short"], capture_output=True, text=True, check=False)
    return done.stdout.strip().removeprefix("v") if done.returncode == 0 else ""
