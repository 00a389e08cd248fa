"""`backdraft restore`: a backup becomes a state folder again."""

from pathlib import Path

import click

from composer.home import home_path
from ui.output import say


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path))
def command(file: Path) -> None:
    """Make a state folder of a backup.

    It has to be new or empty; what lives is never written over.

    \b
    Example:
      BACKDRAFT_HOME=/srv/backdraft backdraft restore backdraft-monday.tar.gz
    """
    from ui.backup import BackupError, put_back

    home = home_path()
    try:
        names = put_back(home, file)
    except BackupError as error:
        raise click.ClickException(str(error)) from error
    say(f"{home}: has {', '.join(names)} of the backup; look at it with: backdraft doctor")
