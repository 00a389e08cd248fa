"""One-off commands: a program run in a component, or a job started, with what it writes as it comes."""

import codecs
import queue
import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from typing import Any, Protocol

from deployer.engines.docker_observation import readable
from deployer.engines.interface import Chunk, EngineError, LogLine

MOST_OUTPUT = 4 * 2**20
"""Bytes; a program that writes more is ended."""
LONGEST = 3600.0
BEAT = 2.0
"""Seconds without output after which something empty is sent: that is how it is noticed that nobody reads any more."""

Told = Mapping[str, Any]
"""One of `{"stream", "text"}`, `{}` (it still runs), and at the end `{"exit_code"}` or `{"fault"}`."""


class Program(Protocol):
    """A program that runs in a container."""

    def chunks(self, seconds: float) -> Iterator[Chunk | None]:
        """What it writes, as it comes; None after `seconds` without anything."""

    def exit_code(self) -> int | None:
        """How it ended; None while it runs."""

    def end(self) -> bool:
        """End it and all that it started."""


def output_of(
    program: Program,
    seconds: float = 600.0,
    most: int = MOST_OUTPUT,
    clock: Callable[[], float] = time.monotonic,
) -> Generator[Told, None, None]:
    """What a program writes, then how it ended; nothing first of all, so that it can be begun and then closed.

    The program is ended after `seconds`, after `most` bytes, and when the iterator is closed before its end.
    """
    end = clock() + seconds
    written = 0
    decoders = {name: codecs.getincrementaldecoder("utf-8")("replace") for name in ("stdout", "stderr")}
    has_ended = False
    try:
        yield {}
        for chunk in program.chunks(BEAT):
            if clock() >= end:
                yield {"fault": f"it was ended after {seconds:g} s"}
                return
            if chunk is None:
                yield {}
                continue
            written += len(chunk.data)
            if text := decoders[chunk.stream].decode(chunk.data):
                yield {"stream": chunk.stream, "text": text}
            if written > most:
                yield {"fault": f"it was ended after it had written {most} bytes"}
                return
        code = _code(program)
        has_ended = code is not None
        yield {"exit_code": code} if has_ended else {"fault": "the engine lost it"}
    finally:
        if not has_ended:
            program.end()


def output_of_job(
    lines: Callable[[], Iterator[LogLine]],
    exit_code: Callable[[], int | None],
    seconds: float = 600.0,
    most: int = MOST_OUTPUT,
    clock: Callable[[], float] = time.monotonic,
) -> Generator[Told, None, None]:
    """The lines of a job that runs, then how it ended. A job goes on when nobody reads any more."""
    arrived: queue.Queue[LogLine | None] = queue.Queue(maxsize=1000)
    is_over = threading.Event()

    def read() -> None:
        try:
            for line in lines():
                while not is_over.is_set():
                    try:
                        arrived.put(line, timeout=1.0)
                        break
                    except queue.Full:
                        continue
        except EngineError:
            pass  # its exit code tells more
        finally:
            _put_end(arrived, is_over)

    threading.Thread(target=read, name="job-lines", daemon=True).start()
    end, written = clock() + seconds, 0
    try:
        while clock() < end and written <= most:
            try:
                line = arrived.get(timeout=BEAT)
            except queue.Empty:
                yield {}
                continue
            if line is None:
                code = exit_code()
                yield {"fault": "the engine lost it"} if code is None else {"exit_code": code}
                return
            written += len(line.text)
            yield {"stream": line.stream, "text": f"{line.text}\n"}
        yield {"fault": "it goes on; its logs tell the rest"}
    finally:
        is_over.set()


def shown(argv: list[str]) -> list[str]:
    """A command line for people and records: bounded, with its control characters made visible."""
    words = [readable(word[:200]) for word in argv[:50]]
    return [*words, "…"] if len(argv) > 50 else words


def _code(program: Program) -> int | None:
    """The engine closes the output a moment before it knows how the program ended."""
    for _ in range(50):
        if (code := program.exit_code()) is not None:
            return code
        time.sleep(0.02)
    return None


def _put_end(arrived: "queue.Queue[LogLine | None]", is_over: threading.Event) -> None:
    while not is_over.is_set():
        try:
            arrived.put(None, timeout=1.0)
            return
        except queue.Full:
            continue
