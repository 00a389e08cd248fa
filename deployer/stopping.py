"""Being asked to stop while something is under way: by Ctrl-C, or by SIGTERM from whoever minds this process.

Only the main thread of a process hears of signals; elsewhere nothing here changes anything.
"""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from signal import SIGINT, SIGTERM, Signals
from typing import Any

Handler = Callable[[int, Any], Any] | int | None


class Terminated(KeyboardInterrupt):
    """SIGTERM came, and is obeyed as Ctrl-C is."""


@contextmanager
def obeying() -> Iterator[None]:
    """Have SIGTERM raise Terminated, as Ctrl-C raises KeyboardInterrupt, instead of ending the process at once."""

    def obey(number: int, frame: Any) -> None:
        raise Terminated

    with _handled(SIGTERM, obey):
        yield


@contextmanager
def hearing(hear: Callable[[Signals], None]) -> Iterator[None]:
    """Have `hear` called by both: an exception could come up between any two lines, and leave work unwatched.

    A SIGTERM that is ignored stays ignored.
    """
    with ExitStack() as stack:
        for number in (SIGINT, SIGTERM):
            if number is SIGINT or signal.getsignal(number) is not signal.SIG_IGN:
                stack.enter_context(_handled(number, lambda number, frame: hear(Signals(number))))
        yield


@contextmanager
def unmoved() -> Iterator[None]:
    """Have SIGTERM ignored: some send it again and again, and what goes back already cannot do better than that."""
    with _handled(SIGTERM, signal.SIG_IGN):
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
