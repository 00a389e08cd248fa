"""scripts/engine makes a Docker engine reachable and never touches one that it did not start."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "engine"
OURS = ("DOCKER_HOST", "BACKDRAFT_HOME", "BACKDRAFT_ENGINE_SOCKET", "BACKDRAFT_ENGINE_DATA", "BACKDRAFT_ENGINE_FLAGS")

pytestmark = pytest.mark.engine


def engine(verb: str, **environment: str) -> subprocess.CompletedProcess[str]:
    plain = {name: value for name, value in os.environ.items() if name not in OURS}
    return subprocess.run(
        [*prefix_for(environment), str(SCRIPT), *verb.split()],
        env=plain | environment,
        capture_output=True,
        text=True,
        timeout=200,
    )


def prefix_for(environment: dict[str, str]) -> list[str]:
    """A second engine gets a network of its own: on the first one's it would remove the bridge docker0."""
    return ["unshare", "--net"] if "BACKDRAFT_ENGINE_FLAGS" in environment else []


@pytest.fixture
def second(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The settings of an engine beside the first, in a short path, as sockets need one."""
    folder = Path(tempfile.mkdtemp(prefix="bd-", dir="/tmp"))
    settings = {
        "BACKDRAFT_HOME": str(folder / "home"),
        "BACKDRAFT_ENGINE_SOCKET": str(folder / "docker.sock"),
        "BACKDRAFT_ENGINE_DATA": str(folder / "data"),
        "BACKDRAFT_ENGINE_FLAGS": "--bridge=none --iptables=false --ip-forward=false",
    }
    yield settings
    engine("down", **settings)
    assert mounts_below(folder) == []
    shutil.rmtree(folder)


def mounts_below(folder: Path) -> list[str]:
    lines = Path("/proc/self/mountinfo").read_text().splitlines()
    return [line.split()[4] for line in lines if line.split()[4].startswith(f"{folder}/")]


def pid_of(settings: dict[str, str]) -> int:
    return int((Path(settings["BACKDRAFT_HOME"]) / "engine/engine.pid").read_text())


@pytest.mark.parametrize("arguments", ["", "sideways", "up down"])
def test_a_wrong_call_is_a_usage_error(arguments: str):
    result = engine(arguments)
    assert (result.returncode, result.stdout, result.stderr) == (2, "", "usage: scripts/engine up | down | status\n")


def test_help_names_every_setting():
    text = engine("--help").stdout
    assert [name for name in OURS if name not in text] == []


def test_a_named_engine_that_does_not_answer_is_an_error_and_starts_nothing(tmp_path: Path):
    result = engine("up", DOCKER_HOST=f"unix://{tmp_path}/dead.sock", BACKDRAFT_HOME=str(tmp_path / "home"))
    assert result.returncode == 1
    assert result.stderr == (
        f"engine: DOCKER_HOST is unix://{tmp_path}/dead.sock, and nothing answers there. "
        "Start that engine, correct DOCKER_HOST, or unset it to use an engine of this machine.\n"
    )
    assert list(tmp_path.iterdir()) == []


def test_status_of_no_engine_says_so(tmp_path: Path):
    result = engine("status", BACKDRAFT_ENGINE_SOCKET=f"{tmp_path}/none.sock", BACKDRAFT_HOME=str(tmp_path / "home"))
    assert (result.returncode, result.stdout) == (1, f"no engine answers at unix://{tmp_path}/none.sock\n")


def test_down_without_an_engine_of_ours_does_nothing(tmp_path: Path):
    result = engine("down", BACKDRAFT_ENGINE_SOCKET=f"{tmp_path}/none.sock", BACKDRAFT_HOME=str(tmp_path / "home"))
    assert (result.returncode, result.stderr) == (0, "engine: no engine of ours is running; nothing to stop\n")


def test_an_engine_that_answers_is_used_and_left_alone(second: dict[str, str], tmp_path: Path):
    assert engine("up", **second).returncode == 0
    pid = pid_of(second)
    elsewhere = {"DOCKER_HOST": f"unix://{second['BACKDRAFT_ENGINE_SOCKET']}", "BACKDRAFT_HOME": str(tmp_path / "home")}
    up, status, down = (engine(verb, **elsewhere) for verb in ("up", "status", "down"))
    assert up.returncode == status.returncode == down.returncode == 0
    assert up.stdout == status.stdout
    assert "(not started by scripts/engine)" in up.stdout
    assert "nothing to stop" in down.stderr
    assert not (tmp_path / "home").exists()
    assert pid_of(second) == pid
    assert engine("status", **second).stdout.endswith(f"(started by scripts/engine, process {pid})\n")


def test_up_and_down_leave_nothing_that_runs(second: dict[str, str]):
    assert engine("up", **second).returncode == 0
    pid = pid_of(second)
    assert Path(f"/proc/{pid}").exists()
    assert engine("down", **second).returncode == 0
    home = Path(second["BACKDRAFT_HOME"])
    wait_until_gone(pid)
    assert not Path(second["BACKDRAFT_ENGINE_SOCKET"]).exists()
    assert [path.name for path in (home / "engine").iterdir()] == ["engine.log"]
    assert mounts_below(home) == []
    assert processes_naming(home) == []


def test_up_twice_at_once_starts_one_engine(second: dict[str, str]):
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda _: engine("up", **second), range(2)))
    assert [result.returncode for result in results] == [0, 0]
    assert results[0].stdout == results[1].stdout
    daemons = [line for line in processes_naming(Path(second["BACKDRAFT_HOME"])) if "--pidfile" in line]
    assert len(daemons) == 1


def test_what_a_killed_engine_left_does_not_stand_in_the_way(second: dict[str, str]):
    assert engine("up", **second).returncode == 0
    os.kill(pid_of(second), signal.SIGKILL)
    wait_until_gone(pid_of(second))
    # The process id now belongs to somebody else, who must not be taken for the engine.
    Path(second["BACKDRAFT_HOME"], "engine/engine.pid").write_text(str(os.getpid()))
    assert engine("status", **second).returncode == 1
    assert engine("up", **second).returncode == 0
    assert pid_of(second) != os.getpid()


def test_an_engine_that_cannot_start_shows_its_last_words(second: dict[str, str]):
    result = engine("up", **second | {"BACKDRAFT_ENGINE_FLAGS": "--no-such-flag"})
    assert result.returncode == 1
    assert "dockerd ended with code" in result.stderr
    assert "unknown flag: --no-such-flag" in result.stderr


def processes_naming(folder: Path) -> list[str]:
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if str(folder) in command:
            found.append(command)
    return found


def wait_until_gone(pid: int) -> None:
    for _ in range(1000):
        if not Path(f"/proc/{pid}").exists() or ") Z " in Path(f"/proc/{pid}/stat").read_text():
            return
        signal.sigtimedwait([], 0.01)
    raise AssertionError(f"process {pid} is still there")
