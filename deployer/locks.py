"""One at a time on one machine: the deploys of a project, and whoever writes to what they share; and who is alive."""

import fcntl
import os
import secrets
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from deployer.errors import DeployerError

POLL = 0.1
FORGOTTEN_AFTER = 86_400.0
"""Seconds after which the file of a worker that has ended is cleared away."""


class BusyError(DeployerError):
    """Somebody else is at it, such as another deploy of the project."""


@contextmanager
def one_deploy(
    home: Path,
    project: str,
    waits: Callable[[str], bool] = lambda holder: False,
    sleep: Callable[[float], None] = time.sleep,
    *,
    has_lease: bool = False,
) -> Iterator[None]:
    """Hold the project's lock in the state folder; it ends with the process, however that ends.

    Those who have a lease share the lock: their leases keep them apart, and one that hangs must keep no other from
    taking over. Whoever has none is alone with it.

    While another process holds it, `waits`, told which, says whether to wait on. Raises BusyError, naming the process,
    where it says no.
    """
    folder = home / "locks"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / f"{project}.lock").open("a+") as file:
        while not _taken(file, fcntl.LOCK_SH if has_lease else fcntl.LOCK_EX):
            file.seek(0)
            holder = file.read().strip() or "unknown"
            if not waits(holder):
                raise BusyError(f"{project}: process {holder} is deploying or destroying it (wait for its end)")
            sleep(POLL)
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


@contextmanager
def alive(home: Path) -> Iterator[str]:
    """The name of a new worker of the state folder, which `is_dead` tells from those that have ended."""
    folder = home / "locks" / "workers"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _clear_away(folder)
    name = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"
    path = folder / name
    with path.open("x") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield name
    path.unlink(missing_ok=True)


def is_dead(home: Path, name: str) -> bool:
    """Whether that worker has ended for sure; of one of another machine nothing is known."""
    try:
        with (home / "locks" / "workers" / name).open() as file:
            return _taken(file)
    except OSError:
        return False


def _taken(file: IO[str], how: int = fcntl.LOCK_EX) -> bool:
    try:
        fcntl.flock(file, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _clear_away(folder: Path) -> None:
    for path in folder.iterdir():
        if path.stat().st_mtime < time.time() - FORGOTTEN_AFTER and is_dead(folder.parent.parent, path.name):
            path.unlink(missing_ok=True)
