"""Services that run beside the requests, each in a thread of its own, begun again when they fail."""

import logging
import threading
import time
from collections.abc import Mapping
from typing import Protocol

log = logging.getLogger("backdraft.services")

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
REMEMBERED = 60.0
"""Seconds for which a failure counts: a service that has gone on for longer is well again."""


class Runs(Protocol):
    """Something that goes on until it is told to stop."""

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set, and end soon after."""


class Running:
    """The services of one process, by name."""

    def __init__(self, services: Mapping[str, Runs]) -> None:
        self.stop = threading.Event()
        self._failures: dict[str, tuple[float, str]] = {}
        self._threads = {
            name: threading.Thread(target=self._run, args=(name, service), name=name, daemon=True)
            for name, service in services.items()
        }

    @property
    def names(self) -> tuple[str, ...]:
        """What it runs."""
        return tuple(self._threads)

    def start(self) -> None:
        """Begin all of them."""
        for thread in self._threads.values():
            thread.start()

    def join(self, seconds: float) -> tuple[str, ...]:
        """Tell all to stop and wait for their ends, `seconds` at most: the names of those that have not ended."""
        self.stop.set()
        end = time.monotonic() + seconds
        for thread in self._threads.values():
            thread.join(max(0.0, end - time.monotonic()))
        return tuple(name for name, thread in self._threads.items() if thread.is_alive())

    def fault(self) -> str:
        """Which services do not run and why, in a sentence; empty where all of them do."""
        now = time.monotonic()
        faults = {name: fault for name, (at, fault) in list(self._failures.items()) if now - at < REMEMBERED}
        for name, thread in self._threads.items():
            if not thread.is_alive():
                faults[name] = "has ended"
        return "; ".join(f"{name}: {fault}" for name, fault in sorted(faults.items()))

    def _run(self, name: str, service: Runs) -> None:
        pause = FIRST_PAUSE
        while not self.stop.is_set():
            begun = time.monotonic()
            try:
                service.run(self.stop)
                return
            except Exception as error:
                log.exception("%s failed, and begins again", name)
                self._failures[name] = (time.monotonic(), f"failed and began again ({type(error).__name__})")
            pause = FIRST_PAUSE if time.monotonic() - begun > REMEMBERED else min(2 * pause, LONGEST_PAUSE)
            self.stop.wait(pause)
