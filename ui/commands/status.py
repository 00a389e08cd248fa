"""`backdraft status`: what runs."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from deployer.gate import COMPONENT as GATE
from ui import completions
from ui.output import age, json_option, say, table, tell, tell_json
from ui.target import NAME, counted, deploying, unknown_project

if TYPE_CHECKING:
    from deployer.status import ReplicaStatus
    from ui.deploying import Deploying

HEADS = ("COMPONENT", "REPLICA", "KIND", "STATE", "HEALTH", "AGE", "PORTS", "IMAGE")
COLOURS = {"running": "green", "restarting": "yellow", "exited": "red", "dead": "red", "missing": "red"}


@click.command("status")
@click.argument("name", required=False, type=NAME, shell_complete=completions.projects)
@json_option
@click.pass_context
def command(context: click.Context, name: str | None, as_json: bool) -> None:
    """Show what runs now, and what should and does not.

    Every replica of the project NAME, or of every project unless one is named. One that the last good deploy wanted
    and that has no container any more is missing. HEALTH is the opinion of the engine, where the kind gives it a
    check to run; `-` until it has one.

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
    for sentence in _what_may_help(project, replicas):
        say(sentence)


def _what_may_help(project: str, replicas: "tuple[ReplicaStatus, ...]") -> Iterator[str]:
    from deployer.status import MISSING

    at_work = {(each.component, each.replica) for each in replicas if each.state == "running"}
    down = [each for each in replicas if each.run != "job" and (each.component, each.replica) not in at_work]
    missing = [each for each in replicas if each.state == MISSING]
    ended = [each for each in replicas if each.restarts or (each in down and each.state != MISSING)]
    for component in sorted({each.component for each in ended if not _is_ours(each)}):
        yield f"{project}/{component}: `backdraft logs {project}/{component} --tail 20` may tell why it ended"
    if any(map(_is_ours, down)):
        yield f"{project}: while its packet filter does not run, more can be reached than is drawn"
    if down or missing:
        yield f"{project}: `backdraft deploy` makes anew what does not run"


def _row(name: str, number: str, replica: "ReplicaStatus") -> tuple[str, ...]:
    return (
        name,
        number,
        "-" if _is_ours(replica) else replica.kind,
        _state(replica),
        # what starts has been probed by the deploy already; the engine takes half a minute to find that out for itself
        replica.health.replace("starting", "") or "-",
        age(replica.since) if replica.since else "-",
        ", ".join(replica.ports) or "-",
        replica.image or "-",
    )


def _is_ours(replica: "ReplicaStatus") -> bool:
    return replica.component == GATE


def _state(replica: "ReplicaStatus") -> str:
    """`running`, or the engine's own words for what else it is, which begin with it: `exited (3) 1 hour ago`."""
    colour = COLOURS.get(replica.state)
    if replica.state == "running" and replica.restarts:
        colour, text = COLOURS["restarting"], f"running, started again {counted(replica.restarts, 'time')}"
    elif replica.state in ("running", "created"):
        text = replica.state
    elif replica.reason.lower().startswith(replica.state):
        text = replica.reason[:1].lower() + replica.reason[1:]
    else:
        text = f"{replica.state}: {replica.reason}"
    ended_well = replica.run == "job" and text.startswith("exited (0)")
    return click.style(text, fg=None if ended_well else colour)
