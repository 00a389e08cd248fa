"""`backdraft stacks`: what a project can begin with."""

import click

import templates
from ui.output import json_option, say, table, tell, tell_json


@click.command("stacks")
@json_option
def command(as_json: bool) -> None:
    """List what a new project can begin with.

    A stack is a schema with sample code.

    \b
    Example:
      backdraft stacks
      backdraft new shop --stack shop
    """
    import yaml

    found = [
        {"stack": path.parent.name, **yaml.safe_load(path.read_text())}
        for path in sorted(templates.STACKS.glob("*/stack.yml"))
    ]
    if as_json:
        tell_json(found)
        return
    tell(table(("STACK", "TITLE", "SUMMARY"), [(each["stack"], each["title"], each["summary"]) for each in found]))
    say("begin with one: backdraft new NAME --stack STACK")
