"""`backdraft releases`: what was deployed before."""

from dataclasses import asdict

import click

from ui.output import age, json_option, say, table, tell, tell_json
from ui.target import NAME, deploying


@click.command("releases")
@click.argument("name", type=NAME)
@json_option
@click.pass_context
def command(context: click.Context, name: str, as_json: bool) -> None:
    """List the releases of a project, newest first.

    \b
    Example:
      backdraft releases shop
    """
    found = deploying(context).releases(name)
    if as_json:
        tell_json([asdict(each) for each in found])
        return
    if not found:
        say(f"{name}: has no releases; make one with: backdraft deploy")
        return
    rows = [
        (
            str(each.number),
            "destroyed" if each.is_end and each.outcome == "done" else each.outcome or "not ended",
            f"{age(each.began)} ago",
            each.who,
            each.why,
        )
        for each in found
    ]
    tell(table(("RELEASE", "OUTCOME", "BEGAN", "WHO", "WHY"), rows))
