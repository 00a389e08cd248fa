"""Backdraft's side as teams have it: a server that stays up, and `backdraft deploy` that asks it."""

import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import requests

from bench.deploy.ours import PROGRAM, Backdraft
from bench.deploy.side import MeasurementError
from composer.home import make_home
from composer.model import Isolation

PERSON = "bench"
STARTS_WITHIN = 30.0


class ServedBackdraft(Backdraft):
    """The same commands with a profile of a server, which runs during the turn of this side and not longer."""

    def __init__(self, home: Path, network: Isolation, environment: dict[str, str], *, is_light: bool = False) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            listen = f"127.0.0.1:{probe.getsockname()[1]}"
        self._url = f"http://{listen}"
        mine = home.with_name(f"served-{network.value}")
        shutil.rmtree(mine, ignore_errors=True)
        make_home(mine)
        environment |= {
            "BACKDRAFT_HOME": str(mine),
            "BACKDRAFT_LISTEN": listen,
            "XDG_CONFIG_HOME": str(mine / "config"),
        }
        self._password = secrets.token_urlsafe(16)
        super().__init__(mine, network, environment, is_light=is_light, options=("--profile", "default"))

    @contextmanager
    def turn(self) -> Iterator[None]:
        """A server, and somebody who may deploy through it."""
        if self._said("users", "list", "--json").strip() == "[]":
            self._said("users", "add", PERSON, "--administrator", typed=self._password)
        with subprocess.Popen([PROGRAM, "up"], env=self._environment, stderr=subprocess.DEVNULL) as server:
            try:
                self._await()
                self._said("login", self._url, "--person", PERSON, typed=self._password)
                yield
            finally:
                server.send_signal(signal.SIGTERM)

    def _await(self) -> None:
        end = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < end:
            with suppress(requests.RequestException):
                requests.get(f"{self._url}/healthz", timeout=5)
                return
            time.sleep(0.1)
        raise MeasurementError(f"{self._url} does not answer")

    def _said(self, *arguments: str, typed: str = "") -> str:
        done = subprocess.run(
            [PROGRAM, *arguments], env=self._environment, input=typed, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise MeasurementError(f"backdraft {' '.join(arguments)}\n{done.stdout}{done.stderr}")
        return done.stdout
