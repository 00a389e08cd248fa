"""What a server takes: python -m bench.serving [--rounds N] [--streams N]

Start and memory are those of `backdraft up` as users start it; streams are opened by real clients over loopback, and an
event is timed from the request that causes it until the last client has it. Memory is resident memory (VmRSS), summed
over all processes, so what they share counts more than once.
"""

import argparse
import json
import os
import platform
import resource
import selectors
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

IDLE_FOR = 20.0
"""Seconds that an idle server is left alone before its memory is read."""
PEOPLE = 20
POLL = 0.02
TARGETS = {
    "start to first answer, new state": (2.0, "s"),
    "start to first answer": (2.0, "s"),
    "memory, idle": (150.0, "MB"),
    "memory of the process with the streams": (200.0, "MB"),
}


@dataclass(frozen=True)
class Started:
    """A server that answers; `took` seconds from its start."""

    process: subprocess.Popen[bytes]
    port: int
    took: float

    def memory(self) -> dict[int, float]:
        """Resident memory in MB of each of its processes; the one that answers is the last."""
        return {pid: _memory(pid) for pid in (self.process.pid, *_children(self.process.pid))}


def main() -> None:
    arguments = _arguments()
    taken: dict[str, list[float]] = {}

    def note(name: str, value: float) -> None:
        taken.setdefault(name, []).append(value)
        print(f"{name}: {value:.2f}", file=sys.stderr)

    before = os.getloadavg()[0]
    for _ in range(arguments.rounds):
        with tempfile.TemporaryDirectory() as folder:
            program = [Path(sys.executable).with_name("backdraft"), "up"]
            with _server(program, Path(folder)) as server:
                note("start to first answer, new state", server.took)
            with _server(program, Path(folder)) as server:
                note("start to first answer", server.took)
                note("CPU until the first answer, in seconds", _cpu(server))
                time.sleep(IDLE_FOR)
                note("memory, idle", sum(server.memory().values()))
    for _ in range(arguments.rounds):
        with tempfile.TemporaryDirectory() as folder:
            _measure_streams(Path(folder), arguments.streams, note)
    print(_table(taken, arguments, before))


def _measure_streams(folder: Path, count: int, note: Callable[[str, float], None]) -> None:
    program = [sys.executable, "-m", "bench.serving.server"]
    settings = {"BACKDRAFT_STREAMS": str(count), "BACKDRAFT_REQUESTS_PER_MINUTE": "1000000"}
    with _server(program, folder, settings) as server:
        begun = time.monotonic()
        clients = [_stream(server.port, f"person-{number % PEOPLE}") for number in range(count)]
        note(f"{count} streams opened, one after the other", time.monotonic() - begun)
        time.sleep(IDLE_FOR)
        *_, last = server.memory().values()
        note("memory of the process with the streams", last)
        note("memory of all processes with the streams", sum(server.memory().values()))
        cpu = _cpu(server)
        time.sleep(IDLE_FOR)
        note("CPU of idle streams, of one core", (_cpu(server) - cpu) / IDLE_FOR * 100)
        begun = time.monotonic()
        _make_project(server.port)
        note("an event at the last of the streams", _all_heard(clients) - begun)
        begun = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        server.process.wait()
        note("stop with streams open", time.monotonic() - begun)
        for client in clients:
            client.close()


def _stream(port: int, person: str) -> socket.socket:
    client = socket.create_connection(("127.0.0.1", port), timeout=60)
    client.sendall(f"GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\nBench-Person: {person}\r\n\r\n".encode())
    heard = b""
    while b"retry:" not in heard:
        chunk = client.recv(65536)
        if not chunk:
            raise SystemExit(f"a stream was refused: {heard.decode(errors='replace')[:300]}")
        heard += chunk
    return client


def _make_project(port: int) -> None:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/v1/projects",
        json.dumps({"name": "shop"}).encode(),
        {"Content-Type": "application/json", "Bench-Person": "person-0"},
        method="POST",
    )
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 (our own server)
        answer.read()


def _all_heard(clients: Sequence[socket.socket]) -> float:
    """The moment at which the last of `clients` has the event; heartbeats count for nothing."""
    with selectors.DefaultSelector() as waiting:
        for client in clients:
            client.setblocking(False)
            waiting.register(client, selectors.EVENT_READ)
        left = len(clients)
        while left:
            for key, _ in waiting.select(60):
                if b'"project.made"' in key.fileobj.recv(65536):  # type: ignore[union-attr]
                    waiting.unregister(key.fileobj)
                    left -= 1
        return time.monotonic()


@contextmanager
def _server(program: Sequence[object], home: Path, settings: dict[str, str] | None = None) -> Iterator[Started]:
    """A server that runs; Python may keep what it has compiled, as it does wherever nobody forbids it."""
    port = _free_port()
    environment = {
        **{name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
        "BACKDRAFT_HOME": str(home),
        "BACKDRAFT_LISTEN": f"127.0.0.1:{port}",
        "BACKDRAFT_LOG_LEVEL": "warning",
        **(settings or {}),
    }
    begun = time.monotonic()
    process = subprocess.Popen([str(word) for word in program], env=environment, stderr=subprocess.DEVNULL)
    try:
        while not _answers(port):
            if process.poll() is not None:
                raise SystemExit("the server has ended before it answered")
            time.sleep(POLL)
        yield Started(process, port, time.monotonic() - begun)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def _answers(port: int) -> bool:
    """Asked with as little work as can be, for it is work beside the one that is measured."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
            client.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            return client.recv(100).startswith(b"HTTP/1.1 200")
    except OSError:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _children(pid: int) -> list[int]:
    return list(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))


def _memory(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1000
    raise SystemExit(f"process {pid} says nothing of its memory")


def _cpu(server: Started) -> float:
    """Seconds of CPU that its processes have used."""
    ticks = 0
    for pid in server.memory():
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _table(taken: dict[str, list[float]], arguments: argparse.Namespace, load: float) -> str:
    units = {"memory": "MB", "CPU of idle streams": "%"}
    lines = [
        f"{arguments.rounds} rounds on {os.cpu_count()} cores, Linux {platform.release()}, "
        f"Python {platform.python_version()}. "
        f"Load of the machine before and after: {load:.1f}, {os.getloadavg()[0]:.1f}.",
        "",
        "| what | measured | target | |",
        "|---|---|---|---|",
    ]
    for name, values in taken.items():
        unit = next((unit for begin, unit in units.items() if name.startswith(begin)), "s")
        middle = statistics.median(values)
        shown = f"{middle:.2f}" if unit == "s" else f"{middle:.0f}"
        spread = f"{min(values):.2f}–{max(values):.2f}" if unit == "s" else f"{min(values):.0f}–{max(values):.0f}"
        target, word = "", ""
        if name in TARGETS:
            most, _ = TARGETS[name]
            target, word = f"≤ {most:g} {unit}", "met" if middle <= most else "missed"
        lines.append(f"| {name} | {shown} {unit} ({spread}) | {target} | {word} |")
    return "\n".join(lines)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--streams", type=int, default=1000)
    arguments = parser.parse_args()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 2 * arguments.streams + 200)), hard))
    return arguments


if __name__ == "__main__":
    main()
