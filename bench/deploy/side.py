"""What both sides of the comparison have in common: verbs that answer with the seconds they took."""

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from http.client import HTTPException
from pathlib import Path
from typing import Protocol
from urllib.error import URLError
from urllib.request import urlopen

HERE = Path(__file__).parent
URL = "http://127.0.0.1:18473/"
ANSWER_SECONDS = 60


class MeasurementError(Exception):
    """What was measured did not do what it should; its output tells why."""


class Side(Protocol):
    """One way to run the ten containers."""

    def turn(self) -> AbstractContextManager[None]:
        """Around all that one round asks of it."""

    def up(self) -> float:
        """Start all of it, data fresh, until it counts as ready."""

    def change(self) -> float:
        """Replace the three replicas of the API, of which one environment variable changed."""

    def nothing(self) -> float:
        """Ask for what runs already."""

    def down(self) -> float:
        """Remove everything, data too."""


def seconds_of(argv: Sequence[str], environment: Mapping[str, str]) -> float:
    """How long a program takes from start to end. Raises MeasurementError if it ends with another code than 0.

    What was written before is on disk when it starts: nobody pays for the side that came before, and a volume that
    was filled a moment ago is removed as quickly as an older one.
    """
    os.sync()
    begun = time.perf_counter()
    done = subprocess.run(argv, env=environment, cwd=HERE, capture_output=True, text=True, check=False)
    took = time.perf_counter() - begun
    if done.returncode != 0:
        raise MeasurementError(f"{' '.join(argv)}\n{done.stdout}{done.stderr}")
    return took


def wait_for_release(release: str) -> None:
    """Return when the published URL answers with `release`, nine times in a row, so each replica had its turn."""
    deadline = time.monotonic() + ANSWER_SECONDS
    row = 0
    while row < 9:
        body = _body()
        row = row + 1 if body == f"release {release}\n" else 0
        if time.monotonic() > deadline:
            raise MeasurementError(f"{URL} does not answer 'release {release}': {body!r}")
        if row == 0:
            time.sleep(0.05)


def _body() -> str:
    try:
        with urlopen(URL, timeout=5) as answer:
            return str(answer.read().decode())
    except (URLError, OSError, HTTPException) as error:
        return str(error)
