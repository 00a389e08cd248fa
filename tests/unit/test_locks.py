"""One deploy of a project at a time."""

import os
import subprocess
import sys
import threading

import pytest

from deployer.locks import BusyError, held, one_deploy

HOLD = """
import sys, pathlib
from deployer.locks import one_deploy
with one_deploy(pathlib.Path(sys.argv[1]), "shop"):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_deploy_of_the_project_is_told_who_is_at_it(tmp_path):
    with one_deploy(tmp_path, "shop"):
        with one_deploy(tmp_path, "other"), pytest.raises(BusyError) as caught, one_deploy(tmp_path, "shop"):
            pass
        assert str(caught.value) == f"shop: process {os.getpid()} is deploying or destroying it (wait for its end)"
    with one_deploy(tmp_path, "shop"):
        pass


def test_those_who_have_a_lease_share_the_lock_and_whoever_has_none_is_alone(tmp_path):
    with (
        one_deploy(tmp_path, "shop", has_lease=True),
        one_deploy(tmp_path, "shop", has_lease=True),
        pytest.raises(BusyError),
        one_deploy(tmp_path, "shop"),
    ):
        pass
    asked: list[str] = []
    with (
        one_deploy(tmp_path, "shop"),
        pytest.raises(BusyError),
        one_deploy(tmp_path, "shop", lambda holder: not asked.append(holder) and len(asked) < 3, has_lease=True),
    ):
        pass
    assert asked == [str(os.getpid())] * 3


def test_the_lock_ends_with_the_process_that_held_it_however_that_ended(tmp_path):
    argv = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(BusyError, match=str(holder.pid)), one_deploy(tmp_path, "shop"):
            pass
        holder.kill()
        holder.wait()
        with one_deploy(tmp_path, "shop"):
            pass


def test_what_is_held_is_waited_for(tmp_path):
    told = []

    def hold() -> None:
        with held(tmp_path / "lock", 10, lambda: False):
            told.append("second")

    with held(tmp_path / "lock", 0, lambda: False):
        second = threading.Thread(target=hold)
        second.start()
        second.join(0.3)
        told.append("first")
    second.join(5)
    assert told == ["first", "second"]


@pytest.mark.parametrize(("seconds", "stopped"), [(0.2, False), (10, True)])
def test_nobody_waits_for_ever_nor_after_being_stopped(tmp_path, seconds, stopped):
    with (
        held(tmp_path / "lock", 0, lambda: False),
        pytest.raises(BusyError) as caught,
        held(tmp_path / "lock", seconds, lambda: stopped),
    ):
        pass
    assert str(caught.value) == f"{tmp_path}/lock is held by another process (wait for its end)"
