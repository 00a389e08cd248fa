"""Log lines of several containers, read from the engine and put in the order of their time."""

import heapq
import queue
import threading
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from docker.errors import APIError

from deployer.engines.docker_observation import readable
from deployer.engines.interface import EngineError, LogLine

if TYPE_CHECKING:
    import docker

Place = tuple[str, int]
STREAMS = ("stdout", "stderr")
GONE_OR_GOING = (404, 409)
"""What the engine answers about a container that was removed since it was listed: it has no lines to wait for."""


def merged_lines(
    client: "docker.APIClient", places: Mapping[str, Place], *, follow: bool, tail: int | None, since: float | None
) -> Iterator[LogLine]:
    """The lines of the containers in `places` (id -> component, replica); with `follow`, those to come as they come.

    `tail` bounds the past lines of each container.
    """
    past = {container: _past(client, container, place, tail, since) for container, place in places.items()}
    yield from heapq.merge(*past.values(), key=_time)
    if follow:
        yield from _followed(client, places, {container: lines[-1].time for container, lines in past.items() if lines})


def _past(
    client: "docker.APIClient", container: str, place: Place, tail: int | None, since: float | None
) -> list[LogLine]:
    streams = [_lines(client, container, place, stream, False, tail, since) for stream in STREAMS]
    lines = list(heapq.merge(*streams, key=_time))
    return lines if tail is None else lines[len(lines) - min(tail, len(lines)) :]


def _followed(client: "docker.APIClient", places: Mapping[str, Place], last: Mapping[str, float]) -> Iterator[LogLine]:
    """Lines as they come from every container, ending when all containers have ended."""
    arrived: queue.SimpleQueue[LogLine | Exception | None] = queue.SimpleQueue()

    def read(container: str, place: Place, stream: str) -> None:
        seen = last.get(container)
        try:
            for line in _lines(client, container, place, stream, True, None, seen):
                if seen is None or line.time > seen:
                    arrived.put(line)
        except Exception as error:  # told where the lines are read: here nobody would hear of it
            arrived.put(error)
        finally:
            arrived.put(None)

    readers = [(container, place, stream) for container, place in places.items() for stream in STREAMS]
    for reader in readers:
        threading.Thread(target=read, args=reader, daemon=True).start()
    open_streams = len(readers)
    while open_streams:
        line = arrived.get()
        if line is None:
            open_streams -= 1
        elif isinstance(line, Exception):
            raise EngineError(f"the logs end here: {readable(str(line))}", retry=True) from line
        else:
            yield line


def _lines(
    client: "docker.APIClient",
    container: str,
    place: Place,
    stream: str,
    follow: bool,
    tail: int | None,
    since: float | None,
) -> Iterator[LogLine]:
    try:
        chunks = client.logs(
            container,
            stdout=stream == "stdout",
            stderr=stream == "stderr",
            stream=True,
            follow=follow,
            timestamps=True,
            tail="all" if tail is None else tail,
            since=since,
        )
    except APIError as error:
        if error.status_code in GONE_OR_GOING:
            return
        raise
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        yield from (_line(raw, place, stream) for raw in whole)
    if rest:
        yield _line(rest, place, stream)


def _line(raw: bytes, place: Place, stream: str) -> LogLine:
    stamp, _, text = raw.decode(errors="replace").partition(" ")
    return LogLine(place[0], place[1], stream, _seconds(stamp), readable(text))


def _seconds(stamp: str) -> float:
    """Seconds since 1970 of the engine's RFC 3339 stamp, to the microsecond; 0 where it is none."""
    try:
        return datetime.fromisoformat(stamp).timestamp()
    except ValueError:
        return 0.0


def _time(line: LogLine) -> float:
    return line.time
