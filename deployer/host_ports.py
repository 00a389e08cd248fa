"""Whether a program of this host listens on a port, and which it is."""

import errno
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

CLOSING = 1.0
"""Seconds for which a port that has just been given up may still look taken."""


def is_taken(address: str, port: int) -> bool:
    """Whether nobody else could listen on `address`:`port` of this host now.

    A port is asked for, never listened on, so nothing can connect meanwhile. What cannot be asked (a port that needs
    rights, an address of another host) counts as free: the engine knows better.
    """
    end = time.monotonic() + CLOSING
    while _is_in_use(address, port):
        if time.monotonic() > end:
            return True
        time.sleep(0.1)
    return False


def holder(port: int, proc: Path = Path("/proc")) -> str:
    """The program that listens on `port` of this host, `nginx (process 812)`; empty where nobody may know.

    Linux tells the sockets of all, and whose they are only to their owner and to root (proc(5), /proc/net/tcp).
    """
    sockets = {f"socket:[{inode}]" for name in ("tcp", "tcp6") for inode in _listening(proc / "net" / name, port)}
    for process in sorted(proc.glob("[0-9]*"), key=lambda path: int(path.name)) if sockets else ():
        if sockets.intersection(_descriptors(process)):
            with suppress(OSError):
                name = (process / "comm").read_text(errors="replace").strip()
                return f"{''.join(filter(str.isprintable, name))} (process {process.name})"
    return ""


def _descriptors(process: Path) -> Iterator[str]:
    """What a process has open. It goes on opening and closing meanwhile, so any of it may be gone when it is read."""
    with suppress(OSError):
        for descriptor in (process / "fd").iterdir():
            with suppress(OSError):
                yield str(descriptor.readlink())


def _listening(table: Path, port: int) -> list[str]:
    """The inodes of the sockets in `table` that listen on `port`."""
    try:
        rows = [line.split() for line in table.read_text().splitlines()[1:]]
    except OSError:
        return []
    return [row[9] for row in rows if len(row) > 9 and row[3] == "0A" and row[1].endswith(f":{port:04X}")]


def _is_in_use(address: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as asking:
        asking.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            asking.bind((address, port))
        except OSError as error:
            return error.errno == errno.EADDRINUSE
    return False
