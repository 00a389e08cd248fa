"""Which server a command speaks with: options before the environment before profiles; keys are for their owner only."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from ui.cli import cli
from ui.profiles import Access, ProfileError, access, file_path, keep, profiles

KEY = "bdk_a:bds_0123456789"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {"XDG_CONFIG_HOME": str(tmp_path)}


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    path = tmp_path / "key"
    path.touch(mode=0o600)
    path.write_text(f"{KEY}\n")
    return path


def test_without_any_word_of_a_server_the_engine_here_is_meant(environment: dict[str, str]):
    keep("default", Access("https://one.example", KEY), environment)
    assert access(None, None, None, environment) is None


def test_profiles_are_kept_for_their_owner_only_and_read_again(environment: dict[str, str]):
    one, two = Access("https://one.example", KEY), Access("https://two.example", "bdk_b:bds_2")
    keep('one "of" us', one, environment)
    path = keep("two", two, environment)
    assert (path.stat().st_mode & 0o777, path) == (0o600, file_path(environment))
    assert profiles(environment) == {'one "of" us': one, "two": two}
    assert access(None, None, "two", environment) == two
    assert access(None, None, None, {**environment, "BACKDRAFT_PROFILE": "two"}) == two
    assert KEY not in repr(one)


def test_options_win_over_the_environment(environment: dict[str, str], key_file: Path):
    keep("one", Access("https://one.example", "bdk_b:bds_2"), environment)
    told = {**environment, "BACKDRAFT_SERVER": "https://env.example", "BACKDRAFT_KEY": "bdk_c:bds_3"}
    assert access(None, None, None, told) == Access("https://env.example", "bdk_c:bds_3")
    assert access("https://two.example", key_file, None, told) == Access("https://two.example", KEY)
    assert access(None, key_file, "one", told) == Access("https://one.example", KEY)
    assert access("https://one.example/", None, None, environment) == Access("https://one.example", "bdk_b:bds_2")


def test_what_is_missing_or_exposed_is_told_with_what_helps(environment: dict[str, str], key_file: Path):
    with pytest.raises(ProfileError, match="there is no profile 'shop'; make it with: backdraft login"):
        access(None, None, "shop", environment)
    with pytest.raises(ProfileError, match=r"https://one\.example: there is no key for it; name a --key-file, set"):
        access("https://one.example", None, None, environment)
    key_file.chmod(0o644)
    with pytest.raises(ProfileError, match=r"key: others may read it \(mode 0644\); run: chmod 600 "):
        access("https://one.example", key_file, None, environment)
    path = keep("one", Access("https://one.example", KEY), environment)
    for text, fault in (
        ("[one", "cannot be read"),
        ("[one]\nserver = 1", "one: needs server and key"),
        ("a = 1", "a: n"),
    ):
        path.write_text(text)
        with pytest.raises(ProfileError, match=fault):
            profiles(environment)


def test_a_server_may_be_named_before_or_after_the_verb_and_is_told_where_it_does_not_answer(key_file: Path):
    words = ["--server", "http://127.0.0.1:9", f"--key-file={key_file}"]
    said = "Error: http://127.0.0.1:9 does not answer: Connection refused\n"
    for line in ([*words, "projects"], ["projects", *words], [words[0], words[1], "projects", words[2]]):
        result = CliRunner().invoke(cli, line)
        assert (result.exit_code, result.stderr) == (1, said), result.output


def test_a_key_that_is_none_is_told_before_anything_is_sent(key_file: Path):
    key_file.write_text("hunter2")
    result = CliRunner().invoke(cli, ["projects", "--server", "http://127.0.0.1:9", "--key-file", str(key_file)])
    assert (result.exit_code, result.stderr) == (1, "Error: that is no access key; it is written bdk_…:bds_…\n")
