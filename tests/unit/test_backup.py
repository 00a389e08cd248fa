"""What was backed up comes back whole, and nothing that lives is written over."""

from __future__ import annotations

import io
import os
import stat
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from composer.db import DatabaseUnusableError
from ui.backup import BackupError, back_up, put_back
from ui.installation import open_installation
from ui.serving.lock import sole_server
from ui.settings import load


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """A backup of an installation that was open, and that changed afterwards."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "settings.toml").write_text("streams = 50\n")
    living = open_installation(load(home, {}))
    living.projects.make("shop", "name: shop", "ada")
    living.vault.put("shop", "TOKEN", "canary")
    path = tmp_path / "one.tar.gz"
    assert back_up(load(home, {}), path) == ("backdraft.db", "key", "settings.toml")
    living.projects.make("blog", "name: blog", "ada")
    living.close()
    return path


def test_all_of_it_comes_back(archive: Path, tmp_path: Path):
    home = tmp_path / "new"
    assert set(put_back(home, archive)) == {"backdraft.db", "key", "settings.toml"}
    back = open_installation(load(home, {}))
    assert [each.name for each in back.projects.all()] == ["shop"]
    assert (back.vault.value("shop", "", "TOKEN"), back.settings.streams) == ("canary", 50)
    back.close()
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (archive, home / "key", home / "backdraft.db")}
    assert set(modes.values()) == {0o600}
    assert [path.name for path in home.iterdir() if path.name.startswith(".")] == []
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_what_lives_is_never_written_over(archive: Path, tmp_path: Path):
    with pytest.raises(BackupError, match=r"home: has a backdraft\.db already; set BACKDRAFT_HOME to a new folder"):
        put_back(tmp_path / "home", archive)
    (tmp_path / "served").mkdir()
    with sole_server(tmp_path / "served", "http://here"), pytest.raises(BackupError, match="a server runs on it: proc"):
        put_back(tmp_path / "served", archive)
    with pytest.raises(BackupError, match=r"one\.tar\.gz: there is such a file already; name another one"):
        back_up(load(tmp_path / "home", {}), archive)


def member(name: str, content: bytes = b"", kind: bytes = tarfile.REGTYPE, link: str = "") -> Callable[[Path], None]:
    def write(path: Path) -> None:
        with tarfile.open(path, "w:gz") as archive:
            entry = tarfile.TarInfo(name)
            entry.type, entry.linkname, entry.size = kind, link, len(content)
            archive.addfile(entry, io.BytesIO(content))

    return write


@pytest.mark.parametrize(
    ("write", "said"),
    [
        (lambda path: None, "there is no such file; name a backup"),
        (lambda path: path.write_bytes(b"nothing of that kind"), "is no backup, or only a part of one"),
        (member("../key", b"x"), "'../key' does not belong into a backup; nothing was done"),
        (member("/etc/cron.d/x", b"x"), "'/etc/cron.d/x' does not belong"),
        (member("key", kind=tarfile.SYMTYPE, link="/etc/passwd"), "'key' does not belong"),
        (member("key", kind=tarfile.LNKTYPE, link="/etc/passwd"), "'key' does not belong"),
        (member("key", kind=tarfile.CHRTYPE), "'key' does not belong"),
        (member("key", bytes(2**21)), "key is too large for what it is"),
        (member("key", b"x"), "is no backup of Backdraft"),
    ],
    ids=["none", "no archive", "upwards", "absolute", "symlink", "hard link", "device", "bomb", "no backup"],
)
def test_a_file_that_is_no_backup_changes_nothing(tmp_path: Path, write: Callable[[Path], None], said: str):
    write(tmp_path / "a.tar.gz")
    with pytest.raises(BackupError) as caught:
        put_back(tmp_path / "home", tmp_path / "a.tar.gz")
    assert said in str(caught.value)
    assert list((tmp_path / "home").iterdir()) == []


def test_half_a_backup_changes_nothing(archive: Path, tmp_path: Path):
    content = archive.read_bytes()
    archive.write_bytes(content[: len(content) // 2])
    with pytest.raises(BackupError, match="only a part of one"):
        put_back(tmp_path / "new", archive)
    assert list((tmp_path / "new").iterdir()) == []


def test_a_folder_that_cannot_be_written_is_told(archive: Path, tmp_path: Path):
    if os.geteuid():
        (tmp_path / "closed").mkdir(mode=0o500)
    with pytest.raises(BackupError, match=r"cannot be written: .*; name a path that can"):
        back_up(load(tmp_path / "home", {}), tmp_path / "none" / "two.tar.gz")


def test_nothing_is_made_of_a_database_that_cannot_be_used(tmp_path: Path):
    (tmp_path / "backdraft.db").write_bytes(b"these are not the pages" * 50)
    with pytest.raises(DatabaseUnusableError):
        open_installation(load(tmp_path, {}))
    with pytest.raises(BackupError, match="file is not a database"):
        back_up(load(tmp_path, {}), tmp_path / "a.tar.gz")
    assert not (tmp_path / "a.tar.gz").exists()
