"""`backdraft rollback`: make an older release run again."""

import click

from deployer.stopping import obeying
from ui.commands.deploy import report
from ui.output import duration, json_option
from ui.progress import shown_progress
from ui.target import NAME, deploying


@click.command("rollback")
@click.argument("name", type=NAME)
@click.argument("release", type=click.IntRange(1))
@click.option("--why", default="", metavar="TEXT", help="A sentence for the history of releases.")
@json_option
@click.pass_context
def command(context: click.Context, name: str, release: int, why: str, as_json: bool) -> None:
    """Make an older release run again.

    Its schema and its very images; nothing is built or pulled anew. `backdraft releases NAME` lists the releases.

    \b
    Example:
      backdraft rollback shop 12 --why "orders fail since 13"
    """
    made = deploying(context)
    with obeying(), shown_progress(()) as listener:
        outcome = made.roll_back(name, release, listener, why)
    report(name, outcome, as_json, f"{name}: back to release {release} in {duration(outcome.seconds)}")
