"""`backdraft plan`: what a deploy would do."""

from pathlib import Path

import click

from ui.output import changes, json_option, say, tell, tell_notes, totals
from ui.progress import shown_progress
from ui.target import deploying, file_argument, read_schema

CHANGES = 2


@click.command("plan")
@file_argument
@click.option("--steps", is_flag=True, help="Show every step with its number, its cause and what it waits for.")
@click.option("--detailed-exitcode", is_flag=True, help="End with 0 when nothing is to be done, 2 when something is.")
@json_option
@click.pass_context
def command(context: click.Context, file: Path | None, steps: bool, detailed_exitcode: bool, as_json: bool) -> None:
    """Show what a deploy would do, and touch nothing.

    What it would create (+), change (~) and remove (-), each with its cause. FILE is backdraft.yml unless named.

    \b
    Example:
      backdraft plan
      backdraft plan --detailed-exitcode || echo "what runs is not what is drawn"
    """
    read = read_schema(file)
    with shown_progress(()) as listener:
        plan = deploying(context).plan(read, listener)
    if as_json:
        tell(plan.json)
    elif steps and not plan.is_empty:
        tell("\n".join(plan.steps))
    elif plan.summary:
        tell(changes(plan.summary))
    tell_notes(plan.notes)
    say(f"{plan.project}: nothing to do" if plan.is_empty else f"{plan.project}: {totals(plan.summary)}")
    if detailed_exitcode and not plan.is_empty:
        raise click.exceptions.Exit(CHANGES)
