"""Whether a program of this host listens on a port."""

import errno
import socket
import time

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


def _is_in_use(address: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as asking:
        asking.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            asking.bind((address, port))
        except OSError as error:
            return error.errno == errno.EADDRINUSE
    return False
