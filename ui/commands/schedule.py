"""`backdraft schedule`: start jobs when they are due."""

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from ui import completions
from ui.output import json_option, say, table, tell, tell_json
from ui.target import NAME, counted, deployer, stay_here

if TYPE_CHECKING:
    from deployer.jobs import Jobs

LOOK_EVERY = 5.0


@click.command("schedule")
@click.argument("name", required=False, type=NAME, shell_complete=completions.projects)
@click.option("--list", "only_list", is_flag=True, help="Show the jobs and when each is due next, and end.")
@json_option
@click.pass_context
def command(context: click.Context, name: str | None, only_list: bool, as_json: bool) -> None:
    """Start scheduled jobs when they are due, until Ctrl-C.

    The jobs that have a `schedule:` in their schema, of every project that was deployed from this state folder, unless
    one is named. Times are UTC. A server starts the jobs of its projects by itself, and each job is started once where
    both watch the same state folder. It is for the engine here: --server does not go with it.
    Have your service manager keep this running: what falls due while it does not run is not made up for.

    \b
    Example:
      backdraft schedule --list   # what is due when
      backdraft schedule          # start it then
    """
    from deployer.schedule import next_time

    stay_here(context, "a server starts the jobs of its projects by itself")
    made = deployer(context).jobs
    since = datetime.now(UTC)
    coming = [(job, next_time(job.schedule, since)) for job in made.scheduled(name)]
    if as_json:
        tell_json(
            [
                {"project": job.project, "job": job.component, "schedule": job.schedule, "next": when.isoformat()}
                for job, when in coming
            ]
        )
    elif coming:
        rows = [(f"{job.project}/{job.component}", job.schedule, f"{when:%Y-%m-%d %H:%M}") for job, when in coming]
        tell(table(("JOB", "SCHEDULE", "NEXT (UTC)"), rows))
    if not coming:
        say("no scheduled job is deployed yet")
    if only_list or as_json:
        return
    say(f"watching {counted(len(coming), 'job')}; Ctrl-C ends it")
    while True:
        time.sleep(LOOK_EVERY)
        since = look(made, name, since, datetime.now(UTC))


def look(made: "Jobs", name: str | None, since: datetime, now: datetime) -> datetime:
    """Start what fell due after `since` and not after `now`: the time after which to look next.

    Where the engine did not answer that is `since` again, so that no job is lost.
    """
    from deployer.errors import DeployerError

    try:
        started = made.start_due(name, since, now)
    except DeployerError as error:
        say(f"{now:%Y-%m-%dT%H:%M:%SZ} {error}; looking again")
        return since
    for job in started:
        state = job.fault or ("still runs, let be" if job.is_running else "started")
        tell(f"{now:%Y-%m-%dT%H:%M:%SZ} {job.project}/{job.component} {state}")
    return now
