"""`backdraft deploy`: make a schema run."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from deployer.stopping import obeying
from ui.failure import SIGNALLED
from ui.output import duration, json_option, say, tell, tell_json, tell_notes
from ui.progress import shown_progress
from ui.target import deploying, file_argument, read_schema

if TYPE_CHECKING:
    from ui.deploying import ToldOutcome


@click.command("deploy")
@file_argument
@click.option("--why", default="", metavar="TEXT", help="A sentence for the history of releases.")
@json_option
@click.pass_context
def command(context: click.Context, file: Path | None, why: str, as_json: bool) -> None:
    """Make what is drawn run.

    Pulls or builds the images, makes what is new beside what is old, and ends when every component is ready, with the
    addresses of what is published. A deploy that fails, or is stopped with Ctrl-C, SIGTERM or SIGHUP, goes back to what
    ran before. One that was handed to a server goes on there: Ctrl-C ends the watching alone.
    FILE is a schema or its folder; backdraft.yml here, unless named.

    \b
    Example:
      backdraft deploy
      backdraft deploy staging.yml --why "two more workers for the sale"
      backdraft deploy --json | jq -r '.urls[]'
    """
    read = read_schema(file)
    made = deploying(context)
    with obeying(), shown_progress(read.schema.components) as listener:
        outcome = made.deploy(read, listener, why)
    report(read.schema.name, outcome, as_json, f"{read.schema.name}: up in {duration(outcome.seconds)}")


def report(project: str, outcome: "ToldOutcome", as_json: bool, success: str) -> None:
    """Tell how it ended, and end the command with the exit code that says so."""
    if as_json:
        tell_json(
            {
                "project": project,
                "ok": outcome.ok,
                "interrupted": outcome.stopped_by is not None,
                "release": outcome.release,
                "seconds": round(outcome.seconds, 3),
                "urls": list(outcome.urls),
                "commits": dict(outcome.commits),
                "failures": [asdict(failure) for failure in outcome.failures],
                "steps": list(outcome.plan.steps),
                "notes": list(outcome.plan.notes),
            }
        )
    else:
        for url in outcome.urls if outcome.ok else ():
            tell(url)
    tell_notes(outcome.plan.notes)
    for failure in outcome.failures:
        say(click.style(str(failure), fg="red"))
    if outcome.stopped_by is not None:
        say(f"{project}: stopped after {duration(outcome.seconds)}; `backdraft status {project}` tells what runs")
        raise click.exceptions.Exit(SIGNALLED + outcome.stopped_by)
    if not outcome.ok:
        say(f"{project}: failed after {duration(outcome.seconds)}; `backdraft status {project}` tells what runs")
        raise click.exceptions.Exit(1)
    say(f"{project}: nothing to do" if outcome.plan.is_empty else success)
