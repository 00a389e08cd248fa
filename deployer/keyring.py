"""The key that seals secrets: made at the first start, read by its owner only, changed without losing anything."""

import base64
import fcntl
import os
import stat
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlalchemy import select, update

from composer.db import METADATA, SEALED, Database
from deployer.errors import DeployerError

KEY_NAME = "key"
VARIABLE = "BACKDRAFT_KEY_FILE"
MOST_KEYS = 8
LEAST_DIFFERENT_BYTES = 16
"""Of 32 random bytes, fewer than 24 different ones come once in a million years of making keys."""
KNOWN = (
    b"cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=",  # the example of Fernet's specification
    b"46BKJoQYlPPOexq0OhDZnIlNepKFf87WFwLbfzqDDho=",  # of a README that has been copied a lot
)
"""Keys that everybody has."""


class VaultError(DeployerError):
    """The vault cannot give what it keeps: its key is unusable, or does not open it."""


class Keyring:
    """The keys of one installation, a line each: the first one seals, every one opens.

    There is more than one only while a rotation is under way, or after one was interrupted. A file that was changed is
    read again, so whoever runs while the key is changed goes on.
    """

    def __init__(
        self,
        home: Path,
        key_file: Path | None = None,
        *,
        is_new: bool,
        environment: Mapping[str, str] = os.environ,
    ) -> None:
        """Read the keys; one is made where there is none and nothing was sealed yet (`is_new`). Raises VaultError."""
        named = key_file or (Path(environment[VARIABLE]) if environment.get(VARIABLE) else None)
        self.path = named or home / KEY_NAME
        self._lock_path = home / "locks" / "key.lock"
        self._alone = threading.Lock()
        if is_new and named is None and not self.path.exists():
            _make(self.path)
        self._sign, self._keys = self._read()

    def fernet(self) -> MultiFernet:
        """What seals and opens."""
        with self._alone:
            if _sign(self.path) != self._sign:
                self._sign, self._keys = self._read()
            return MultiFernet([Fernet(key) for key in self._keys])

    @contextmanager
    def steady(self) -> Iterator[None]:
        """The key stays what it is until the end of the block, in which something is sealed and kept."""
        with self._locked(fcntl.LOCK_SH):
            yield

    def rotate(self, database: Database) -> int:
        """Make a new key and seal everything with it anew: how many values that were.

        What is interrupted at any point leaves every value readable, and is completed by the next rotation.
        Raises VaultError, with everything as it was, where a value does not open.
        """
        with self._locked(fcntl.LOCK_EX):
            before = self._read()[1]
            made = Fernet.generate_key()
            # whoever reads from now on opens what is sealed anew as well as what is not yet
            self._write([made, *before])
            try:
                count = _seal_anew(database, MultiFernet([Fernet(key) for key in (made, *before)]))
            except InvalidToken:
                self._write(before)
                raise VaultError(
                    f"{self.path}: it does not open everything that is sealed; put back the key that belongs to this "
                    "state folder, or remove the secrets that it does not open"
                ) from None
            self._write([made])
        return count

    def _read(self) -> tuple[tuple[int, ...], list[bytes]]:
        path = self.path
        try:
            sign, mode = _sign(path), path.stat().st_mode
            keys = path.read_bytes().split()
        except FileNotFoundError as error:
            raise VaultError(
                f"{path}: is missing, and the secrets in the database cannot be read without it; "
                "put it back from a backup, or move the whole state folder away to start anew"
            ) from error
        except OSError as error:
            raise VaultError(f"{path}: cannot be read: {error.strerror}; run as the user who owns it") from error
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise VaultError(f"{path}: others may read it (mode {stat.S_IMODE(mode):04o}); run: chmod 600 {path}")
        for key in keys or [b""]:
            if fault := _fault(key):
                raise VaultError(f"{path}: {fault}")
        return sign, keys[:MOST_KEYS]

    def _write(self, keys: list[bytes]) -> None:
        """Whoever reads finds the old file or the new one, whole, whatever happens meanwhile."""
        descriptor, written = tempfile.mkstemp(prefix=".key-", dir=self.path.parent)  # mode 0600
        with os.fdopen(descriptor, "wb") as file:
            file.write(b"\n".join(keys) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        Path(written).replace(self.path)
        _sync_folder(self.path.parent)

    @contextmanager
    def _locked(self, how: int) -> Iterator[None]:
        self._lock_path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._lock_path.open("a") as file:
            fcntl.flock(file, how)
            yield


def _fault(key: bytes) -> str:
    """Why a key must not be used; empty where it may."""
    try:
        Fernet(key)
    except ValueError:
        return "is damaged (not 32 bytes in base64); put it back from a backup"
    plain = base64.urlsafe_b64decode(key)
    if key in KNOWN or len(set(plain)) < LEAST_DIFFERENT_BYTES or all(32 <= byte < 127 for byte in plain):
        return (
            "can be guessed: it is a known example, or was written by hand; make one with: "
            'python3 -c "import os, base64; print(base64.urlsafe_b64encode(os.urandom(32)).decode())"'
        )
    return ""


def _seal_anew(database: Database, fernet: MultiFernet) -> int:
    """Everything in one transaction: all of it, or nothing."""
    count = 0
    with database.writing() as connection:
        for table in METADATA.sorted_tables:
            keys = list(table.primary_key.columns)
            for column in (column for column in table.columns if column.info.get(SEALED)):
                for row in connection.execute(select(*keys, column).where(column.is_not(None))).all():
                    same = [key == value for key, value in zip(keys, row, strict=False)]
                    connection.execute(update(table).where(*same).values({column.name: fernet.rotate(row[-1])}))
                    count += 1
    return count


def _make(path: Path) -> None:
    """Written beside and linked into place: whoever comes second finds a whole key, and keeps it."""
    descriptor, written = tempfile.mkstemp(prefix=".key-", dir=path.parent)  # mode 0600, O_EXCL
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(Fernet.generate_key())
            file.flush()
            os.fsync(file.fileno())
        os.link(written, path)
    except FileExistsError:
        pass
    except OSError as error:
        raise VaultError(f"{path}: cannot be made: {error.strerror}; the state folder must be writable") from error
    finally:
        Path(written).unlink()


def _sign(path: Path) -> tuple[int, ...]:
    try:
        found = path.stat()
    except OSError:
        return ()
    return (found.st_ino, found.st_mtime_ns, found.st_size, found.st_mode)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
