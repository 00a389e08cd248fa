"""`backdraft backup`: everything that the state folder knows, in one file."""

import os
from pathlib import Path

import click

from composer.home import home_path
from ui.output import say


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path))
def command(file: Path) -> None:
    """Write all that Backdraft knows to one file.

    FILE holds the database, the key and the settings: whoever has it has every secret. It is readable by its owner
    only. A server that runs goes on. The data of projects lies in volumes of the engine and is not part of it; neither
    is what lies in PostgreSQL, which has its own tools (pg_dump).

    \b
    Example:
      backdraft backup backdraft-monday.tar.gz
    """
    from ui.backup import BackupError, back_up
    from ui.settings import SettingsError, load

    try:
        settings = load(home_path(), os.environ)
        names = back_up(settings, file)
    except (BackupError, SettingsError) as error:
        raise click.ClickException(str(error)) from error
    say(f"{file}: has {', '.join(names)} ({file.stat().st_size / 1024:.0f} KiB); keep it where nobody else reads it")
    if settings.database_url:
        say("the database lies in PostgreSQL and is not in it; back that up with pg_dump, at the same time")
