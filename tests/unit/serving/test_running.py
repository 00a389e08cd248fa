"""Services go on until they are told to stop, whatever happens to them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from ui.serving import running as module
from ui.serving.running import Running


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FIRST_PAUSE", 0.01)


class Service:
    """Fails as often as it is told, then works until it is stopped, or for ever."""

    def __init__(self, failures: int = 0, *, is_deaf: bool = False) -> None:
        self.begun = 0
        self._failures = failures
        self._is_deaf = is_deaf

    def run(self, stop: threading.Event) -> None:
        self.begun += 1
        if self.begun <= self._failures:
            raise RuntimeError("password=hunter2")
        (threading.Event() if self._is_deaf else stop).wait(20)


def until(question: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not question():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_one_that_fails_begins_again_and_is_told_without_what_it_said(monkeypatch: pytest.MonkeyPatch):
    good, bad = Service(), Service(failures=2)
    running = Running({"good": good, "bad": bad})
    running.start()
    until(lambda: bad.begun == 3)
    assert running.fault() == "bad: failed and began again (RuntimeError)"
    monkeypatch.setattr(module, "REMEMBERED", 0.0)
    assert running.fault() == ""
    assert running.join(5) == ()
    assert good.begun == 1


def test_one_that_does_not_end_is_named_and_not_waited_for_longer():
    running = Running({"deaf": Service(is_deaf=True), "good": Service()})
    running.start()
    begun = time.monotonic()
    assert running.join(0.2) == ("deaf",)
    assert time.monotonic() - begun < 2


def test_one_that_ended_by_itself_is_told():
    class Ends:
        def run(self, stop: threading.Event) -> None:
            """Nothing to do."""

    running = Running({"short": Ends()})
    running.start()
    until(lambda: running.fault() == "short: has ended")
