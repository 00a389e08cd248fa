"""What the deployer remembers."""

import os
import sqlite3
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from composer.home import HomeError, home_path
from deployer.store import Store, StoreError


def test_the_state_folder_is_named_by_the_environment_and_absolute(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", "/home/ada")
    assert home_path({"BACKDRAFT_HOME": "state"}) == tmp_path / "state"
    assert home_path({"BACKDRAFT_HOME": ""}) == Path("/home/ada/.backdraft")


def test_the_state_folder_is_made_for_its_owner_only(tmp_path: Path):
    Store(tmp_path / "deep" / "home")
    assert stat.S_IMODE((tmp_path / "deep" / "home").stat().st_mode) == 0o700


def test_a_state_folder_that_is_a_file_is_refused_with_a_remedy(tmp_path: Path):
    (tmp_path / "home").write_text("")
    with pytest.raises(StoreError) as caught:
        Store(tmp_path / "home")
    assert str(caught.value) == f"{tmp_path}/home: is not a folder; set BACKDRAFT_HOME to one"
    assert isinstance(caught.value.__cause__, HomeError)


def test_many_may_open_a_new_state_folder_at_once(tmp_path: Path):
    for number in range(20):
        with ThreadPoolExecutor(6) as pool:
            stores = list(pool.map(lambda _, home=tmp_path / str(number): Store(home), range(6)))
        for store in stores:
            store.close()


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path):
    (tmp_path / "backdraft.db").write_bytes(b"these are not the pages you are looking for" * 30)
    with pytest.raises(StoreError, match=r"backdraft\.db: file is not a database; mend or move that database away"):
        Store(tmp_path)
    assert (tmp_path / "backdraft.db").read_bytes().startswith(b"these are not")


def test_the_database_keeps_a_write_ahead_log_and_its_foreign_keys(tmp_path: Path):
    store = Store(tmp_path)
    with store._database.reading() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_a_reader_is_not_kept_waiting_by_a_writer(tmp_path: Path):
    store = Store(tmp_path)
    other = sqlite3.connect(tmp_path / "backdraft.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert store.releases("shop") == ()
    other.execute("ROLLBACK")


def test_a_state_folder_that_cannot_be_written_is_refused():
    # nobody makes a folder in /proc, not even root
    with pytest.raises(StoreError, match="set BACKDRAFT_HOME"):
        Store(Path("/proc/backdraft"))


@pytest.mark.parametrize(("before", "after"), [(0o755, 0o700), (0o777, 0o700), (0o1777, 0o1777)], ids=oct)
def test_a_state_folder_is_closed_to_others_unless_it_is_shared_on_purpose(tmp_path: Path, before: int, after: int):
    (tmp_path / "home").mkdir()
    (tmp_path / "home").chmod(before)
    Store(tmp_path / "home")
    assert stat.S_IMODE((tmp_path / "home").stat().st_mode) == after


def test_the_database_and_what_lies_beside_it_is_readable_by_its_owner_only(tmp_path: Path):
    before = os.umask(0)
    try:
        store = Store(tmp_path)
        (tmp_path / "backdraft.db").chmod(0o644)
        (tmp_path / "backdraft.db-wal").chmod(0o644)
        again = Store(tmp_path)
        again.put_setting("images", "local")
        modes = {path.name: oct(stat.S_IMODE(path.stat().st_mode)) for path in tmp_path.glob("backdraft.db*")}
        store.setting("images")
    finally:
        os.umask(before)
    assert modes == dict.fromkeys(("backdraft.db", "backdraft.db-shm", "backdraft.db-wal"), "0o600")


def test_projects_are_those_deployed_and_not_destroyed_and_those_with_secrets(tmp_path: Path):
    store = Store(tmp_path)
    for name in ("shop", "gone", "half"):
        store.finish(name, store.begin(name, f"name: {name}", "", "ada").number, "done")
    store.finish("gone", store.begin("gone", "", "", "ada", "destroyed").number, "done")
    store.finish("half", store.begin("half", "", "", "ada", "destroyed").number, "interrupted")
    store.put_secret("early", "", "TOKEN", b"sealed", replace=True)
    store.put_secret("late", "", "TOKEN", b"sealed", replace=True)
    store.forget_secrets("late")
    assert store.projects() == ("early", "half", "shop")
