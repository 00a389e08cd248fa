"""Programs run inside a container: with their output as it comes, or at a terminal."""

import contextlib
import secrets
import select
import socket
import struct
import time
from collections.abc import Iterator, Sequence
from typing import Any

import docker

from deployer.engines.interface import Chunk

HEADER = struct.Struct(">BxxxL")
"""The engine's own frames, where there is no terminal: 1 for stdout or 2 for stderr, and the length of what follows."""
STREAMS = {1: "stdout", 2: "stderr"}
AT_ONCE = 32_768


MARK = "BACKDRAFT_EXEC"
"""A variable that the program and all that it starts have, so that they can be found and ended together."""
SWEEP = """\
for pass in 1 2 3 4 5 6 7 8 9 10; do
  found=
  for folder in /proc/[0-9]*; do
    if grep -q "$1" "$folder/environ" 2>/dev/null; then kill -9 "${folder#/proc/}" 2>/dev/null && found=1; fi
  done
  if [ -z "$found" ]; then exit 0; fi
done
exit 1
"""
"""What is killed may have started another a moment before, so it goes on until nothing is found."""
SWEEPS = 3
ENDS_WITHIN = 2.0


class DockerExec:
    """A program that runs in a container.

    The engine has no call that ends one, and closing its terminal does not: `end` has another program in the container
    end it, with all that it started.
    """

    def __init__(
        self,
        client: "docker.APIClient",
        container: str,
        argv: Sequence[str],
        *,
        is_terminal: bool,
        size: tuple[int, int] = (24, 80),
    ) -> None:
        """Run `argv` in `container`; `size` is that of the terminal, in rows and columns."""
        self._client = client
        self._container = container
        self._mark = f"{MARK}={secrets.token_hex(12)}"
        terminal = ["TERM=xterm-256color"] if is_terminal else []
        made = client.exec_create(
            container, list(argv), stdin=is_terminal, tty=is_terminal, environment=[self._mark, *terminal]
        )
        self.id = str(made["Id"])
        self._is_terminal = is_terminal
        self._stream: Any = client.exec_start(self.id, socket=True, tty=is_terminal)
        self._socket: Any = getattr(self._stream, "_sock", self._stream)
        if is_terminal:
            with contextlib.suppress(docker.errors.APIError):  # it may have ended already
                self.resize(*size)

    def read(self, seconds: float) -> bytes | None:
        """What it wrote to its terminal since; empty after `seconds` without anything, None at its end."""
        if not self._waits(seconds):
            return b""
        try:
            return self._socket.recv(AT_ONCE) or None
        except OSError:
            return None

    def chunks(self, seconds: float) -> Iterator[Chunk | None]:
        """What it writes, as it comes; None after `seconds` without anything. Ends with the program."""
        waiting = b""
        while True:
            while len(waiting) >= HEADER.size:
                stream, length = HEADER.unpack_from(waiting)
                end = HEADER.size + length
                if len(waiting) < end:
                    break
                yield Chunk(STREAMS.get(stream, "stdout"), waiting[HEADER.size : end])
                waiting = waiting[end:]
            found = self.read(seconds)
            if found is None:
                return
            if not found:
                yield None
            waiting += found

    def write(self, data: bytes) -> None:
        """Hand it what somebody typed. Raises OSError where it has ended."""
        self._socket.sendall(data)

    def resize(self, rows: int, columns: int) -> None:
        """Tell it the size of its terminal."""
        self._client.exec_resize(self.id, height=rows, width=columns)

    def exit_code(self) -> int | None:
        """How it ended; None while it runs."""
        code: int | None = self._client.exec_inspect(self.id)["ExitCode"]
        return code

    def end(self) -> bool:
        """End it and all that it started; whether it has ended by now.

        That takes a shell in the image. Without one, a program that does not care whether it is read goes on.
        """
        self._close()
        for _ in range(SWEEPS):
            with contextlib.suppress(docker.errors.APIError):
                sweep = self._client.exec_create(self._container, ["/bin/sh", "-c", SWEEP, "sh", self._mark])["Id"]
                self._client.exec_start(sweep)
                if self._has_ended():
                    return True
        return False

    def _has_ended(self) -> bool:
        end = time.monotonic() + ENDS_WITHIN
        while time.monotonic() < end:
            if self.exit_code() is not None:
                return True
            time.sleep(0.05)
        return False

    def _close(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        with contextlib.suppress(OSError):
            self._stream.close()

    def _waits(self, seconds: float) -> bool:
        try:
            ready, _, _ = select.select([self._socket], [], [], seconds)
        except (OSError, ValueError):
            return True  # it was closed, as reading will tell
        return bool(ready)
