"""`backdraft schema`: the form of a schema, for editors."""

import click

from ui.output import tell


@click.command("schema")
def command() -> None:
    """Print the JSON Schema of backdraft.yml, for editors that complete and check as you type.

    \b
    Example:
      backdraft schema > backdraft.schema.json
    """
    tell("")
