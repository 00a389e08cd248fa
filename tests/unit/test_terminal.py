"""Bytes both ways, for as long as somebody may."""

import queue
import threading
import time
from collections.abc import Callable

import pytest

from deployer import terminal
from deployer.terminal import Limits, attend


class PretendingLine:
    """A browser that sends what is put into `sent`; an exception is its end."""

    def __init__(self) -> None:
        self.sent: queue.SimpleQueue[str | bytes | Exception] = queue.SimpleQueue()
        self.shown = b""

    @property
    def waiting(self) -> int:
        return self.sent.qsize()

    def receive(self, timeout: float | None = None) -> str | bytes | None:
        try:
            found = self.sent.get(timeout=timeout)
        except queue.Empty:
            return None
        if isinstance(found, Exception):
            raise found
        return found

    def send(self, data: bytes) -> None:
        self.shown += data


class Echo:
    """A program that writes what is typed, and ends at `exit`; `stuck` takes nothing."""

    def __init__(self, *, is_stuck: bool = False) -> None:
        self.written: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self.size = (0, 0)
        self.was_ended = threading.Event()
        self.is_stuck = is_stuck

    def read(self, seconds: float) -> bytes | None:
        try:
            return self.written.get(timeout=seconds)
        except queue.Empty:
            return b""

    def write(self, data: bytes) -> None:
        if self.is_stuck:
            self.was_ended.wait(10)
        self.written.put(None if data == b"exit\n" else data)

    def resize(self, rows: int, columns: int) -> None:
        self.size = (rows, columns)

    def end(self) -> bool:
        self.was_ended.set()
        return True


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terminal, "LOOK_EVERY", 0.05)
    monkeypatch.setattr(terminal, "POLL", 0.01)


def attended(line: PretendingLine, program: Echo, allowed: Callable[[], bool] = lambda: True, **limits: float) -> str:
    reason = attend(line, program, allowed, Limits(**limits))
    assert program.was_ended.is_set()
    return reason


def test_what_is_typed_reaches_the_program_and_what_it_writes_comes_back_byte_for_byte():
    line, program = PretendingLine(), Echo()
    for message in (b"\xff\x00\x1b[A", '{"rows": 50, "columns": 132}', b"exit\n"):
        line.sent.put(message)
    assert attended(line, program) == "the program ended"
    assert (line.shown, program.size) == (b"\xff\x00\x1b[A", (50, 132))


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"rows": 0, "columns": 80}', '{"rows": 1e9, "columns": 1}', '{"rows": "x", "columns": 1}']
)
def test_a_size_that_is_none_is_let_be(text: str):
    line, program = PretendingLine(), Echo()
    line.sent.put(text)
    line.sent.put(b"exit\n")
    assert (attended(line, program), program.size) == ("the program ended", (0, 0))


def test_a_browser_that_goes_away_ends_the_program():
    line = PretendingLine()
    line.sent.put(ConnectionError())
    assert attended(line, Echo()) == "the browser went away"


def test_it_is_over_soon_after_the_right_was_taken_away_even_if_the_program_takes_nothing():
    line, is_allowed = PretendingLine(), threading.Event()
    is_allowed.set()
    threading.Timer(0.1, is_allowed.clear).start()
    line.sent.put(b"typed")
    begun = time.monotonic()
    assert attended(line, Echo(is_stuck=True), is_allowed.is_set) == "the right to it was taken away"
    assert time.monotonic() - begun < 2


def test_who_cannot_be_asked_for_does_not_stay():
    def unknown() -> bool:
        raise RuntimeError("the database is gone")

    assert attended(PretendingLine(), Echo(), unknown) == "the right to it was taken away"


def test_it_is_closed_when_nothing_is_typed_and_after_all_its_time():
    assert attended(PretendingLine(), Echo(), idle=0.1) == "nothing was typed for too long"
    assert attended(PretendingLine(), Echo(), longest=0.1) == "it was open for too long"


def test_who_sends_more_than_the_program_takes_is_cut_off():
    line = PretendingLine()
    for _ in range(1000):
        line.sent.put(b"x")
    assert attended(line, Echo(is_stuck=True)) == "more was sent than the program takes"
