"""One deploy of a project at a time on one machine."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deployer.errors import DeployerError


class BusyError(DeployerError):
    """Another deploy of the project is under way."""


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
