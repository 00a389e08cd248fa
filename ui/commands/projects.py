"""`backdraft projects`: what there is."""

import click

from ui.output import json_option, say, tell, tell_json
from ui.target import deploying


@click.command("projects")
@json_option
@click.pass_context
def command(context: click.Context, as_json: bool) -> None:
    """List the projects.

    Those of the engine here, or those of a server that you may see.

    \b
    Example:
      backdraft projects
      backdraft --server https://backdraft.example projects
    """
    found = deploying(context).projects()
    if as_json:
        tell_json(list(found))
        return
    for name in found:
        tell(name)
    if not found:
        say("there is none; begin with: backdraft new NAME")
