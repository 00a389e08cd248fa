"""What a deploy tells while it runs; printed, journalled and streamed alike, so no secret is ever in it."""

import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Phase(StrEnum):
    """Where a component stands during a deploy."""

    WAITING = "waiting"
    FETCHING = "fetching"
    PULLING = "pulling"
    BUILDING = "building"
    STARTING = "starting"
    READY = "ready"
    STOPPING = "stopping"
    REMOVED = "removed"
    FAILED = "failed"


@dataclass(frozen=True)
class PhaseChanged:
    """A replica of a component entered a phase (replica 0: the component as a whole), `seconds` after the deploy began.

    `took` is set when it became ready: seconds from its start. `detail` is a human sentence or empty.
    """

    component: str
    replica: int
    phase: Phase
    seconds: float
    took: float | None = None
    detail: str = ""


@dataclass(frozen=True)
class StepDone:
    """A step of the plan ended well, in `took` seconds; `text` is the step as the plan prints it."""

    number: int
    text: str
    took: float


@dataclass(frozen=True)
class Message:
    """A sentence about the deploy as a whole."""

    text: str


Event = PhaseChanged | StepDone | Message
KINDS: Mapping[type, str] = {PhaseChanged: "phase", StepDone: "step", Message: "message"}
Listener = Callable[[Event], None]
"""Told every event, possibly by several threads, one at a time."""


def plain(event: Event) -> tuple[str, dict[str, Any]]:
    """An event as values that JSON can hold: its kind and what it says; what is empty is left out."""
    return KINDS[type(event)], {name: value for name, value in asdict(event).items() if value not in ("", None)}


class Record:
    """Keeps what is told while it passes it on: the newest MOST events."""

    MOST = 2_000

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._events: deque[Event] = deque(maxlen=self.MOST)

    def hear(self, event: Event) -> None:
        """Take in an event; of how far a pull or a build has come only the last is kept."""
        last = self._events[-1] if self._events else None
        if last is not None and is_same_place(event, last):
            self._events.pop()
        self._events.append(event)
        self._listener(event)

    def plain(self) -> list[dict[str, Any]]:
        """What was told, as values that JSON can hold."""
        return [{"kind": kind, **content} for kind, content in map(plain, self._events)]


def is_same_place(event: Event, last: Event) -> bool:
    """Whether both tell of the same replica in the same phase, so that the newer says all."""
    if not isinstance(event, PhaseChanged) or not isinstance(last, PhaseChanged):
        return False
    return (event.component, event.replica, event.phase) == (last.component, last.replica, last.phase)


def in_turn(listener: Listener) -> Listener:
    """`listener`, told one event at a time; and none any more once it raised, since what is told about goes on."""
    alone = threading.Lock()
    hears = True

    def tell(event: Event) -> None:
        nonlocal hears
        with alone:
            if not hears:
                return
            try:
                listener(event)
            except Exception:
                hears = False

    return tell
