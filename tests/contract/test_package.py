"""The package, made as it is made for a release: whoever installs it has the page, and needs no Node for it."""

from __future__ import annotations

import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the archive of the sources, and a wheel that was made of that archive."""
    folder = tmp_path_factory.mktemp("made")
    subprocess.run([ROOT / "scripts" / "web"], check=True)
    ended = subprocess.run(
        [sys.executable, "-m", "build", "--outdir", folder, ROOT], capture_output=True, text=True, timeout=280
    )
    assert ended.returncode == 0, ended.stderr + ended.stdout[-3000:]
    assert "building the front end" not in ended.stderr + ended.stdout, "the archive holds it, and needs no Node"
    return folder


def test_a_wheel_holds_the_page_with_every_file_that_it_names(made: Path):
    (wheel,) = made.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        page = archive.read("ui/web/dist/index.html").decode()
    named = {f"ui/web/dist/{name}" for name in re.findall(r'="/([^"]+)"', page)}
    assert len(named) > 3
    assert named <= names
    assert {f"{name}.gz" for name in named if name.endswith((".js", ".css"))} <= names


def test_a_wheel_holds_none_of_what_the_page_was_made_of(made: Path):
    (wheel,) = made.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        strange = [name for name in archive.namelist() if name.startswith("ui/web/") and "/dist/" not in name]
    assert strange == []


def test_the_archive_of_the_sources_holds_what_the_page_was_made_of_and_no_libraries(made: Path):
    (sources,) = made.glob("*.tar.gz")
    with tarfile.open(sources) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"ui/web/src/main.tsx", "ui/web/package-lock.json", "ui/web/dist/.sources", "scripts/web"} <= names
    assert [name for name in names if "node_modules" in name or name.startswith("ui/web/.node")] == []
