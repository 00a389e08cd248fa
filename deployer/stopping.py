"""Being asked to stop while something is under way: by Ctrl-C, by SIGTERM from whoever minds this process, or by SIGHUP
from a terminal that went away. One of the latter two that is ignored, as under nohup, stays ignored.

Only the main thread of a process hears of signals; elsewhere nothing here changes anything.
"""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from signal import SIGHUP, SIGINT, SIGTERM, Signals
from typing import Any

Handler = Callable[[int, Any], Any] | int | None


class Terminated(KeyboardInterrupt):
    """SIGTERM came, and is obeyed as Ctrl-C is."""

    number = SIGTERM


class HungUp(Terminated):
    """SIGHUP came, and is obeyed as Ctrl-C is."""

    number = SIGHUP


ASKING = {SIGTERM: Terminated, SIGHUP: HungUp}
"""The signals besides Ctrl-C that ask a process to stop, and what they raise."""


@contextmanager
def obeying() -> Iterator[None]:
    """Have SIGTERM and SIGHUP raise Terminated, as Ctrl-C does KeyboardInterrupt, instead of ending the process."""

    def obey(number: int, frame: Any) -> None:
        raise ASKING[Signals(number)]

    with ExitStack() as stack:
        for number in ASKING:
            if signal.getsignal(number) is not signal.SIG_IGN:
                stack.enter_context(_handled(number, obey))
        yield


@contextmanager
def hearing(hear: Callable[[Signals], None]) -> Iterator[None]:
    """Have `hear` called by all: an exception could come up between any two lines, and leave work unwatched."""
    with ExitStack() as stack:
        for number in (SIGINT, *ASKING):
            if number is SIGINT or signal.getsignal(number) is not signal.SIG_IGN:
                stack.enter_context(_handled(number, lambda number, frame: hear(Signals(number))))
        yield


@contextmanager
def unmoved() -> Iterator[None]:
    """Have both ignored: some send them again and again, and what goes back already cannot do better than that."""
    with ExitStack() as stack:
        for number in ASKING:
            stack.enter_context(_handled(number, signal.SIG_IGN))
        yield


@contextmanager
def _handled(number: Signals, handler: Handler) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(number, handler)
    try:
        yield
    finally:
        signal.signal(number, before)
