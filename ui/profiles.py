"""Which server a command speaks with, and with which key: from options, the environment, or a profile."""

import json
import os
import stat
import tempfile
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

FILE = Path("~/.config/backdraft/profiles.toml")
SERVER, KEY, PROFILE = "BACKDRAFT_SERVER", "BACKDRAFT_KEY", "BACKDRAFT_PROFILE"


class ProfileError(Exception):
    """There is no such profile, or what tells of it cannot be used: path, fault and remedy."""


@dataclass(frozen=True)
class Access:
    """A server, and the text of a key (`bdk_…:bds_…`) that it knows."""

    server: str
    key: str = field(repr=False)


def file_path(environment: Mapping[str, str] = os.environ) -> Path:
    """Where profiles are kept: below `$XDG_CONFIG_HOME`, or in `~/.config`."""
    if configured := environment.get("XDG_CONFIG_HOME"):
        return Path(configured) / "backdraft" / FILE.name
    return FILE.expanduser()


def access(
    server: str | None, key_file: Path | None, profile: str | None, environment: Mapping[str, str] = os.environ
) -> Access | None:
    """The server that is meant; None where none is, so that the engine of this machine is. Options win.

    Raises ProfileError.
    """
    server = server or (None if profile else environment.get(SERVER))
    profile = profile or (None if server else environment.get(PROFILE))
    if profile:
        found = profiles(environment).get(profile)
        if found is None:
            raise ProfileError(
                f"{file_path(environment)}: there is no profile '{profile[:60]}'; make it with: "
                f"backdraft login https://… --profile {profile[:60]}"
            )
        return Access(found.server, key_in(key_file)) if key_file else found
    if not server:
        return None
    if key_file:
        return Access(server, key_in(key_file))
    if environment.get(KEY):
        return Access(server, environment[KEY])
    for found in profiles(environment).values():
        if found.server.rstrip("/") == server.rstrip("/"):
            return found
    raise ProfileError(f"{server}: there is no key for it; name a --key-file, set {KEY}, or: backdraft login {server}")


def key_in(path: Path) -> str:
    """The key in a file. Raises ProfileError where others may read it, or it cannot be read."""
    try:
        _refuse_exposed(path)
        text = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ProfileError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from error
    return text


def profiles(environment: Mapping[str, str] = os.environ) -> Mapping[str, Access]:
    """Every profile by its name. Raises ProfileError."""
    path = file_path(environment)
    try:
        _refuse_exposed(path)
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ProfileError(f"{path}: cannot be read: {error}; mend it, or make it anew: backdraft login") from error
    found = {}
    for name, each in content.items():
        if (
            not isinstance(each, dict)
            or not isinstance(each.get("server"), str)
            or not isinstance(each.get("key"), str)
        ):
            raise ProfileError(f"{path}: {name}: needs server and key, both text; make it anew: backdraft login")
        found[name] = Access(each["server"], each["key"])
    return found


def keep(name: str, made: Access, environment: Mapping[str, str] = os.environ) -> Path:
    """Write a profile, readable by its owner only: the file. Raises ProfileError."""
    path = file_path(environment)
    every = {**profiles(environment), name: made}
    text = "".join(
        f"[{json.dumps(each)}]\nserver = {json.dumps(given.server)}\nkey = {json.dumps(given.key)}\n\n"
        for each, given in sorted(every.items())
    )
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, written = tempfile.mkstemp(prefix=".profiles-", dir=path.parent)  # mode 0600
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        Path(written).replace(path)
    except OSError as error:
        raise ProfileError(f"{path}: cannot be written: {error.strerror}") from error
    return path


def _refuse_exposed(path: Path) -> None:
    mode = path.stat().st_mode
    if stat.S_ISREG(mode) and mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise ProfileError(f"{path}: others may read it (mode {stat.S_IMODE(mode):04o}); run: chmod 600 {path}")
