"""What a deploy tells while it runs; printed, journalled and streamed alike, so no secret is ever in it."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


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
Listener = Callable[[Event], None]
"""Told every event, possibly by several threads, one at a time."""


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
