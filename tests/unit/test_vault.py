"""Secrets at rest."""

import sqlite3
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from deployer.store import Store
from deployer.vault import SecretMissingError, Vault, VaultError

CANARY = "canary-7f3b"


def opened(home: Path) -> Vault:
    return Vault(home, Store(home))


def test_a_secret_comes_back_as_it_was_put(tmp_path: Path):
    text = "päss $word' \"{}\n\u0000 end"
    opened(tmp_path).put("shop", "TOKEN", text)
    assert opened(tmp_path).value("shop", "", "TOKEN") == text


def test_secrets_are_made_once_of_letters_and_digits_in_the_wanted_length(tmp_path: Path):
    vault = opened(tmp_path)
    vault.ensure("shop", {("db", "password"): 32, ("cache", "password"): 200})
    first = [vault.value("shop", owner, "password") for owner in ("db", "cache")]
    vault.ensure("shop", {("db", "password"): 64, ("cache", "password"): 200})
    assert [vault.value("shop", owner, "password") for owner in ("db", "cache")] == first
    assert [(len(value), value.isascii() and value.isalnum()) for value in first] == [(32, True), (200, True)]
    assert vault.versions("shop") == {("cache", "password"): 1, ("db", "password"): 1}


def test_processes_that_race_agree_on_key_and_value(tmp_path: Path):
    def made(_: int) -> str:
        vault = opened(tmp_path)
        vault.ensure("shop", {("db", "password"): 32})
        return vault.value("shop", "db", "password")

    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(made, range(16)))) == 1
    assert sorted(path.name for path in tmp_path.iterdir() if "key" in path.name) == ["key"]


def test_a_version_rises_with_every_change_and_never_comes_back(tmp_path: Path):
    vault = opened(tmp_path)
    seen = []
    for act in (
        lambda: vault.put("shop", "TOKEN", "a"),
        lambda: vault.put("shop", "TOKEN", "b"),
        lambda: vault.remove("shop", "TOKEN"),
        lambda: vault.put("shop", "TOKEN", "c"),
        lambda: vault.forget("shop"),
        lambda: vault.ensure("shop", {("", "TOKEN"): 16}),
    ):
        act()
        seen.append(dict(vault.versions("shop")))
    assert seen == [{("", "TOKEN"): 1}, {("", "TOKEN"): 2}, {}, {("", "TOKEN"): 3}, {}, {("", "TOKEN"): 4}]


def test_projects_do_not_see_each_other(tmp_path: Path):
    vault = opened(tmp_path)
    vault.put("shop", "TOKEN", "a")
    vault.put("blog", "TOKEN", "b")
    vault.forget("blog")
    assert (vault.names("shop"), vault.names("blog"), vault.value("shop", "", "TOKEN")) == (("TOKEN",), (), "a")
    assert [vault.remove("shop", "TOKEN"), vault.remove("shop", "TOKEN")] == [True, False]


def test_a_missing_secret_says_how_to_set_it(tmp_path: Path):
    vault = opened(tmp_path)
    said = []
    for owner, name in (("", "TOKEN"), ("db", "password")):
        with pytest.raises(SecretMissingError) as caught:
            vault.value("shop", owner, name)
        said.append(str(caught.value))
    assert said == [
        "secret TOKEN: is not set; set it with: backdraft secrets set shop TOKEN",
        "secret db.password: is not set; deploy shop to make it",
    ]


def test_no_value_lies_in_the_folder_or_shows_in_a_text(tmp_path: Path):
    store = Store(tmp_path)
    vault = Vault(tmp_path, store)
    vault.put("shop", "TOKEN", CANARY)
    lying = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    shown = f"{vault!r}{vault}{vars(vault)}{store.secret('shop', '', 'TOKEN')!r}"
    assert CANARY.encode() not in lying
    assert CANARY not in shown
    assert (tmp_path / "key").read_text() not in shown


def test_the_key_is_for_its_owner_only(tmp_path: Path):
    opened(tmp_path)
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (
            lambda key: key.unlink(),
            "is missing, and the secrets in the database cannot be read without it; put it back",
        ),
        (lambda key: key.write_text("short"), "is damaged (not 32 bytes in base64); put it back from a backup"),
        (lambda key: key.write_text(""), "is damaged (not 32 bytes in base64); put it back from a backup"),
        (lambda key: key.chmod(0o644), "others may read it (mode 0644); run: chmod 600 "),
    ],
    ids=["lost", "short", "empty", "exposed"],
)
def test_a_key_that_cannot_be_trusted_is_refused(tmp_path: Path, harm, said: str):
    opened(tmp_path).put("shop", "TOKEN", CANARY)
    harm(tmp_path / "key")
    with pytest.raises(VaultError) as caught:
        opened(tmp_path)
    assert str(caught.value).startswith(f"{tmp_path}/key: {said}")


def test_another_key_opens_nothing_and_says_so(tmp_path: Path):
    opened(tmp_path).put("shop", "TOKEN", CANARY)
    opened(tmp_path / "other")
    (tmp_path / "key").write_bytes((tmp_path / "other" / "key").read_bytes())
    with pytest.raises(VaultError) as caught:
        opened(tmp_path).value("shop", "", "TOKEN")
    assert str(caught.value) == (
        f"secret TOKEN: {tmp_path}/key does not open it; put back the key that belongs to this state folder"
    )


def test_a_sealed_value_moved_to_another_project_does_not_open_there(tmp_path: Path):
    opened(tmp_path).put("shop", "TOKEN", CANARY)
    with sqlite3.connect(tmp_path / "backdraft.db") as connection:
        connection.execute("UPDATE secrets SET project = 'thief'")
    with pytest.raises(VaultError):
        opened(tmp_path).value("thief", "", "TOKEN")
