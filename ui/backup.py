"""Backups: everything that a state folder knows in one file, and that file back again."""

import io
import json
import os
import shutil
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

from composer.db import FILE_NAME as DATABASE
from composer.db import DatabaseUnusableError, open_database
from composer.home import HomeError, make_home
from composer.revisions import known
from deployer.keyring import KEY_NAME, Keyring, VaultError
from ui.serving.lock import holder, is_served
from ui.settings import FILE_NAME as SETTINGS
from ui.settings import Settings

ABOUT = "backup.json"
FORMAT = 1
MEMBERS = (ABOUT, DATABASE, KEY_NAME, SETTINGS)
LARGEST_SMALL = 2**20
"""Bytes of everything but the database."""


class BackupError(Exception):
    """A backup cannot be made or put back: its path, the fault and the remedy."""


def back_up(settings: Settings, path: Path) -> tuple[str, ...]:
    """Write all of an installation to the new file `path`, mode 0600: the names of what it holds.

    A server that runs goes on meanwhile. What lies in PostgreSQL is not in it. Raises BackupError.
    """
    home = settings.home
    if path.exists():
        raise BackupError(f"{path}: there is such a file already; name another one")
    try:
        database = open_database(home, settings.database_url or None)
        keyring = Keyring(home, Path(settings.key_file) if settings.key_file else None, is_new=False)
    except (DatabaseUnusableError, VaultError) as error:
        raise BackupError(str(error)) from error
    try:
        with tempfile.TemporaryDirectory(prefix=".backup-", dir=home) as folder, keyring.steady():
            copy = Path(folder) / DATABASE
            # the key is the one of this copy: while both are taken, nobody changes it
            members = {DATABASE: copy} if database.copy_to(copy) else {}
            members |= {KEY_NAME: keyring.path}
            if (home / SETTINGS).exists():
                members |= {SETTINGS: home / SETTINGS}
            about = {"format": FORMAT, "version": version("backdraft"), "revision": known()[-1], "at": time.time()}
            _write(path, about, members)
    except OSError as error:
        raise BackupError(f"{path}: cannot be written: {error.strerror}; name a path that can") from error
    finally:
        database.close()
    return tuple(members)


def put_back(home: Path, path: Path) -> tuple[str, ...]:
    """Make `home` what the backup at `path` holds: the names of it. Raises BackupError, with nothing changed.

    Refuses a folder that has a database or a key, whether it is served or not.
    """
    try:
        make_home(home)
    except HomeError as error:
        raise BackupError(str(error)) from error
    if is_served(home):
        raise BackupError(f"{home}: a server runs on it: {holder(home)}; end that one first")
    living = [name for name in (DATABASE, KEY_NAME, SETTINGS) if (home / name).exists()]
    if living:
        raise BackupError(
            f"{home}: has a {living[0]} already; set BACKDRAFT_HOME to a new folder, or move this one away first"
        )
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=home) as made:
        folder = Path(made)
        names = _unpacked(path, folder)
        _check(folder, names, path)
        # the database goes last: without it there is no installation yet
        for name in sorted(names, key=(SETTINGS, KEY_NAME, DATABASE).index):
            (folder / name).replace(home / name)
    return tuple(names)


def _write(path: Path, about: dict[str, object], members: dict[str, Path]) -> None:
    with _whole_file(path) as target, tarfile.open(target, "w:gz", compresslevel=6) as archive:
        text = json.dumps(about).encode()
        entry = tarfile.TarInfo(ABOUT)
        entry.size, entry.mode = len(text), 0o600
        archive.addfile(entry, io.BytesIO(text))
        for name, source in members.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode, entry.mtime = source.stat().st_size, 0o600, int(source.stat().st_mtime)
            with source.open("rb") as content:
                archive.addfile(entry, content)


@contextmanager
def _whole_file(path: Path) -> Iterator[Path]:
    """A file beside `path` that becomes it once it is whole and on disk."""
    descriptor, written = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.absolute().parent)  # mode 0600
    os.close(descriptor)
    try:
        yield Path(written)
        with Path(written).open("rb") as file:
            os.fsync(file.fileno())
        os.link(written, path)
    finally:
        Path(written).unlink()


def _unpacked(path: Path, folder: Path) -> list[str]:
    """Names are compared with those that a backup has, so nothing can lead out of `folder`."""
    names = []
    try:
        with tarfile.open(path, "r:gz") as archive:
            for entry in archive:
                if entry.name not in MEMBERS or not entry.isreg() or entry.name in names:
                    raise BackupError(f"{path}: {entry.name[:60]!r} does not belong into a backup; nothing was done")
                if entry.name != DATABASE and entry.size > LARGEST_SMALL:
                    raise BackupError(f"{path}: {entry.name} is too large for what it is; nothing was done")
                source = archive.extractfile(entry)
                if source is None:
                    raise BackupError(f"{path}: {entry.name} cannot be read; nothing was done")
                descriptor = os.open(folder / entry.name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                with source, os.fdopen(descriptor, "wb") as target:
                    shutil.copyfileobj(source, target)
                    target.flush()
                    os.fsync(target.fileno())
                names.append(entry.name)
    except FileNotFoundError as error:
        raise BackupError(f"{path}: there is no such file; name a backup") from error
    except (tarfile.TarError, EOFError, OSError) as error:
        raise BackupError(f"{path}: is no backup, or only a part of one: {error}; nothing was done") from error
    if ABOUT not in names or KEY_NAME not in names:
        raise BackupError(f"{path}: is no backup of Backdraft; nothing was done")
    names.remove(ABOUT)
    return names


def _check(folder: Path, names: list[str], path: Path) -> None:
    """What is put back can be used by this Backdraft."""
    try:
        about = json.loads((folder / ABOUT).read_text())
        form, revision = about["format"], about["revision"]
    except (ValueError, KeyError, TypeError) as error:
        raise BackupError(f"{path}: is no backup of Backdraft; nothing was done") from error
    if form != FORMAT or revision not in known():
        raise BackupError(f"{path}: was made by a newer Backdraft; put it back with that one")
    try:
        Keyring(folder, folder / KEY_NAME, is_new=False)
        if DATABASE in names:
            with tempfile.TemporaryDirectory(dir=folder) as other:
                shutil.copyfile(folder / DATABASE, Path(other) / DATABASE)
                open_database(Path(other)).close()
    except (VaultError, DatabaseUnusableError) as error:
        raise BackupError(f"{path}: {error}") from error
