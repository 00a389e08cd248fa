"""What is wrong with an installation: a function for each thing that can be, each with a sentence and a remedy."""

import os
import shutil
import socket
import stat
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from composer.home import HomeError, home_path
from ui.settings import LOOPBACK, Settings, SettingsError, load

if TYPE_CHECKING:
    from sqlalchemy import Engine

LEAST_SPACE = 2**30
"""Bytes below which a deploy may not find room for an image."""
FIRST_POSSIBLE = 1_735_689_600
"""The begin of 2025: a clock that is before it was never set."""
APART = 5.0
"""Seconds that two clocks may differ: access keys are checked against five minutes, people read times."""


class Verdict(StrEnum):
    """How bad it is."""

    WELL = "well"
    NOTE = "note"
    """Worth knowing; everything works."""
    WRONG = "wrong"


@dataclass(frozen=True)
class Finding:
    """What one look found: a sentence, and what to do where something is to be done."""

    about: str
    verdict: Verdict
    text: str
    remedy: str = ""


Look = Callable[[Settings], Finding]


def examine(environment: Mapping[str, str] = os.environ) -> Iterator[Finding]:
    """Everything there is to find, in the order in which it would stop a server. Changes nothing."""
    try:
        home = home_path(environment)
        settings = load(home, environment)
    except (HomeError, SettingsError) as error:
        yield _wrong("settings", str(error), "mend what is named; docs/settings.md tells every setting")
        return
    yield _well("settings", "all of them can be used")
    for look in LOOKS:
        yield look(settings)


def state_folder(settings: Settings) -> Finding:
    """The folder of the database and the key."""
    about, home = "state folder", settings.home
    if not home.exists():
        return _note(about, f"{home} is not there yet", "the first start makes it: backdraft up")
    if not home.is_dir():
        return _wrong(about, f"{home} is not a folder", "set BACKDRAFT_HOME to one")
    if not os.access(home, os.R_OK | os.W_OK | os.X_OK):
        return _wrong(about, f"{home} cannot be written by you", "run as the user who owns it")
    exposed = [path for path in (home, *map(home.joinpath, ("backdraft.db", "settings.toml"))) if _is_exposed(path)]
    if exposed:
        return _wrong(about, f"{exposed[0]} is open to others", f"run: chmod go= {' '.join(map(str, exposed))}")
    return _well(about, f"{home} is yours alone")


def key(settings: Settings) -> Finding:
    """What seals secrets."""
    from deployer.keyring import Keyring, VaultError

    path = Path(settings.key_file) if settings.key_file else settings.home / "key"
    if not path.exists() and not settings.key_file and not (settings.home / "backdraft.db").exists():
        return _note("key", f"{path} is not there yet", "the first start makes it: backdraft up")
    try:
        Keyring(settings.home, path, is_new=False)
    except VaultError as error:
        text, _, remedy = str(error).rpartition("; ")
        return _wrong("key", text or str(error), remedy or "put it back from a backup")
    return _well("key", f"{path} can be used")


def database(settings: Settings) -> Finding:
    """Whether it answers, and of which revision it is; it is not brought up to date."""
    from sqlalchemy.exc import SQLAlchemyError

    from composer.revisions import known, newest, revision_of

    path = settings.home / "backdraft.db"
    if not settings.database_url and not path.exists():
        return _note("database", f"{path} is not there yet", "the first start makes it: backdraft up")
    engine = _database(settings)
    shown = engine.url.render_as_string() if settings.database_url else str(path)
    try:
        with engine.connect() as connection:
            revision = revision_of(connection)
    except SQLAlchemyError as error:
        fault = str(getattr(error, "orig", error)).splitlines()[0]
        remedy = "check that it runs and what the address says" if settings.database_url else "restore a backup"
        return _wrong("database", f"{shown}: {fault}", remedy)
    finally:
        engine.dispose()
    if revision == newest():
        return _well("database", f"{shown} answers, revision {revision}")
    if revision is None or revision in known():
        return _note(
            "database",
            f"{shown} is of revision {revision or 'none'}, this Backdraft of {newest()}",
            "the next start brings it up to date, after a backup",
        )
    return _wrong(
        "database",
        f"{shown} was written by a newer Backdraft (revision {revision})",
        "use that version, or restore a backup of before",
    )


def processes(settings: Settings) -> Finding:
    """Which processes live; where several share the work, one of each kind has to."""
    from sqlalchemy import text
    from sqlalchemy.exc import SQLAlchemyError

    from deployer.presence import SILENT_AFTER

    about = "processes"
    if not settings.database_url and not (settings.home / "backdraft.db").exists():
        return _note(about, "none has ever run here", "start all in one with: backdraft up")
    engine = _database(settings)
    try:
        with engine.connect() as connection:
            query = text("SELECT process, name FROM processes WHERE seen >= :since ORDER BY process, name")
            found = [
                (row.process, row.name) for row in connection.execute(query, {"since": time.time() - SILENT_AFTER})
            ]
    except SQLAlchemyError:
        return _note(about, "it is not known which live", "look at what is said of the database")
    finally:
        engine.dispose()
    told = ", ".join(f"{process} {name}" for process, name in found)
    there = {process for process, _ in found}
    missing = [each for each in ("web", "worker", "keeper") if not there & {each, "up"}]
    if settings.shares and found and missing:
        commands = " and ".join(f"backdraft {each}" for each in missing)
        return _wrong(about, f"{told} live, and no {' and no '.join(missing)}", f"start {commands}")
    return _well(about, f"{told} live") if found else _note(about, "none lives", "start all in one with: backdraft up")


def bus(settings: Settings) -> Finding:
    """The Redis between several processes."""
    if not settings.redis_url:
        return _well("bus", "one process needs none")
    from redis import Redis, RedisError

    try:
        with closing(Redis.from_url(settings.redis_url, socket_timeout=5, socket_connect_timeout=5)) as client:
            client.ping()
    except (RedisError, ValueError) as error:
        return _wrong(
            "bus",
            f"Redis does not answer: {type(error).__name__}",
            "check that it runs and what BACKDRAFT_REDIS_URL says",
        )
    return _well("bus", "Redis answers")


def engine(settings: Settings) -> Finding:
    """The Docker engine that projects are deployed to."""
    from deployer.engines.docker import connect
    from deployer.engines.interface import EngineError

    try:
        found = connect()
    except EngineError as error:
        text, _, remedy = str(error).partition(" (")
        return _wrong("engine", text, remedy.removesuffix(")"))
    version = found.client.version()["Version"]
    found.client.close()
    return _well("engine", f"Docker {version} answers")


def images(settings: Settings) -> Finding:
    """Where images come from."""
    chosen = os.environ.get("BACKDRAFT_IMAGES", "")
    if not chosen and not settings.database_url and (settings.home / "backdraft.db").exists():
        import sqlite3

        with closing(sqlite3.connect(f"file:{settings.home / 'backdraft.db'}?mode=ro", uri=True)) as connection:
            try:
                row = connection.execute("SELECT value FROM settings WHERE name = 'images'").fetchone()
            except sqlite3.Error:
                row = None
        chosen = str(row[0]) if row else ""
    if not chosen:
        return _note("images", "nobody chose where images come from", "the first deploy does, or: backdraft images use")
    return _well("images", f"they come from: {chosen}")


def disk_space(settings: Settings) -> Finding:
    """Room for the database, for sources and for images."""
    folder = next(path for path in (settings.home, *settings.home.parents) if path.exists())
    free = shutil.disk_usage(folder).free
    if free < LEAST_SPACE:
        return _wrong(
            "disk space",
            f"{free / 2**20:.0f} MiB are free at {folder}",
            "make room: `docker system df` tells what images and volumes take",
        )
    return _well("disk space", f"{free / 2**30:.0f} GiB are free at {folder}")


def clock(settings: Settings) -> Finding:
    """The time, which access keys and certificates are checked by."""
    now = time.time()
    if now < FIRST_POSSIBLE:
        return _wrong(
            "clock", f"it says {time.strftime('%Y-%m-%d', time.gmtime(now))}", "set it, or run a time service"
        )
    if settings.database_url:
        from sqlalchemy import create_engine, make_url, text
        from sqlalchemy.exc import SQLAlchemyError

        engine = create_engine(make_url(settings.database_url).set(drivername="postgresql+psycopg"))
        try:
            with engine.connect() as connection:
                apart = float(connection.scalar(text("SELECT extract(epoch FROM clock_timestamp())"))) - time.time()
        except SQLAlchemyError:
            apart = 0.0  # that it does not answer is told above
        finally:
            engine.dispose()
        if abs(apart) > APART:
            return _wrong(
                "clock", f"it and that of the database are {abs(apart):.0f} s apart", "run a time service on both"
            )
    return _well("clock", f"it says {time.strftime('%Y-%m-%d %H:%M:%S UTC', time.gmtime(now))}")


def listening(settings: Settings) -> Finding:
    """Its port, and whether a server runs on this folder already."""
    from ui.serving.lock import holder, is_served

    if is_served(settings.home):
        return _well("server", f"one runs: {holder(settings.home)}")
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            return _wrong(
                "server",
                f"none runs on this folder, and {settings.listen} cannot be listened on: {error.strerror}",
                "set BACKDRAFT_LISTEN to another address, or end what listens there",
            )
    return _note("server", f"none runs; {settings.listen} is free", "start it with: backdraft up")


def reachability(settings: Settings) -> Finding:
    """Passwords cross a network only inside TLS."""
    if settings.host in LOOPBACK or settings.url.startswith("https://"):
        return _well("transport", "passwords stay on this machine, or inside TLS")
    return _note(
        "transport",
        f"{settings.listen} is open to the network, and {settings.url} is not encrypted",
        "put a proxy with TLS before it, and set BACKDRAFT_PUBLIC_URL to its https:// address",
    )


LOOKS: tuple[Look, ...] = (
    state_folder,
    key,
    database,
    processes,
    bus,
    engine,
    images,
    disk_space,
    clock,
    listening,
    reachability,
)


def _database(settings: Settings) -> "Engine":
    from sqlalchemy import create_engine, make_url

    if settings.database_url:
        address = make_url(settings.database_url).set(drivername="postgresql+psycopg")
        return create_engine(address, connect_args={"connect_timeout": 5})
    # by a path of its own: SQLite is asked not to write, not even to make a file
    return create_engine(make_url(f"sqlite:///file:{settings.home / 'backdraft.db'}?mode=ro&uri=true"))


def _is_exposed(path: Path) -> bool:
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    return bool(mode & 0o077) and not mode & stat.S_ISVTX


def _well(about: str, text: str) -> Finding:
    return Finding(about, Verdict.WELL, text)


def _note(about: str, text: str, remedy: str) -> Finding:
    return Finding(about, Verdict.NOTE, text, remedy)


def _wrong(about: str, text: str, remedy: str) -> Finding:
    return Finding(about, Verdict.WRONG, text, remedy)
