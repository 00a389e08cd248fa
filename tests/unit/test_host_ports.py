"""Which program of this host has a port."""

import os
import socket
from pathlib import Path

from deployer.host_ports import holder


def test_the_program_that_listens_on_a_port_is_named():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        name = Path("/proc/self/comm").read_text().strip()
        assert holder(port) == f"{name} (process {os.getpid()})"
    assert holder(port) == ""


def test_where_nobody_may_know_nothing_is_said(tmp_path: Path):
    assert holder(80, tmp_path) == ""
    (tmp_path / "net").mkdir()
    (tmp_path / "net" / "tcp").write_text("head\n 0: 0100007F:0050 0:0 0A 0:0 0:0 0 0 0 77 1\n 1: short\n")
    (tmp_path / "12" / "fd").mkdir(parents=True)
    assert holder(80, tmp_path) == ""
    (tmp_path / "12" / "fd" / "3").symlink_to("socket:[77]")
    (tmp_path / "12" / "comm").write_text("ngi\x1bnx\n")
    assert (holder(80, tmp_path), holder(81, tmp_path)) == ("nginx (process 12)", "")


def test_what_a_program_closes_meanwhile_hides_nothing_else(tmp_path: Path):
    (tmp_path / "net").mkdir()
    (tmp_path / "net" / "tcp").write_text("head\n 0: 0100007F:0050 0:0 0A 0:0 0:0 0 0 0 77 1\n")
    descriptors = tmp_path / "12" / "fd"
    descriptors.mkdir(parents=True)
    (tmp_path / "12" / "comm").write_text("nginx\n")
    for number in range(20):  # no links: they cannot be read, like what has just been closed
        (descriptors / str(number)).touch()
    (descriptors / "20").symlink_to("socket:[77]")
    assert holder(80, tmp_path) == "nginx (process 12)"
