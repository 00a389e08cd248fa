"""`backdraft run`: start a job now."""

import click

from ui import completions
from ui.commands.logs import split_target
from ui.output import say
from ui.progress import shown_progress
from ui.target import deploying, shown


@click.command("run")
@click.argument("target", metavar="NAME/JOB", shell_complete=completions.jobs)
@click.pass_context
def command(context: click.Context, target: str) -> None:
    """Start a job of a deployed project now.

    A job is a component that runs to its end, such as one of kind `job`. Waits for that, and ends with 1 when it fails.

    \b
    Example:
      backdraft run shop/nightly
    """
    project, job = split_target(target)
    if job is None:
        raise click.UsageError(f"{shown(target)} names no job; write {project}/JOB")
    with shown_progress(()) as listener:
        code = deploying(context).run_job(project, job, listener)
    say(f"{target}: done" if code == 0 else f"{target}: ended with exit code {code}; see: backdraft logs {target}")
    if code:
        raise click.exceptions.Exit(1)
