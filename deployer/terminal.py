"""A terminal: bytes between somebody's browser and a program in a container, for as long as they may."""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

LOOK_EVERY = 2.0
"""Seconds between two looks at whether somebody still may: within five it is over once they may not."""
POLL = 0.25
IDLE = 1800.0
LONGEST = 8 * 3600.0
MOST_WAITING = 256
"""Messages that wait for a program which does not read; whoever sends more is not typing."""
LARGEST_SIZE = 1000

ENDED, GONE, REVOKED, IDLED, TOO_LONG, FLOODED = (
    "the program ended",
    "the browser went away",
    "the right to it was taken away",
    "nothing was typed for too long",
    "it was open for too long",
    "more was sent than the program takes",
)


class Line(Protocol):
    """The browser's end: a WebSocket."""

    def receive(self, timeout: float | None = None) -> str | bytes | None:
        """The next message; None after `timeout` seconds. Raises once it is closed."""

    def send(self, data: bytes) -> None:
        """Send bytes. Raises once it is closed."""

    @property
    def waiting(self) -> int:
        """How many messages have come and were not received."""


class Program(Protocol):
    """The container's end."""

    def read(self, seconds: float) -> bytes | None:
        """What it wrote since; empty after `seconds` without anything, None at its end."""

    def write(self, data: bytes) -> None:
        """Hand it what was typed. Raises OSError where it has ended."""

    def resize(self, rows: int, columns: int) -> None:
        """Tell it the size of its terminal."""

    def end(self) -> bool:
        """End it and all that it started."""


@dataclass(frozen=True)
class Limits:
    """Seconds without typing, and in all, after which a terminal is closed."""

    idle: float = IDLE
    longest: float = LONGEST


USUAL = Limits()


def attend(
    line: Line,
    program: Program,
    still_allowed: Callable[[], bool],
    limits: Limits = USUAL,
    clock: Callable[[], float] = time.monotonic,
) -> str:
    """Pass bytes both ways until one of them ends, or `still_allowed` says no: why it ended. The program is ended."""
    return _Attending(line, program, still_allowed, limits, clock).run()


class _Attending:
    """One terminal; two threads pass bytes, and the one that called looks whether it may go on."""

    def __init__(
        self,
        line: Line,
        program: Program,
        still_allowed: Callable[[], bool],
        limits: Limits,
        clock: Callable[[], float],
    ) -> None:
        self.line = line
        self.program = program
        self.still_allowed = still_allowed
        self.limits = limits
        self.clock = clock
        self.typed_at = clock()
        self.reason = ""
        self.is_over = threading.Event()
        self.alone = threading.Lock()

    def run(self) -> str:
        for name, work in (("terminal-out", self.pass_output), ("terminal-in", self.pass_input)):
            threading.Thread(target=work, name=name, daemon=True).start()
        begun = looked = self.clock()
        while not self.is_over.wait(POLL):
            now = self.clock()
            if now - looked >= LOOK_EVERY:
                looked = now
                if not self.may_go_on():
                    self.end(REVOKED)
            if now - self.typed_at > self.limits.idle:
                self.end(IDLED)
            if now - begun > self.limits.longest:
                self.end(TOO_LONG)
            if self.line.waiting > MOST_WAITING:
                self.end(FLOODED)
        self.program.end()
        return self.reason

    def may_go_on(self) -> bool:
        try:
            return self.still_allowed()
        except Exception:  # who cannot be asked for does not stay
            return False

    def end(self, reason: str) -> None:
        with self.alone:
            self.reason = self.reason or reason
        self.is_over.set()

    def pass_output(self) -> None:
        while not self.is_over.is_set():
            data = self.program.read(POLL)
            if data is None:
                return self.end(ENDED)
            try:
                if data:
                    self.line.send(data)
            except Exception:
                return self.end(GONE)
        return None

    def pass_input(self) -> None:
        while not self.is_over.is_set():
            try:
                message = self.line.receive(POLL)
            except Exception:
                return self.end(GONE)
            if message is None:
                continue
            self.typed_at = self.clock()
            try:
                self.handle(message)
            except Exception:
                return self.end(ENDED)
        return None

    def handle(self, message: str | bytes) -> None:
        if isinstance(message, bytes):
            self.program.write(message)
        elif size := _size(message):
            self.program.resize(*size)


def _size(text: str) -> tuple[int, int] | None:
    """`{"rows": 24, "columns": 80}`; what is no size is let be."""
    try:
        content = json.loads(text)
        size = (int(content["rows"]), int(content["columns"]))
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    return size if all(0 < each <= LARGEST_SIZE for each in size) else None
