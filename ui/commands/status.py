"""`backdraft status`: what runs."""

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from deployer.gate import COMPONENT as GATE
from ui.output import age, json_option, say, table, tell, tell_json
from ui.target import NAME, deploying, unknown_project

if TYPE_CHECKING:
    from deployer.status import ReplicaStatus
    from ui.deploying import Deploying

HEADS = ("COMPONENT", "REPLICA", "KIND", "STATE", "HEALTH", "AGE", "PORTS", "IMAGE")
COLOURS = {"running": "green", "restarting": "yellow", "exited": "red", "dead": "red"}


@click.command("status")
@click.argument("name", required=False, type=NAME)
@json_option
@click.pass_context
def command(context: click.Context, name: str | None, as_json: bool) -> None:
    """Show what runs now.

    Every replica of the project NAME, or of every project unless one is named.
    HEALTH is the opinion of the engine, where the kind gives it a check to run; `-` until it has one.

    \b
    Example:
      backdraft status
      backdraft status shop --json
    """
    made = deploying(context)
    found = {project: made.status(project) for project in ([name] if name else made.projects())}
    if name and not found[name] and not made.data_volumes(name):
        raise unknown_project(name, made.projects())
    if as_json:
        tell_json({project: [asdict(replica) for replica in replicas] for project, replicas in found.items()})
        return
    for project, replicas in found.items():
        _tell(project, replicas, made)
    if not found:
        say("nothing runs; begin with: backdraft new NAME")


def _tell(project: str, replicas: "tuple[ReplicaStatus, ...]", made: "Deploying") -> None:
    if not replicas:
        say(f"{project}: nothing runs; its data is kept in {', '.join(made.data_volumes(project)) or 'no volume'}")
        return
    drawn = [_row(f"{project}/{each.component}", str(each.replica), each) for each in replicas if not _is_ours(each)]
    ours = [_row(f"{project} (packet filter)", "-", each) for each in replicas if _is_ours(each)]
    tell(table(HEADS, drawn + ours))


def _row(name: str, number: str, replica: "ReplicaStatus") -> tuple[str, ...]:
    return (
        name,
        number,
        "-" if _is_ours(replica) else replica.kind,
        _state(replica),
        # what starts has been probed by the deploy already; the engine takes half a minute to find that out for itself
        replica.health.replace("starting", "") or "-",
        age(replica.since),
        ", ".join(replica.ports) or "-",
        replica.image,
    )


def _is_ours(replica: "ReplicaStatus") -> bool:
    return replica.component == GATE


def _state(replica: "ReplicaStatus") -> str:
    """`running`, or the engine's own words for what else it is, which begin with it: `exited (3) 1 hour ago`."""
    if replica.state in ("running", "created"):
        text = replica.state
    elif replica.reason.lower().startswith(replica.state):
        text = replica.reason[:1].lower() + replica.reason[1:]
    else:
        text = f"{replica.state}: {replica.reason}"
    ended_well = text.startswith("exited (0)")
    return click.style(text, fg=None if ended_well else COLOURS.get(replica.state))
