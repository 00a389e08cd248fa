"""One at a time on one machine: the deploys of a project, and whoever writes to what they share."""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from deployer.errors import DeployerError

POLL = 0.1


class BusyError(DeployerError):
    """Somebody else is at it, such as another deploy of the project."""


@contextmanager
def one_deploy(home: Path, project: str) -> Iterator[None]:
    """Hold the project's lock in the state folder; it ends with the process, however that ends.

    Raises BusyError, naming the process, when another holds it.
    """
    folder = home / "locks"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / f"{project}.lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip() or "unknown"
            raise BusyError(f"{project}: process {holder} is deploying or destroying it (wait for its end)") from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


@contextmanager
def held(path: Path, seconds: float, stopped: Callable[[], bool]) -> Iterator[None]:
    """Hold the lock of this file; it ends with the process. Another holder is waited for, up to `seconds`.

    Raises BusyError when it is not to be had, or when `stopped` answers that nobody wants it any more.
    """
    end = time.monotonic() + seconds
    with path.open("a") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if stopped() or time.monotonic() > end:
                    raise BusyError(f"{path} is held by another process (wait for its end)") from None
                time.sleep(POLL)
        yield
