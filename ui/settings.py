"""The settings of a server: from the environment and from `settings.toml`, all checked at once before it starts."""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from composer.spelling import suggestion

FILE_NAME = "settings.toml"
PREFIX = "BACKDRAFT_"
LOOPBACK = ("127.0.0.1", "::1", "localhost")


class SettingsError(Exception):
    """Settings that no server can start with: every fault, a line each, with its place and its remedy."""


def _setting(default: Any, meaning: str, example: str = "", check: Callable[[Any], str] = lambda value: "") -> Any:
    return field(default=default, metadata={"meaning": meaning, "example": example, "check": check})


def _is_address(value: str) -> str:
    host, _, port = value.rpartition(":")
    fits = host and port.isdecimal() and int(port) < 65536
    return "" if fits else "write an address and a port, such as 127.0.0.1:8273"


def _is_url(*schemes: str) -> Callable[[str], str]:
    def check(value: str) -> str:
        parts = urlsplit(value)
        fits = not value or (parts.scheme in schemes and bool(parts.hostname))
        return (
            "" if fits else f"write {schemes[0]}://…" + (f", or leave it out ({', '.join(schemes)})" if schemes else "")
        )

    return check


def _is_token(value: str) -> str:
    return "" if not value or len(value) >= 16 else "write 16 characters at least, such as of: openssl rand -hex 16"


def _is_absolute(value: str) -> str:
    return "" if not value or Path(value).is_absolute() else "write a whole path, such as /etc/backdraft/key"


def _is_one_of(*words: str) -> Callable[[str], str]:
    return lambda value: "" if value in words else f"write one of {', '.join(words)}"


def _is_between(least: float, most: float) -> Callable[[float], str]:
    return lambda value: "" if least <= value <= most else f"write a number from {least:g} to {most:g}"


@dataclass(frozen=True)
class Settings:
    """What a server is told from outside. Each may be given as `BACKDRAFT_NAME` or in the file; the former wins."""

    home: Path
    listen: str = _setting("127.0.0.1:8273", "Address and port of the page and the API.", "0.0.0.0:8273", _is_address)
    public_url: str = _setting(
        "",
        "How people reach it, for links and for the check of where requests come from. Unless given, http:// and "
        "what it listens on.",
        "https://backdraft.example",
        _is_url("https", "http"),
    )
    database_url: str = _setting(
        "",
        "PostgreSQL instead of the SQLite file in the state folder.",
        "postgresql://backdraft:…@db/backdraft",
        _is_url("postgresql"),
    )
    redis_url: str = _setting(
        "",
        "Redis, for several processes: the doorbell of deploys and the bus of news.",
        "redis://redis:6379/0",
        _is_url("redis", "rediss"),
    )
    trusted_proxies: int = _setting(
        0,
        "How many proxies of yours stand before it, whose X-Forwarded-For and -Proto are believed.",
        "1",
        _is_between(0, 8),
    )
    threads: int = _setting(
        32, "Requests that are answered at the same time, besides streams.", "64", _is_between(4, 512)
    )
    streams: int = _setting(
        200, "Live streams at the same time; one more is answered with 503.", "1000", _is_between(1, 5000)
    )
    requests_per_minute: int = _setting(
        1200,
        "Requests that one caller may make, as a mean; up to as many as of ten seconds may come at once. From one "
        "address may come five times as many, of all callers behind it.",
        "6000",
        _is_between(10, 1_000_000),
    )
    stop_within: float = _setting(
        20.0,
        "Seconds that requests and deploys get to come to an end when the server is stopped; a deploy that needs "
        "longer is gone on with by whoever serves next.",
        "120",
        _is_between(1, 3600),
    )
    deploys_at_once: int = _setting(2, "Deploys of different projects at the same time.", "4", _is_between(1, 64))
    look_every: float = _setting(
        30.0,
        "Seconds between two looks of the keeper at what runs, besides those that events cause.",
        "60",
        _is_between(1, 3600),
    )
    session_hours: float = _setting(
        168.0, "Hours after which somebody who did nothing has to sign in again.", "12", _is_between(0.1, 8760)
    )
    log_level: str = _setting(
        "info", "The least that is logged.", "warning", _is_one_of("debug", "info", "warning", "error")
    )
    log_format: str = _setting("text", "Text for people, or JSON, a line each.", "json", _is_one_of("text", "json"))
    metrics_token: str = _setting(
        "",
        "What a scraper of /metrics shows as its bearer token, 16 characters at least; without it, /metrics answers "
        "this machine only.",
        "…",
        _is_token,
    )
    key_file: str = _setting(
        "",
        "The key that seals secrets, where several machines share it; unless given, `key` in the state folder, which "
        "is made at the first start.",
        "/etc/backdraft/key",
        _is_absolute,
    )
    git_key_file: str = _setting(
        "",
        "A private key for ssh, mode 0600, with which sources in git are fetched for projects that have no deploy key "
        "of their own: whoever may deploy any project can build from whatever it may read. Without it, only what is "
        "public.",
        "/etc/backdraft/deploy_key",
        _is_absolute,
    )
    smtp_url: str = _setting(
        "",
        "Where mail is handed in; without it, nobody is mailed and links are printed by `backdraft users`.",
        "smtps://user:…@mail.example",
        _is_url("smtp", "smtps"),
    )
    mail_from: str = _setting("", "The sender of mail.", "backdraft@example.org")
    oidc_issuer: str = _setting(
        "",
        "An OpenID Connect provider that people may sign in with.",
        "https://login.example",
        _is_url("https", "http"),
    )
    oidc_client_id: str = _setting("", "What the provider calls this server.", "backdraft")
    oidc_client_secret: str = _setting("", "What the provider knows it by.", "…")

    @property
    def url(self) -> str:
        """How people reach it, without a slash at its end."""
        return (self.public_url or f"http://{self.listen}").rstrip("/")

    @property
    def shares(self) -> bool:
        """Whether several processes can serve it: they share PostgreSQL and Redis."""
        return bool(self.database_url and self.redis_url)

    @property
    def host(self) -> str:
        """The address it listens on."""
        return self.listen.rpartition(":")[0].strip("[]")

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self.listen.rpartition(":")[2])


def load(home: Path, environment: Mapping[str, str]) -> Settings:
    """The settings of the state folder `home`. Raises SettingsError with every fault."""
    given, faults = _of_file(home / FILE_NAME)
    values: dict[str, Any] = {}
    for each in _SETTINGS:
        variable = f"{PREFIX}{each.name.upper()}"
        if variable in environment:
            place, raw = variable, environment[variable]
        elif each.name in given:
            place, raw = f"{home / FILE_NAME}: {each.name}", given[each.name]
        else:
            continue
        try:
            values[each.name] = _converted(raw, each.default)
        except ValueError as error:
            faults.append(f"{place}: {error}")
            continue
        if remedy := each.metadata["check"](values[each.name]):
            faults.append(f"{place}: {_shown(each.name, raw)} is not possible; {remedy}")
    faults += _that_need_each_other(values)
    if faults:
        raise SettingsError("\n".join(faults))
    return Settings(home, **values)


def documented() -> Iterator[tuple[str, str, str, str, str]]:
    """Name, variable, default, example and meaning of every setting, for the pages."""
    for each in _SETTINGS:
        default = "" if each.default == "" else str(each.default)
        yield each.name, f"{PREFIX}{each.name.upper()}", default, each.metadata["example"], each.metadata["meaning"]


def is_confidential(name: str) -> bool:
    """Whether the setting of that name may hold a password."""
    return name.endswith(("_url", "_secret", "_token")) and name != "public_url"


def _of_file(path: Path) -> tuple[Mapping[str, Any], list[str]]:
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}, []
    except OSError as error:
        return {}, [f"{path}: cannot be read: {error.strerror}; run as the user who owns it"]
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        return {}, [f'{path}: is not TOML: {error}; write lines such as listen = "127.0.0.1:8273"']
    known = [each.name for each in _SETTINGS]
    return given, [
        f"{path}: {name[:60]}: there is no such setting; {suggestion(name, known, len(known))}"
        for name in given
        if name not in known
    ]


def _converted(raw: Any, default: Any) -> Any:
    if isinstance(default, str):
        if not isinstance(raw, str):
            raise ValueError("is not text; put it in quotes")
        return raw
    text = str(raw).strip()
    if isinstance(default, int):
        if isinstance(raw, bool) or not re.fullmatch(r"[0-9]{1,9}", text):
            raise ValueError(f"{text[:40]!r} is not a whole number")
        return int(text)
    if isinstance(raw, bool) or not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,6})?", text):
        raise ValueError(f"{text[:40]!r} is not a number")
    return float(text)


def _that_need_each_other(values: Mapping[str, Any]) -> Iterator[str]:
    if values.get("oidc_issuer") and not (values.get("oidc_client_id") and values.get("oidc_client_secret")):
        yield f"{PREFIX}OIDC_ISSUER: needs oidc_client_id and oidc_client_secret as well"
    issuer = urlsplit(values.get("oidc_issuer", ""))
    if issuer.scheme == "http" and issuer.hostname not in LOOPBACK:
        yield f"{PREFIX}OIDC_ISSUER: http:// is possible on this machine only; write https://…"
    if values.get("smtp_url") and not values.get("mail_from"):
        yield f"{PREFIX}SMTP_URL: needs mail_from as well, the sender of what is mailed"
    if values.get("redis_url") and not values.get("database_url"):
        yield (
            f"{PREFIX}REDIS_URL: needs database_url as well; several processes share PostgreSQL, "
            "and one alone needs no Redis"
        )


def _shown(name: str, raw: Any) -> str:
    """What was given, unless it may hold a password."""
    return "what is given" if is_confidential(name) else repr(str(raw)[:60])


_SETTINGS = tuple(each for each in fields(Settings) if each.default is not MISSING)
