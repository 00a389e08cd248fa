"""Folders for work in progress go with whoever made them, however that ends."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deployer.scratch import scratch

HOLDS = """
import sys
from pathlib import Path
from deployer.scratch import scratch
with scratch(Path(sys.argv[1])) as folder:
    (folder / "deep").mkdir()
    (folder / "deep" / "file").write_text("x")
    print(folder, flush=True)
    sys.stdin.read()
"""


@contextmanager
def another(home: Path) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """A process that holds a folder until its stdin ends."""
    argv = [sys.executable, "-c", HOLDS, str(home)]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        yield process, Path(process.stdout.readline().strip())
        process.kill()


def test_what_a_killed_process_left_is_cleared_away_by_the_next_and_what_is_in_use_is_not(tmp_path: Path):
    with another(tmp_path) as (process, left), another(tmp_path) as (_, in_use):
        process.kill()
        process.wait()
        assert (left / "deep" / "file").exists()
        with scratch(tmp_path) as mine:
            assert sorted(path for path in (tmp_path / "scratch").iterdir() if path.is_dir()) == sorted([in_use, mine])
            assert mine.stat().st_mode & 0o777 == 0o700
        assert not mine.exists()


def test_it_is_gone_at_the_end_of_the_block_even_after_an_error(tmp_path: Path):
    with pytest.raises(FileNotFoundError), scratch(tmp_path) as folder:
        (folder / "nowhere" / "file").touch()
    assert [path.name for path in (tmp_path / "scratch").iterdir()] == ["lock"]


def test_many_at_once_leave_each_other_alone(tmp_path: Path):
    faults: list[object] = []

    def work() -> None:
        for _ in range(30):
            with scratch(tmp_path) as folder:
                (folder / "file").touch()
                if not (folder / "file").exists():
                    faults.append(folder)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert (faults, [path.name for path in (tmp_path / "scratch").iterdir()]) == ([], ["lock"])
