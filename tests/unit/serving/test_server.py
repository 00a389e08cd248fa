"""The server as a process: how it starts, what it refuses, how it ends."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.servers import Server, events_of, free_port
from ui.serving import server as serving


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    made = Server(tmp_path / "home", stop_within="10")
    yield made
    made.end(signal.SIGKILL)


def backdraft(home: Path, *words: str, **settings: str) -> tuple[int, str]:
    """The exit code of a command and what it said to stderr."""
    program = Path(sys.executable).with_name("backdraft")
    environment = {**os.environ, "BACKDRAFT_HOME": str(home), **settings}
    ended = subprocess.run([program, *words], env=environment, capture_output=True, text=True, timeout=60)
    return ended.returncode, ended.stderr


def test_a_second_one_on_the_same_folder_is_told_who_has_it(server: Server):
    code, said = backdraft(server.home, "up", "--listen", f"127.0.0.1:{free_port()}")
    assert code == 1
    assert said.startswith(f"Error: {server.home}: a server runs here already: process {server.process.pid}, since 20")
    assert said.endswith(f" UTC, at {server.url}; end that one first, or set BACKDRAFT_HOME to another folder\n")


def test_a_port_that_is_taken_is_told_before_anything_is_done(server: Server, tmp_path: Path):
    code, said = backdraft(tmp_path / "other", "up", "--listen", f"127.0.0.1:{server.port}")
    assert (code, said) == (
        1,
        f"Error: 127.0.0.1:{server.port}: cannot be listened on: Address already in use; "
        "listen elsewhere with --listen, or end what listens there\n",
    )


def test_a_state_that_cannot_be_used_is_one_sentence(tmp_path: Path):
    (tmp_path / "backdraft.db").write_bytes(b"these are not the pages you are looking for" * 30)
    code, said = backdraft(tmp_path, "up", "--listen", f"127.0.0.1:{free_port()}")
    assert (code, said) == (
        1,
        f"Error: {tmp_path}/backdraft.db: file is not a database; mend or move that database away\n",
    )


def test_every_setting_that_is_wrong_is_told_at_once(tmp_path: Path):
    code, said = backdraft(tmp_path, "up", BACKDRAFT_THREADS="1", BACKDRAFT_STREAMS="x", BACKDRAFT_METRICS_TOKEN="a")
    assert (code, said.splitlines()) == (
        1,
        [
            "Error: BACKDRAFT_THREADS: '1' is not possible; write a number from 4 to 512",
            "BACKDRAFT_STREAMS: 'x' is not a whole number",
            "BACKDRAFT_METRICS_TOKEN: what is given is not possible; "
            "write 16 characters at least, such as of: openssl rand -hex 16",
        ],
    )


def test_the_single_processes_need_what_they_share(tmp_path: Path):
    assert backdraft(tmp_path, "web") == (
        1,
        "Error: several processes share PostgreSQL and Redis: set BACKDRAFT_DATABASE_URL and BACKDRAFT_REDIS_URL; "
        "on one machine alone, use: backdraft up\n",
    )


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT], ids=str)
def test_it_ends_gently_with_its_streams_told(server: Server, how: signal.Signals):
    streams = [server.events() for _ in range(3)]
    begun = time.monotonic()
    assert server.end(how) == 0
    assert time.monotonic() - begun < 10
    assert "stopped before its end" not in server.log.read_text()
    assert [list(events_of(stream)) for stream in streams] == [[{"reason": "the server is stopping"}]] * 3
    assert (server.home / "server.lock").read_text() == ""


def test_one_that_was_killed_leaves_no_process_and_no_lock(server: Server):
    (child,) = server.children()
    server.end(signal.SIGKILL)
    end = time.monotonic() + 10
    while Path(f"/proc/{child}").exists() and time.monotonic() < end:
        time.sleep(0.1)
    again = Server(server.home)
    assert again.get("/healthz").status_code == 200
    again.end()


def test_the_process_that_answers_is_replaced_when_it_dies(server: Server):
    (child,) = server.children()
    os.kill(child, signal.SIGKILL)
    end = time.monotonic() + 30
    while time.monotonic() < end:
        try:
            assert server.get("/healthz").status_code == 200
            break
        except requests.ConnectionError:
            time.sleep(0.1)
    assert server.children() not in ((child,), ())


def test_a_stream_ends_within_five_seconds_of_revocation(server: Server):
    stream = server.events("dan")
    (server.home / "revoked").write_text("dan")
    begun = time.monotonic()
    assert list(events_of(stream)) == [{"reason": "you are no longer signed in"}]
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize(
    "sent",
    [
        "",
        "GET /healthz HTTP/1.1\r\nHost: a\r\nX-Slow: ",
        "POST /api/v1/check HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{",
        "POST /api/v1/check HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n{",
    ],
    ids=["nothing", "half a header", "half a body", "half a chunk"],
)
def test_slow_clients_hold_no_thread_for_ever(tmp_path: Path, sent: str):
    """More of them than there are threads, and all seconds shortened to one."""
    server = Server(tmp_path / "home", is_impatient=True, threads="4", streams="4")
    slow = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(20)]
    for each in slow:
        each.sendall(sent.replace("Host: a", "Host: a\r\nTest-Person: ada").encode())
    begun = time.monotonic()
    assert server.get("/healthz").status_code == 200
    assert time.monotonic() - begun < 4 * len(slow)
    for each in slow:
        each.settimeout(30)
        assert each.recv(100_000)[:10] in (b"", b"HTTP/1.1 4")
        each.close()
    server.end()


def test_clients_that_do_not_close_make_nobody_else_wait(server: Server):
    """Neither those who were answered, nor the server when it ends."""
    idle = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(20)]
    for each in idle:
        each.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    for each in idle:
        assert each.recv(100) != b""
    begun = time.monotonic()
    assert server.get("/healthz").status_code == 200
    assert time.monotonic() - begun < 2
    streams = [server.events(f"person-{number}") for number in range(5)]
    begun = time.monotonic()
    assert server.end() == 0
    assert time.monotonic() - begun < 10
    for each in (*idle, *streams):
        each.close()


def test_the_limits_that_the_tests_shorten_are_those_of_the_server():
    assert (serving.HEADERS_WITHIN, serving.BODY_WITHIN) == (10, 30)
