"""Which process runs what."""

from __future__ import annotations

from pathlib import Path

from ui.installation import open_installation
from ui.serving.services import SERVICES, Process, services_of
from ui.settings import load


def test_up_runs_everything_that_one_process_needs_and_nothing_that_speaks_to_redis(tmp_path: Path):
    installation = open_installation(load(tmp_path, {}))
    assert tuple(services_of(Process.UP, installation).names) == ("feed", "worker", "keeper", "presence")
    installation.close()


def test_each_process_of_several_runs_its_own():
    runs = {process: [each.name for each in SERVICES if each.process is process] for process in Process}
    assert runs == {
        Process.UP: [],
        Process.WEB: ["feed", "doorbell"],
        Process.WORKER: ["worker", "doorbell"],
        Process.KEEPER: ["keeper"],
    }
