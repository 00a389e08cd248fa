"""The state folder: where the database and the key live."""

import os
import stat
from collections.abc import Mapping
from pathlib import Path

VARIABLE = "BACKDRAFT_HOME"


class HomeError(Exception):
    """The state folder cannot be used: its path, the fault and how to mend it."""


def home_path(environment: Mapping[str, str] = os.environ) -> Path:
    """Where the state folder is: `$BACKDRAFT_HOME`, or `~/.backdraft`; always absolute. Touches nothing."""
    if named := environment.get(VARIABLE):
        return Path(named).absolute()
    try:
        return Path.home() / ".backdraft"
    except RuntimeError as error:
        raise HomeError(f"~/.backdraft: there is no home directory; set {VARIABLE} to a folder of yours") from error


def make_home(path: Path) -> Path:
    """`path`, made if it was not there; readable by its owner only, if that is us. Raises HomeError."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = path.stat()
        is_shared = found.st_mode & stat.S_ISVTX  # such as /tmp: others need it
        if found.st_mode & 0o077 and found.st_uid == os.geteuid() and not is_shared:
            path.chmod(0o700)
    except FileExistsError as error:
        raise HomeError(f"{path}: is not a folder; set {VARIABLE} to one") from error
    except OSError as error:
        raise HomeError(f"{path}: cannot be made: {error.strerror}; set {VARIABLE} to a folder you own") from error
    if not os.access(path, os.W_OK | os.X_OK):
        raise HomeError(f"{path}: cannot be written; set {VARIABLE} to a folder you own")
    return path
