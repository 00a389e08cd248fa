"""One server for each state folder; a second one is told who has it."""

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

FILE_NAME = "server.lock"


@dataclass(frozen=True)
class Holder:
    """The server that has a state folder. `since` in seconds since 1970; `url` is how people reach it."""

    process: int
    since: float
    url: str

    def __str__(self) -> str:
        """`process 4711, since 2026-01-31 12:00:00 UTC, at http://127.0.0.1:8273`."""
        moment = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(self.since))
        return f"process {self.process}, since {moment}, at {self.url}"


class AlreadyServedError(Exception):
    """Another server has the state folder: which, and what to do."""


@contextmanager
def sole_server(home: Path, url: str) -> Iterator[None]:
    """Be the only server of `home` until the end of the block; the lock ends with the process, however that ends.

    What is forked inside the block holds it as well, so that nobody takes over before all of it has ended.
    Raises AlreadyServedError.
    """
    with (home / FILE_NAME).open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyServedError(
                f"{home}: a server runs here already: {holder(home) or 'one that starts this moment'}; "
                "end that one first, or set BACKDRAFT_HOME to another folder"
            ) from None
        os.fchmod(file.fileno(), 0o600)
        file.truncate(0)
        own = os.getpid()
        file.write(json.dumps(asdict(Holder(own, time.time(), url))))
        file.flush()
        try:
            yield
        finally:
            if os.getpid() == own:  # what was forked leaves this block too
                file.truncate(0)


def holder(home: Path) -> Holder | None:
    """The server that has `home`, or had it when it was killed; None where nothing is known."""
    try:
        return Holder(**json.loads((home / FILE_NAME).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def is_served(home: Path) -> bool:
    """Whether a server has `home` at this moment."""
    try:
        with (home / FILE_NAME).open(encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False
