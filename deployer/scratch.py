"""Folders for work in progress, in the state folder: whatever a process that was killed left, the next one clears away.

The folder of a process is known by a lock that ends with it, however that ends.
"""

import fcntl
import secrets
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

FOLDER = "scratch"


@contextmanager
def scratch(home: Path) -> Iterator[Path]:
    """A new, empty folder that only its user may read; it is gone at the end of the block."""
    folder = home / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / secrets.token_hex(8)
    lock = path.with_suffix(".lock")
    with ExitStack() as owned:
        with _alone(folder):
            _clear_away(folder)
            fcntl.flock(owned.enter_context(lock.open("x")), fcntl.LOCK_EX)
            path.mkdir(mode=0o700)
        owned.callback(_remove, path, lock)
        yield path


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with (folder / "lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _clear_away(folder: Path) -> None:
    for lock in folder.glob("*.lock"):
        try:
            with lock.open() as file:
                if _is_free(file):
                    _remove(lock.with_suffix(""), lock)
        except OSError:  # another process has just removed it
            continue


def _is_free(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _remove(path: Path, lock: Path) -> None:
    shutil.rmtree(path, ignore_errors=True)
    lock.unlink(missing_ok=True)
