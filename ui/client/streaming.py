"""The stream of what happens, read for as long as somebody wants to: it comes back by itself, where it was."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any

import requests
from urllib3.exceptions import HTTPError

from ui.client.problems import ProblemError, UnreachableError
from ui.client.transport import WORTH_A_RETRY, Transport, path_of

RESYNC = "resync"
WAITS = (0.1, 0.5, 1.0, 2.0, 5.0)
"""Seconds before each attempt to come back; then the last again and again."""
PIECE = 2**16


@dataclass(frozen=True)
class Event:
    """One thing that happened. `at` in seconds since 1970; `project` empty: to the installation.

    `kind` is `noun.verb`, such as `draft.saved`. One of the kind `resync` says that something was missed: look up anew
    what you know.
    """

    id: int
    kind: str
    project: str = ""
    at: float = 0.0
    content: Mapping[str, Any] | None = None

    @property
    def is_resync(self) -> bool:
        """Whether it only says that something was missed."""
        return self.kind == RESYNC


class Stream:
    """What happens, as an iterator that ends with `close` or with its `with` block; made by `client.events()`.

    It is connected when it is made, so nothing that happens after that is missed. Where the connection breaks it is
    made again, for up to `patience` seconds, and goes on after the last event; then UnreachableError is raised.
    """

    def __init__(
        self,
        transport: Transport,
        after: int | None = None,
        patience: float = 120.0,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._transport = transport
        self._last = None if after is None else str(after)
        self._patience = patience
        self._sleep = sleep
        self._clock = clock
        self._is_open = True
        self._answer = self._connected()

    @property
    def last(self) -> int | None:
        """The id of the last event that was given, to go on from later."""
        return int(self._last) if self._last else None

    def close(self) -> None:
        """End it; also from another thread."""
        self._is_open = False
        with suppress(Exception):
            self._answer.raw.shutdown()  # whoever waits for the next event stops waiting; closing would wait for them
        with suppress(Exception):
            self._answer.close()

    def __enter__(self) -> "Stream":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __iter__(self) -> Iterator[Event]:
        """Every event, for ever."""
        while self._is_open:
            try:
                for name, id, data in frames(_pieces(self._answer)):  # noqa: A001 (the word for it)
                    if id is not None:
                        self._last = id
                    if (found := _event(name, id, data)) is not None:
                        yield found
            except (requests.RequestException, HTTPError, OSError, AttributeError, ValueError):
                if not self._is_open:
                    return
            if self._is_open:
                self._answer.close()
                self._answer = self._connected_again()

    def _connected(self) -> requests.Response:
        headers = {"Accept": "text/event-stream"} | ({"Last-Event-ID": self._last} if self._last else {})
        return self._transport.send("GET", path_of("events"), headers=headers, is_stream=True)

    def _connected_again(self) -> requests.Response:
        end = self._clock() + self._patience
        attempt = 0
        while True:
            self._sleep(WAITS[min(attempt, len(WAITS) - 1)])
            attempt += 1
            try:
                return self._connected()
            except UnreachableError:
                if self._clock() > end or not self._is_open:
                    raise
            except ProblemError as error:
                if error.status not in WORTH_A_RETRY or self._clock() > end or not self._is_open:
                    raise


def frames(pieces: Iterator[bytes]) -> Iterator[tuple[str, str | None, str]]:
    """Name, id and data of every server-sent event in a stream of bytes, however it is cut."""
    rest = b""
    name, id, data = "message", None, list[str]()  # noqa: A001 (the word for it)
    for piece in pieces:
        *lines, rest = (rest + piece).split(b"\n")
        for raw in lines:
            line = raw.rstrip(b"\r").decode("utf-8", "replace")
            if not line:
                if data or id is not None:
                    yield name, id, "\n".join(data)
                name, id, data = "message", None, []  # noqa: A001 (the word for it)
                continue
            field, _, value = line.partition(":")
            value = value.removeprefix(" ")
            if field == "event":
                name = value
            elif field == "id" and value.isdecimal():
                id = value  # noqa: A001 (the word for it)
            elif field == "data":
                data.append(value)


def _pieces(answer: requests.Response) -> Iterator[bytes]:
    """The bytes as they arrive: `iter_content` would wait until a piece is full."""
    while piece := answer.raw.read1(PIECE, decode_content=True):
        yield piece


def _event(name: str, id: str | None, data: str) -> Event | None:  # noqa: A002 (the word for it)
    if name == RESYNC:
        return Event(int(id or 0), RESYNC)
    if name != "message" or not data:
        return None
    content = json.loads(data)
    return Event(content["id"], content["kind"], content["project"], content["at"], content["content"])
