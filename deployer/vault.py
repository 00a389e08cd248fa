"""Secrets at rest: encrypted in the database, under a key that lies outside of it."""

import json
import secrets
import string
from collections.abc import Mapping
from pathlib import Path

from cryptography.fernet import InvalidToken

from deployer.keyring import KEY_NAME, Keyring, VaultError
from deployer.store import Store
from deployer.wiring import SecretName

ALPHABET = string.ascii_letters + string.digits

__all__ = ("KEY_NAME", "SecretMissingError", "Vault", "VaultError")


class SecretMissingError(VaultError):
    """A secret is asked for that nobody set."""


class Vault:
    """The secrets of every project in one state folder; values leave it by `value` only, never in an error."""

    def __init__(self, home: Path, store: Store | None = None, key_file: Path | None = None) -> None:
        """Open that of `home` (`store`: one already open there); the key is made at the first use.

        The key lies in `key_file`, or where the environment says, or in the state folder. Raises VaultError when it is
        lost, damaged, exposed or known.
        """
        self._store = store or Store(home)
        self._keyring = Keyring(home, key_file, is_new=not self._store.has_secrets())

    @property
    def keyring(self) -> Keyring:
        """The keys that it seals and opens with."""
        return self._keyring

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
            self._put(project, owner, name, made, replace=False)

    def value(self, project: str, owner: str, name: str) -> str:
        """One secret in clear. Raises SecretMissingError, or VaultError when the key does not open it."""
        kept = self._store.secret(project, owner, name)
        if kept is None:
            raise SecretMissingError(f"secret {_path(owner, name)}: is not set; {_remedy(project, owner, name)}")
        try:
            place_and_value = json.loads(self._keyring.fernet().decrypt(kept.token))
        except (InvalidToken, ValueError):
            place_and_value = None
        # the place is sealed with the value, so that a row moved to another name or project does not open there
        if not isinstance(place_and_value, list) or place_and_value[:3] != [project, owner, name]:
            raise VaultError(
                f"secret {_path(owner, name)}: {self._keyring.path} does not open it; "
                "put back the key that belongs to this state folder"
            ) from None
        return str(place_and_value[3])

    def put(self, project: str, name: str, value: str, owner: str = "") -> None:
        """Set a secret (the project's own, unless `owner` names a component); its version rises."""
        self._put(project, owner, name, value, replace=True)

    def remove(self, project: str, name: str, owner: str = "") -> bool:
        """Forget a secret; whether there was one."""
        return self._store.remove_secret(project, owner, name)

    def forget(self, project: str) -> None:
        """Forget every secret of `project`, generated ones too: only right when its data volumes are gone."""
        self._store.forget_secrets(project)

    def sealed(self, place: str, text: str) -> bytes:
        """A text that is no project's, encrypted; `place` is sealed with it, so that it opens nowhere else."""
        return self._keyring.fernet().encrypt(json.dumps([place, text]).encode())

    def opened(self, place: str, token: bytes) -> str:
        """What was sealed for `place`. Raises VaultError where the key does not open it, or another place's."""
        try:
            place_and_text = json.loads(self._keyring.fernet().decrypt(token))
        except (InvalidToken, ValueError):
            place_and_text = None
        if not isinstance(place_and_text, list) or place_and_text[0] != place or len(place_and_text) != 2:
            raise VaultError(
                f"{place}: {self._keyring.path} does not open it; put back the key that belongs to this state folder"
            ) from None
        return str(place_and_text[1])

    def _put(self, project: str, owner: str, name: str, value: str, *, replace: bool) -> None:
        with self._keyring.steady():
            token = self._keyring.fernet().encrypt(json.dumps([project, owner, name, value]).encode())
            self._store.put_secret(project, owner, name, token, replace=replace)


def _path(owner: str, name: str) -> str:
    return f"{owner}.{name}" if owner else name


def _remedy(project: str, owner: str, name: str) -> str:
    return f"deploy {project} to make it" if owner else f"set it with: backdraft secrets set {project} {name}"
