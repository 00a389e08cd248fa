"""`backdraft status`: what runs."""

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from ui.output import age, json_option, say, table, tell, tell_json
from ui.target import NAME, deployer, unknown_project

if TYPE_CHECKING:
    from deployer.deployments import Deployer
    from deployer.status import ReplicaStatus

COLOURS = {"running": "green", "restarting": "yellow", "exited": "red", "dead": "red"}


@click.command("status")
@click.argument("name", required=False, type=NAME)
@json_option
@click.pass_context
def command(context: click.Context, name: str | None, as_json: bool) -> None:
    """Show what runs now.

    Every replica of the project NAME, or of every project unless one is named.

    \b
    Example:
      backdraft status
      backdraft status shop --json
    """
    made = deployer(context)
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


def _tell(project: str, replicas: "tuple[ReplicaStatus, ...]", made: "Deployer") -> None:
    if not replicas:
        say(f"{project}: nothing runs; its data is kept in {', '.join(made.data_volumes(project)) or 'no volume'}")
        return
    heads = ("COMPONENT", "REPLICA", "KIND", "STATE", "HEALTH", "AGE", "PORTS", "IMAGE")
    rows = [
        (
            f"{project}/{each.component}",
            str(each.replica),
            each.kind,
            _state(each),
            each.health or "-",
            age(each.since),
            ", ".join(each.ports) or "-",
            each.image,
        )
        for each in replicas
    ]
    tell(table(heads, rows))


def _state(replica: "ReplicaStatus") -> str:
    text = replica.state if replica.state == "running" else f"{replica.state}: {replica.reason}"
    return click.style(text, fg=COLOURS.get(replica.state))
