"""The settings of a server."""

from __future__ import annotations

from pathlib import Path

import pytest

from ui.settings import SettingsError, documented, load


def test_without_any_a_server_listens_on_this_machine_only(tmp_path: Path):
    settings = load(tmp_path, {})
    assert (settings.host, settings.port, settings.url) == ("127.0.0.1", 8273, "http://127.0.0.1:8273")


def test_the_environment_wins_over_the_file(tmp_path: Path):
    (tmp_path / "settings.toml").write_text('listen = "127.0.0.1:1"\nthreads = 8\nlook_every = 2.5\n')
    settings = load(tmp_path, {"BACKDRAFT_LISTEN": "[::1]:2", "BACKDRAFT_PUBLIC_URL": "https://backdraft.example/"})
    assert (settings.host, settings.port, settings.threads, settings.look_every) == ("::1", 2, 8, 2.5)
    assert settings.url == "https://backdraft.example"


def test_every_fault_is_told_at_once_with_its_place_and_no_password(tmp_path: Path):
    (tmp_path / "settings.toml").write_text(
        'threads = "many"\nstreems = 5\nlog_level = "loud"\ndatabase_url = "mysql://ada:hush@db/x"\n'
    )
    with pytest.raises(SettingsError) as caught:
        load(
            tmp_path, {"BACKDRAFT_LISTEN": "everywhere", "BACKDRAFT_STREAMS": "-1", "BACKDRAFT_SMTP_URL": "smtp://mail"}
        )
    file = tmp_path / "settings.toml"
    assert str(caught.value).splitlines() == [
        f"{file}: streems: there is no such setting; did you mean 'streams'?",
        "BACKDRAFT_LISTEN: 'everywhere' is not possible; write an address and a port, such as 127.0.0.1:8273",
        f"{file}: database_url: what is given is not possible; write postgresql://…, or leave it out (postgresql)",
        f"{file}: threads: 'many' is not a whole number",
        "BACKDRAFT_STREAMS: '-1' is not a whole number",
        f"{file}: log_level: 'loud' is not possible; write one of debug, info, warning, error",
        "BACKDRAFT_SMTP_URL: needs mail_from as well, the sender of what is mailed",
    ]


@pytest.mark.parametrize("content", ["threads = ", "\xff"])
def test_a_file_that_is_no_toml_is_told_as_one(tmp_path: Path, content: str):
    (tmp_path / "settings.toml").write_text(content, encoding="latin-1")
    with pytest.raises(SettingsError, match=r"settings\.toml: is not TOML"):
        load(tmp_path, {})


def test_redis_alone_makes_no_sense(tmp_path: Path):
    with pytest.raises(SettingsError, match="REDIS_URL: needs database_url as well"):
        load(tmp_path, {"BACKDRAFT_REDIS_URL": "redis://localhost"})


def test_every_setting_is_documented_with_a_meaning():
    assert all(meaning.endswith(".") for *_, meaning in documented())
