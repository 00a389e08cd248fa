"""`backdraft destroy`: end a project."""

import sys
from pathlib import Path

import click

from deployer.stopping import obeying
from ui import completions
from ui.commands.deploy import report
from ui.output import changes, duration, json_option, say
from ui.progress import shown_progress
from ui.target import FILE_NAME, deploying, is_name, read_schema, shown, unknown_project


@click.command("destroy")
@click.argument("target", metavar="[NAME|FILE]", required=False, shell_complete=completions.projects_or_files)
@click.option("--volumes", is_flag=True, help="Remove the data as well, and the secrets that open it. For good.")
@click.option("--of-others", is_flag=True, help="Remove it even if it was deployed from another state folder.")
@click.option("--confirm", metavar="NAME", help="The project's name, instead of typing it when asked.")
@json_option
@click.pass_context
def command(
    context: click.Context, target: str | None, volumes: bool, of_others: bool, confirm: str | None, as_json: bool
) -> None:
    """Remove a project; its data stays, unless --volumes.

    Stops and removes its containers and networks; the next deploy finds the data again.
    The project is named, or is that of a schema file (backdraft.yml here, unless another is named).

    \b
    Example:
      backdraft destroy shop                            # what runs goes, its data stays
      backdraft destroy shop --volumes                  # its data goes as well, for good; asks first
      backdraft destroy shop --volumes --confirm shop   # the same, in a script
    """
    project = _project(target)
    made = deploying(context)
    data = made.data_volumes(project)
    if not data and not made.status(project):
        raise unknown_project(project, made.projects())
    if volumes and data:
        _have_confirmed(project, data, confirm)
    with obeying(), shown_progress(()) as listener:
        outcome = made.destroy(project, listener, volumes=volumes, of_others=of_others)
    if not as_json:
        say(changes(outcome.plan.summary))
    report(project, outcome, as_json, f"{project}: gone in {duration(outcome.seconds)}")
    if data and not volumes:
        say(f"its data is kept in {', '.join(data)} (backdraft destroy {project} --volumes removes it)")


def _project(target: str | None) -> str:
    if target is not None and is_name(target):
        return target
    if target is not None and not target.endswith((".yml", ".yaml")) and not Path(target[:4096]).is_dir():
        raise click.UsageError(f"{shown(target)} is neither a project's name nor a schema file, such as {FILE_NAME}")
    return read_schema(None if target is None else Path(target), with_sources=False).schema.name


def _have_confirmed(project: str, data: tuple[str, ...], confirm: str | None) -> None:
    if confirm is None:
        if not sys.stdin.isatty():
            raise click.ClickException(
                f"{project}: --volumes removes {', '.join(data)} for good; "
                f"say that you mean it with: --confirm {project}"
            )
        say(f"This removes the data in {', '.join(data)}. Nothing brings it back.")
        confirm = click.prompt("Type the project's name to go on", default="", show_default=False, err=True)
    if confirm != project:
        raise click.ClickException(f"{shown(confirm)} is not '{project}'; nothing was done")
