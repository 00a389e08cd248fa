"""`backdraft deploys`: what waits and runs at a server."""

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from deployer.stopping import obeying
from ui.commands.deploy import report
from ui.output import age, duration, json_option, say, table, tell, tell_json
from ui.progress import shown_progress
from ui.target import NAME, server

if TYPE_CHECKING:
    from ui.remote import Remote

number_argument = click.argument("number", type=click.IntRange(1), required=False)


@click.group("deploys")
def command() -> None:
    """See, watch and cancel what a server does.

    A deploy that was handed to a server goes on there, whatever becomes of the command that asked for it.

    \b
    Example:
      backdraft deploys list shop
      backdraft deploys watch shop
      backdraft deploys cancel shop 12
    """


@command.command("list")
@click.argument("name", type=NAME)
@json_option
@click.pass_context
def listed(context: click.Context, name: str, as_json: bool) -> None:
    """List what waits, runs and was done, newest first.

    The last 50 deploys, rollbacks, destructions, healings, starts and stops of a project.

    \b
    Example:
      backdraft deploys list shop
    """
    found = _remote(context).queued(name)
    if as_json:
        tell_json([asdict(each) for each in found])
        return
    rows = [(str(each.id), each.action, each.state, f"{age(each.created)} ago", each.who, each.why) for each in found]
    if rows:
        tell(table(("DEPLOY", "ACTION", "STATE", "QUEUED", "WHO", "WHY"), rows))
    else:
        say(f"{name}: nothing was ever asked for; begin with: backdraft deploy")


@command.command("watch")
@click.argument("name", type=NAME)
@number_argument
@json_option
@click.pass_context
def watch(context: click.Context, name: str, number: int | None, as_json: bool) -> None:
    """Watch a deploy until its end.

    Unless one is named, the one that runs, or else the first that waits. Ctrl-C leaves it to itself. Ends as
    `backdraft deploy` would.

    \b
    Example:
      backdraft deploys watch shop
    """
    made = _remote(context)
    with obeying(), shown_progress(()) as listener:
        outcome = made.watch(name, number, listener)
    report(name, outcome, as_json, f"{name}: done, watched for {duration(outcome.seconds)}")


@command.command("cancel")
@click.argument("name", type=NAME)
@number_argument
@click.pass_context
def cancel(context: click.Context, name: str, number: int | None) -> None:
    """Cancel a deploy that waits, or have one that runs go back.

    Unless one is named, the one that runs, or else the first that waits. What runs goes back to what ran before, unless
    everything new is ready already.

    \b
    Example:
      backdraft deploys cancel shop 12
    """
    found = _remote(context).cancel(name, number)
    say(
        f"{name}: {found.action} {found.id} is cancelled"
        if found.is_over
        else f"{name}: {found.action} {found.id} goes back to what ran before; "
        f"watch it: backdraft deploys watch {name} {found.id}"
    )


def _remote(context: click.Context) -> "Remote":
    client = server(context)
    if client is None:
        raise click.UsageError("deploys are queued by a server; name it: --server URL or --profile NAME")
    from ui.remote import Remote

    return Remote(client)
