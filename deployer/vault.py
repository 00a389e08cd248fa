"""Secrets at rest: encrypted in the database, under a key that lies outside of it."""

import json
import os
import secrets
import stat
import string
import tempfile
from collections.abc import Mapping
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from deployer.errors import DeployerError
from deployer.store import Store
from deployer.wiring import SecretName

ALPHABET = string.ascii_letters + string.digits
KEY_NAME = "key"


class VaultError(DeployerError):
    """The vault cannot give what it keeps: its key is unusable, or does not open it."""


class SecretMissingError(VaultError):
    """A secret is asked for that nobody set."""


class Vault:
    """The secrets of every project in one state folder; values leave it by `value` only, never in an error."""

    def __init__(self, home: Path, store: Store | None = None) -> None:
        """Open that of `home` (`store`: one already open there); the key is made at the first use.

        Raises VaultError when the key is lost, damaged or exposed.
        """
        self._home = home
        self._store = store or Store(home)
        self._fernet = Fernet(_key(home / KEY_NAME, is_new=not self._store.has_secrets()))

    def versions(self, project: str) -> Mapping[SecretName, int]:
        """The version of every secret of `project` by (owner, name); a version rises whenever its value changes."""
        return self._store.secret_versions(project)

    def names(self, project: str) -> tuple[str, ...]:
        """The names of the project's own secrets, sorted."""
        return tuple(name for owner, name in self.versions(project) if owner == "")

    def ensure(self, project: str, wanted: Mapping[SecretName, int]) -> None:
        """Make those of `wanted` (length by owner and name) that are not there: letters and digits, made once.

        Two processes that race keep the same value: the one that came first.
        """
        missing = sorted(set(wanted) - set(self.versions(project)))
        for owner, name in missing:
            made = "".join(secrets.choice(ALPHABET) for _ in range(wanted[owner, name]))
            self._store.put_secret(project, owner, name, self._seal(project, owner, name, made), replace=False)

    def value(self, project: str, owner: str, name: str) -> str:
        """One secret in clear. Raises SecretMissingError, or VaultError when the key does not open it."""
        kept = self._store.secret(project, owner, name)
        if kept is None:
            raise SecretMissingError(f"secret {_path(owner, name)}: is not set; {_remedy(project, owner, name)}")
        try:
            place_and_value = json.loads(self._fernet.decrypt(kept.token))
        except (InvalidToken, ValueError):
            place_and_value = None
        # the place is sealed with the value, so that a row moved to another name or project does not open there
        if not isinstance(place_and_value, list) or place_and_value[:3] != [project, owner, name]:
            raise VaultError(
                f"secret {_path(owner, name)}: {self._home / KEY_NAME} does not open it; "
                "put back the key that belongs to this state folder"
            ) from None
        return str(place_and_value[3])

    def put(self, project: str, name: str, value: str, owner: str = "") -> None:
        """Set a secret (the project's own, unless `owner` names a component); its version rises."""
        self._store.put_secret(project, owner, name, self._seal(project, owner, name, value), replace=True)

    def remove(self, project: str, name: str, owner: str = "") -> bool:
        """Forget a secret; whether there was one."""
        return self._store.remove_secret(project, owner, name)

    def forget(self, project: str) -> None:
        """Forget every secret of `project`, generated ones too: only right when its data volumes are gone."""
        self._store.forget_secrets(project)

    def sealed(self, place: str, text: str) -> bytes:
        """A text that is no project's, encrypted; `place` is sealed with it, so that it opens nowhere else."""
        return self._fernet.encrypt(json.dumps([place, text]).encode())

    def opened(self, place: str, token: bytes) -> str:
        """What was sealed for `place`. Raises VaultError where the key does not open it, or another place's."""
        try:
            place_and_text = json.loads(self._fernet.decrypt(token))
        except (InvalidToken, ValueError):
            place_and_text = None
        if not isinstance(place_and_text, list) or place_and_text[0] != place or len(place_and_text) != 2:
            raise VaultError(
                f"{place}: {self._home / KEY_NAME} does not open it; put back the key that belongs to this state folder"
            ) from None
        return str(place_and_text[1])

    def _seal(self, project: str, owner: str, name: str, value: str) -> bytes:
        return self._fernet.encrypt(json.dumps([project, owner, name, value]).encode())


def _key(path: Path, *, is_new: bool) -> bytes:
    if not path.exists() and is_new:
        _make_key(path)
    try:
        mode = path.stat().st_mode
        key = path.read_bytes().strip()
    except FileNotFoundError as error:
        raise VaultError(
            f"{path}: is missing, and the secrets in the database cannot be read without it; "
            "put it back from a backup, or move the whole state folder away to start anew"
        ) from error
    except OSError as error:
        raise VaultError(f"{path}: cannot be read: {error.strerror}; run as the user who owns it") from error
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise VaultError(f"{path}: others may read it (mode {stat.S_IMODE(mode):04o}); run: chmod 600 {path}")
    try:
        Fernet(key)
    except ValueError as error:
        raise VaultError(f"{path}: is damaged (not 32 bytes in base64); put it back from a backup") from error
    return key


def _make_key(path: Path) -> None:
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


def _path(owner: str, name: str) -> str:
    return f"{owner}.{name}" if owner else name


def _remedy(project: str, owner: str, name: str) -> str:
    return f"deploy {project} to make it" if owner else f"set it with: backdraft secrets set {project} {name}"
