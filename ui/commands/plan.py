"""`backdraft plan`: what a deploy would do."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ui.output import changes, json_option, say, tell, tell_notes, totals
from ui.progress import shown_progress
from ui.target import deploying, file_argument, read_schema

if TYPE_CHECKING:
    from ui.deploying import ToldPlan

CHANGES = 2


@click.command("plan")
@file_argument
@click.option("--steps", is_flag=True, help="Show every step with its number, its cause and what it waits for.")
@click.option("--detailed-exitcode", is_flag=True, help="End with 0 when nothing is to be done, 2 when something is.")
@json_option
@click.pass_context
def command(context: click.Context, file: Path | None, steps: bool, detailed_exitcode: bool, as_json: bool) -> None:
    """Show what a deploy would do, and touch nothing.

    What it would create (+), change (~) and remove (-), each with its cause. What changes is made anew beside the old,
    which goes once the new is ready; `stops first` says where that cannot be, since both need the same port or data.
    Notes tell of data that is kept and unused, and of limits that add up to more than the engine's machine has.
    FILE is a schema or its folder; backdraft.yml here, unless named.

    \b
    Example:
      backdraft plan
      backdraft plan --detailed-exitcode || echo "what runs is not what is drawn"
    """
    read = read_schema(file)
    with shown_progress((), stays=False) as listener:
        plan = deploying(context).plan(read, listener)
    show(plan, as_json, steps=steps)
    if detailed_exitcode and not plan.is_empty:
        raise click.exceptions.Exit(CHANGES)


def show(plan: "ToldPlan", as_json: bool, *, steps: bool = False) -> None:
    """Tell a plan to people, or to programs."""
    if as_json:
        tell(plan.json)
    elif steps and not plan.is_empty:
        tell("\n".join(plan.steps))
    elif plan.summary:
        tell(changes(plan.summary))
    tell_notes(plan.notes)
    if plan.is_empty:
        say(f"{plan.project}: nothing to do")
    elif not plan.summary:
        say(f"{plan.project}: nothing to change; a deploy looks whether what runs is ready")
    else:
        say(f"{plan.project}: {totals(plan.summary)}")
