"""`backdraft rollback`: make an older release run again."""

import click

from deployer.stopping import obeying
from ui import completions
from ui.commands import plan as plan_command
from ui.commands.deploy import report
from ui.deploying import Deploying, previous_good
from ui.output import duration, json_option, say
from ui.progress import shown_progress
from ui.target import NAME, deploying


@click.command("rollback")
@click.argument("name", type=NAME, shell_complete=completions.projects)
@click.argument("release", type=click.IntRange(1), required=False)
@click.option("--plan", "only_plan", is_flag=True, help="Show what it would do, and touch nothing.")
@click.option("--why", default="", metavar="TEXT", help="A sentence for the history of releases.")
@json_option
@click.pass_context
def command(context: click.Context, name: str, release: int | None, only_plan: bool, why: str, as_json: bool) -> None:
    """Make an older release run again.

    Its schema and its very images; nothing is built or pulled anew. `backdraft releases NAME` lists the releases.
    Unless one is named, it is the one that went well before the one that runs.

    \b
    Example:
      backdraft rollback shop --plan   # what would be done
      backdraft rollback shop
      backdraft rollback shop 12 --why "orders fail since 13"
    """
    made = deploying(context)
    number = release or _previous(made, name)
    if only_plan:
        with shown_progress((), stays=False) as listener:
            plan = made.plan_back(name, number, listener)
        say(f"{name}: back to release {number} would be")
        plan_command.show(plan, as_json)
        return
    with obeying(), shown_progress(()) as listener:
        outcome = made.roll_back(name, number, listener, why)
    report(name, outcome, as_json, f"{name}: back to release {number} in {duration(outcome.seconds)}")


def _previous(made: Deploying, name: str) -> int:
    found = previous_good(made.releases(name))
    if found is None:
        raise click.ClickException(
            f"{name}: there is no release that went well before the one that runs; "
            f"`backdraft releases {name}` lists them all"
        )
    return found.number
