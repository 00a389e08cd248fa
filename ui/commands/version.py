"""`backdraft version`: which Backdraft this is."""

import click

from ui.output import json_option, tell, tell_json


@click.command("version")
@json_option
def command(as_json: bool) -> None:
    """Print the version of Backdraft.

    \b
    Example:
      backdraft version
    """
    from importlib.metadata import version

    number = version("backdraft")
    if as_json:
        tell_json({"version": number})
    else:
        tell(number)
