"""How every process of a server starts: with settings that were checked, and a log."""

import os
from collections.abc import Callable
from typing import Any

import click

from composer.home import home_path, make_home
from ui.serving.log import log_to_stderr
from ui.settings import Settings, SettingsError, load

listen_option: Callable[[Any], Any] = click.option(
    "--listen", metavar="ADDRESS:PORT", help="Where to listen; 127.0.0.1:8273 unless a setting says otherwise."
)


def settings_with(listen: str | None = None) -> Settings:
    """The settings of this process, and its log begun. Ends the command with every fault that they have."""
    environment = {**os.environ, **({} if listen is None else {"BACKDRAFT_LISTEN": listen})}
    try:
        settings = load(make_home(home_path()), environment)
    except SettingsError as error:
        raise click.ClickException(f"{error}") from error
    log_to_stderr(settings.log_level, as_json=settings.log_format == "json")
    return settings


def shared(settings: Settings) -> Settings:
    """`settings`, which several processes can share; ends the command otherwise."""
    if settings.shares:
        return settings
    missing = [name for name in ("database_url", "redis_url") if not getattr(settings, name)]
    raise click.ClickException(
        "several processes share PostgreSQL and Redis: set "
        + " and ".join(f"BACKDRAFT_{name.upper()}" for name in missing)
        + "; on one machine alone, use: backdraft up"
    )
