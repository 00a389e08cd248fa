"""The key that seals secrets is changed without losing anything, and a weak one is refused."""

from __future__ import annotations

import base64
import stat
import threading
from pathlib import Path

import pytest
from sqlalchemy import LargeBinary

from composer.db import METADATA, SEALED, Database
from deployer import keyring
from deployer.keyring import KNOWN, Keyring, VaultError
from deployer.store import Store
from deployer.vault import Vault

NOT_SEALED: tuple[str, ...] = ()
"""Columns of bytes that hold no secret."""


def opened(home: Path, database: Database) -> Vault:
    return Vault(home, Store(home, database))


def filled(vault: Vault) -> dict[str, str]:
    values = {f"NAME_{number}": f"value {number}" for number in range(20)}
    for name, value in values.items():
        vault.put("shop", name, value)
    vault.remove("shop", "NAME_0")
    del values["NAME_0"]
    return values


def read(vault: Vault) -> dict[str, str]:
    return {name: vault.value("shop", "", name) for name in vault.names("shop")}


def test_a_new_key_opens_everything_and_the_old_one_nothing(tmp_path: Path, database: Database):
    vault = opened(tmp_path, database)
    values = filled(vault)
    old = (tmp_path / "key").read_bytes()
    assert vault.keyring.rotate(database) == len(values)
    assert (read(vault), read(opened(tmp_path, database))) == (values, values)
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600
    assert old.strip() not in (tmp_path / "key").read_bytes()
    (tmp_path / "key").write_bytes(old)
    with pytest.raises(VaultError, match="does not open it"):
        opened(tmp_path, database).value("shop", "", "NAME_1")


@pytest.mark.parametrize("when", ["after the key was written", "while sealing", "before the old key was forgotten"])
def test_a_rotation_that_is_interrupted_harms_nothing_and_the_next_completes_it(
    tmp_path: Path, database: Database, when: str, monkeypatch: pytest.MonkeyPatch
):
    vault = opened(tmp_path, database)
    values = filled(vault)

    class KilledError(BaseException):
        pass

    with monkeypatch.context() as killed:
        seal_anew, write, calls = keyring._seal_anew, Keyring._write, []

        def dies_before_sealing(*given: object) -> int:
            raise KilledError

        def dies_at_the_second_write(self: Keyring, keys: list[bytes]) -> None:
            calls.append(keys)
            if len(calls) == 2:
                raise KilledError
            write(self, keys)

        class Dies:
            def __init__(self, fernet: object) -> None:
                self.count = 0

            def rotate(self, token: bytes) -> bytes:
                self.count += 1
                if self.count == 7:
                    raise KilledError
                return token

        if when == "after the key was written":
            killed.setattr(keyring, "_seal_anew", dies_before_sealing)
        elif when == "while sealing":
            killed.setattr(keyring, "_seal_anew", lambda database, fernet: seal_anew(database, Dies(fernet)))  # type: ignore[arg-type]
        else:
            killed.setattr(Keyring, "_write", dies_at_the_second_write)
        with pytest.raises(KilledError):
            vault.keyring.rotate(database)
    assert (read(vault), read(opened(tmp_path, database))) == (values, values)
    assert len((tmp_path / "key").read_bytes().split()) == 2
    vault.keyring.rotate(database)
    assert len((tmp_path / "key").read_bytes().split()) == 1
    assert read(opened(tmp_path, database)) == values


def test_where_a_value_does_not_open_everything_stays_as_it_was(tmp_path: Path, database: Database):
    vault = opened(tmp_path, database)
    filled(vault)
    Store(tmp_path, database).put_secret("blog", "", "FOREIGN", b"gAAAAA", replace=True)
    key = (tmp_path / "key").read_bytes()
    with pytest.raises(VaultError, match="does not open everything that is sealed"):
        vault.keyring.rotate(database)
    assert (tmp_path / "key").read_bytes().strip() == key.strip()
    assert vault.value("shop", "", "NAME_1") == "value 1"


def test_what_is_put_while_the_key_changes_again_and_again_is_never_lost(tmp_path: Path, database: Database):
    """Another process has its own view of the key."""
    stop = threading.Event()
    put: dict[str, str] = {}

    def write() -> None:
        vault = opened(tmp_path, database)
        while not stop.is_set():
            name = f"NAME_{len(put)}"
            vault.put("shop", name, name)
            put[name] = name

    thread = threading.Thread(target=write)
    thread.start()
    rotating = opened(tmp_path, database).keyring
    for _ in range(15):
        rotating.rotate(database)
    stop.set()
    thread.join(20)
    assert put
    assert read(opened(tmp_path, database)) == put


@pytest.mark.parametrize(
    "key",
    [*KNOWN, base64.urlsafe_b64encode(bytes(32)), base64.urlsafe_b64encode(b"correct horse battery staple 123")],
    ids=["specification", "readme", "zeros", "passphrase"],
)
def test_a_key_that_can_be_guessed_is_refused(tmp_path: Path, database: Database, key: bytes):
    (tmp_path / "key").write_bytes(key)
    (tmp_path / "key").chmod(0o600)
    with pytest.raises(VaultError, match="can be guessed: it is a known example, or was written by hand; make one"):
        opened(tmp_path, database)


def test_several_machines_share_a_key_file_that_is_never_made(tmp_path: Path, database: Database):
    opened(tmp_path, database)
    shared = tmp_path / "shared"
    with pytest.raises(VaultError, match="shared: is missing"):
        Vault(tmp_path, Store(tmp_path, database), shared)
    (tmp_path / "key").rename(shared)
    vault = Vault(tmp_path, Store(tmp_path, database), shared)
    vault.put("shop", "TOKEN", "x")
    named = Keyring(tmp_path / "elsewhere", is_new=True, environment={"BACKDRAFT_KEY_FILE": str(shared)})
    assert named.path == shared
    assert not (tmp_path / "key").exists()


def test_every_column_of_bytes_is_sealed_or_said_not_to_be():
    columns = [column for table in METADATA.sorted_tables for column in table.columns]
    unknown = [
        str(column)
        for column in columns
        if isinstance(column.type, LargeBinary) and not column.info.get(SEALED) and str(column) not in NOT_SEALED
    ]
    assert unknown == []
