"""The bus: tells other threads, or other processes, that there is news; never what it is.

A ring may be lost or come twice, so whoever waits also looks by itself from time to time.
"""

import threading
from collections.abc import Callable
from typing import Protocol

Heard = Callable[[], None]


class Bus(Protocol):
    """Rings topics. Safe to use from several threads."""

    def ring(self, topic: str) -> None:
        """Tell everybody who listens to `topic` that there is news; never raises and never waits."""

    def listen(self, topic: str, heard: Heard) -> Callable[[], None]:
        """Have `heard` called soon after each ring, in a thread of the bus; returns what ends that."""

    def fault(self) -> str:
        """Why rings of other processes are not heard at this moment; empty where they are, or where there are none."""

    def close(self) -> None:
        """Ring no more."""


class LocalBus:
    """A bus within this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: dict[str, list[Heard]] = {}

    def ring(self, topic: str) -> None:
        """See `Bus.ring`."""
        with self._lock:
            listeners = list(self._listeners.get(topic, ()))
        for heard in listeners:
            heard()

    def listen(self, topic: str, heard: Heard) -> Callable[[], None]:
        """See `Bus.listen`; here it is called in the thread that rings, so `heard` only sets a flag."""
        with self._lock:
            self._listeners.setdefault(topic, []).append(heard)

        def end() -> None:
            with self._lock:
                if heard in self._listeners.get(topic, ()):
                    self._listeners[topic].remove(heard)

        return end

    def fault(self) -> str:
        """See `Bus.fault`."""
        return ""

    def close(self) -> None:
        """See `Bus.close`."""
        with self._lock:
            self._listeners.clear()
