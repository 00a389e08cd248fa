"""Whether the engine answers: asked at most every few seconds, and waited for no longer than a person would."""

import threading
import time
from collections.abc import Callable

HOLDS = 5.0
"""Seconds for which an answer is believed."""
ANSWERS_WITHIN = 3
VERSION = "1.41"
"""Of the engine's API; every engine that can be used knows it."""


class Pulse:
    """The pulse of the engine that the environment names; safe to use from several threads."""

    def __init__(self, ask: Callable[[], None] | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        """`ask` raises where no engine answers."""
        self._ask = ask or _ping
        self._clock = clock
        self._lock = threading.Lock()
        self._known: tuple[float, str] | None = None

    def fault(self) -> str:
        """Empty where the engine answers, otherwise a sentence."""
        with self._lock:
            now = self._clock()
            if self._known is None or now - self._known[0] > HOLDS:
                self._known = (now, self._asked())
            return self._known[1]

    def _asked(self) -> str:
        try:
            self._ask()
        except Exception as error:
            return f"the engine does not answer: {type(error).__name__}"
        return ""


def _ping() -> None:
    # what speaks to engines takes its time to load, and the web server alone never does
    import docker
    from docker.utils import kwargs_from_env

    client = docker.APIClient(version=VERSION, timeout=ANSWERS_WITHIN, **kwargs_from_env())
    try:
        client.ping()
    finally:
        client.close()
